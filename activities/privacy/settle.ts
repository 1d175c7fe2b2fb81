import { signCertificate } from '../../domain/privacy/certificate.ts';
import { certificateBody } from '../../domain/privacy/certificate-body.ts';
import { type Settlement, settleOutcome } from '../../domain/privacy/outcome.ts';
import { concerns } from '../../domain/privacy/plan.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { ErasureCertificate } from '../../schemas/types.ts';
import type { Db } from '../../store/database.ts';
import { type WorkLine, workLines } from '../../store/read/plan-lines.ts';
import { openMentions } from '../../store/read/privacy-mentions.ts';
import { calledTheSame, taskCounts } from '../../store/read/privacy-questions.ts';
import { type EvidenceRow, evidenceOf, type PrivacyRequestRow, requiredRequest } from '../../store/read/privacy-requests.ts';
import { systemsToAsk } from '../../store/read/subject-records.ts';
import { openPrivacyTask, withdrawPrivacyTasks } from '../../store/write/privacy-questions.ts';
import { moveRequest, saveOutcome } from '../../store/write/privacy-requests.ts';
import { destroySubjectKey } from '../../store/write/subject-keys.ts';
import type { Deps } from '../deps.ts';
import { planLaterLooks } from './read-again.ts';
import { askToTellRecipients } from './tell-recipients.ts';

interface File {
  readonly request: PrivacyRequestRow;
  readonly lines: readonly WorkLine[];
  readonly evidence: readonly EvidenceRow[];
  readonly systemIds: readonly string[];
}

const readFile = async (tx: Db, requestId: string): Promise<File> => {
  const request = await requiredRequest(tx, requestId);
  const lines = await workLines(tx, requestId);
  const evidence = await evidenceOf(tx, requestId);
  const asked = evidence.filter(({ verb }) => verb === 'locate').map(({ linkedSystemId }) => linkedSystemId);
  const toAsk = request.closedAt === null ? (await systemsToAsk(tx, request.clientId)).map(({ id }) => id) : [];
  return { request, lines, evidence, systemIds: [...new Set([...toAsk, ...asked])].sort() };
};

const settle = async (tx: Db, { request, lines, evidence, systemIds }: File, now: Date): Promise<Settlement> => {
  const tasks = await taskCounts(tx, request.id);
  return settleOutcome(
    lines,
    evidence.map(({ lineId, linkedSystemId, verb, result, countAfter }) => {
      return { lineId, systemId: linkedSystemId, verb, result, count: countAfter };
    }),
    {
      systemIds,
      openQuestions: tasks.get('namesake')?.open ?? 0,
      beyondReach: tasks.get('beyond-reach')?.open ?? 0,
      blockedBefore: tasks.get('blocked-held') ?? { held: 0, open: 0 },
      untoldRecipients: tasks.get('recipient-untold')?.open ?? 0,
      openMentions: await openMentions(tx, request.id),
      answeredUnplanned: (await calledTheSame(tx, request.id)).filter(
        ({ recordHash, kind }) => concerns(request.type, kind) && !lines.some((line) => line.recordHash === recordHash),
      ).length,
      now: now.toISOString(),
      dueAt: request.dueAt,
    },
  );
};

const certify = ({ keys, now }: Deps, file: File, outcome: ErasureCertificate['body']['outcome']): ErasureCertificate => {
  const { id: requestId, type, receivedAt, dueAt, planHash } = file.request;
  if (planHash === null) {
    throw new FichaError('not-certifiable', `request ${requestId} has no plan to certify`);
  }
  const evidence = file.evidence.map(({ linkedSystemId, ...row }) => ({ ...row, systemId: linkedSystemId }));
  const head = { requestId, type, outcome, receivedAt, dueAt, closedAt: now().toISOString(), planHash };
  return signCertificate(certificateBody(head, file.systemIds, file.lines, evidence), keys.deriveSecret('certificate'));
};

