import { blots } from '../../domain/privacy/plan.ts';
import { FichaError } from '../../domain/record/error.ts';
import { addEvidence } from '../../store/write/evidence.ts';
import { openPrivacyTask } from '../../store/write/privacy-questions.ts';
import {
  type DueReadAgain,
  dueReadAgain,
  planReadAgain,
  type ReadAgainLine,
  readAgainDone,
} from '../../store/write/privacy-read-again.ts';
import { recordTombstoneHit } from '../../store/write/tombstones.ts';
import type { Db } from '../../store/database.ts';
import type { WorkLine } from '../../store/read/plan-lines.ts';
import type { Deps } from '../deps.ts';
import { queryOf, refOf, withSystem } from './line-work.ts';
import { privacyPolicyOf } from './policies.ts';

const MS_PER_DAY = 24 * 3_600_000;
const CONTEXT = 'read_again.external_id';

/** Plans to look again for what an erasure erased, some days after its closing. The ids leave the person's key, which is destroyed. */
export const planLaterLooks = async (tx: Db, deps: Deps, lines: readonly WorkLine[]): Promise<void> => {
  const erased = lines.filter(
    (line) => (line.action === 'delete' || line.action === 'anonymise') && !blots(line) && line.sealedId !== null,
  );
  const now = deps.now().getTime();
  const dueAt = privacyPolicyOf(deps).readAgainAfterDays.map((days) => new Date(now + days * MS_PER_DAY));
  const looks: ReadAgainLine[] = [];
  for (const line of erased) {
    const { externalId } = await refOf({ db: tx, keys: deps.keys }, line);
    const sealedId = deps.keys.encrypt(Buffer.from(externalId), CONTEXT);
    looks.push({ lineId: line.id, requestId: line.requestId, sealedId, dueAt });
  }
  await planReadAgain(tx, looks);
};

/** Looks once. A record that is there again becomes a hit on its own tombstone: it is erased again, and a person is told. */
const lookAgain = async (deps: Deps, look: DueReadAgain): Promise<boolean> => {
  const { lineId, requestId, systemId, kind } = look;
  const externalId = deps.keys.decrypt(look.sealedId, CONTEXT).toString('utf8');
  const { read, query } = await withSystem(deps, systemId, async (system) => {
    const answer = await system.verify({ kind, externalId });
    return { read: answer, query: queryOf(system) };
  });
  const back = read.result === 'present';
  await deps.db.transaction(async (tx) => {
    const at = deps.now();
    const { result, status, vendorRequestId, count: countAfter } = read;
    await addEvidence(tx, {
      requestId,
      lineId,
      systemId,
      verb: 'verify',
      query,
      result,
      status,
      vendorRequestId,
      countAfter,
      at,
    });
    if (read.result === 'unknowable' || read.result === 'pending') return; // not an answer: the next day asks again
    await readAgainDone(tx, look, result, at);
    if (!back) return;
    const matches = [{ hash: look.recordHash.toString('hex'), kind: 'record', requestId }];
    await recordTombstoneHit(tx, deps.keys, { systemId, kind, externalId, matches, at });
    await openPrivacyTask(tx, { requestId, reason: 'reappeared', about: lineId, subject: { systemId, lineId }, at });
  });
  return back;
};

export const readAgainActivities = (deps: Deps) => ({
  /** Looks again for up to `limit` erased records whose day has come. `last` is where to go on from; null at the end. */
  readAgain: async ({ after, limit }: { readonly after: string; readonly limit: number }) => {
    const due = await dueReadAgain(deps.db, deps.now(), after, limit);
    let back = 0;
    for (const look of due) {
      try {
        if (await lookAgain(deps, look)) back += 1;
      } catch (error) {
        if (!(error instanceof FichaError)) throw error;
        // a system that is down is asked again the next day; its look stays open and in sight
      }
    }
    return { looked: due.length, back, last: due.length < limit ? null : (due.at(-1)?.lineId ?? null) };
  },
});