export const settleActivities = (deps: Deps) => ({
  /**
   * What the request has come to so far, from plan and evidence alone (rule 4). What falls short is put on a person's desk, by
   * code and place.
   */
  judgeRequest: ({ requestId }: { readonly requestId: string }): Promise<{ readonly outcome: Settlement['outcome'] }> =>
    deps.db.transaction(async (tx) => {
      const at = deps.now();
      const file = await readFile(tx, requestId);
      await askToTellRecipients(tx, file.request, at);
      const { outcome, shortfalls } = await settle(tx, file, at);
      if (file.request.state === 'acting') await moveRequest(tx, requestId, { to: 'verifying', at });
      if (outcome === 'needs-attention') {
        await saveOutcome(tx, requestId, outcome);
        const said = shortfalls.map(({ code, systemId, lineId }) =>
          [code, systemId, lineId].filter((part) => part !== null).join(' '),
        );
        await openPrivacyTask(tx, { requestId, reason: 'needs-attention', about: 'outcome', subject: { shortfalls: said }, at });
      } else {
        await withdrawPrivacyTasks(tx, requestId, at, 'needs-attention');
      }
      return { outcome };
    }),

  /**
   * Closes a request that is complete: signs the certificate and, destroys the person's key, with which the located ids go; where a
   * package is given out, once it was fetched. Anything less does not close; the answer says so. Safe to repeat.
   */
  closeRequest: ({ requestId }: { readonly requestId: string }): Promise<{ readonly outcome: Settlement['outcome'] }> =>
    deps.db.transaction(async (tx) => {
      const at = deps.now();
      const file = await readFile(tx, requestId);
      if (file.request.closedAt !== null && file.request.outcome !== null) return { outcome: file.request.outcome };
      const { outcome } = await settle(tx, file, at);
      if (outcome === 'needs-attention' || outcome === 'waiting') return { outcome };
      const certificate = certify(deps, file, outcome);
      await saveOutcome(tx, requestId, outcome, certificate);
      await withdrawPrivacyTasks(tx, requestId, at);
      if (file.request.type === 'erasure') await planLaterLooks(tx, deps, file.lines);
      const givesOut = file.request.type === 'access' || file.request.type === 'portability';
      if (!givesOut) await destroySubjectKey(tx, requestId, at);
      const facts = { outcome, planHash: certificate.body.planHash, evidence: certificate.body.evidence.digest };
      await moveRequest(tx, requestId, { to: 'closed', at, facts });
      return { outcome };
    }),

  /** How long until a vendor's purge is due to be read again; null when nothing waits. */
  nextRecheck: async ({ requestId }: { readonly requestId: string }): Promise<{ readonly waitMs: number | null }> => {
    const times = (await workLines(deps.db, requestId)).flatMap(({ state, recheckAt }) =>
      state === 'grace' && recheckAt !== null ? [Date.parse(recheckAt)] : [],
    );
    return { waitMs: times.length === 0 ? null : Math.max(0, Math.min(...times) - deps.now().getTime()) };
  },

  /** The lines whose vendor should have purged by now. */
  dueRechecks: async ({ requestId }: { readonly requestId: string }): Promise<{ readonly lineIds: readonly string[] }> => {
    const now = deps.now().toISOString();
    const due = (await workLines(deps.db, requestId)).filter(
      ({ state, recheckAt }) => state === 'grace' && (recheckAt ?? now) <= now,
    );
    return { lineIds: due.map(({ id }) => id) };
  },

  /** Puts a request on a person's desk: a system cannot be asked, or does not take an objection. */
  warn: async ({
    requestId,
    reason,
  }: {
    readonly requestId: string;
    readonly reason: 'cannot-locate' | 'objection-open';
  }): Promise<void> => {
    await deps.db.transaction(async (tx) => {
      const { dueAt } = await requiredRequest(tx, requestId);
      await openPrivacyTask(tx, { requestId, reason, about: 'request', subject: { dueAt }, at: deps.now() });
    });
  },
});
