import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { syncActivities } from '../../activities/sync.ts';
import type { PullPage } from '../../connectors/kit/contract.ts';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import { sql } from '../../store/database.ts';
import type { TestDatabase } from '../support/postgres.ts';
import { privacyDeps } from '../support/privacy-world.ts';
import type { HeldRecord, SmallSystem } from '../support/small-system.ts';
import type { Openable } from '../support/system-over-http.ts';

const stream = 'all';

/** A record of a small system as a connector reads it. */
const draftOf = ({ kind, externalId, fields }: HeldRecord): SourceRecordDraft => {
  const { name, email, phone, text } = fields as Readonly<Record<string, string | undefined>>; // personIn and ownedIn write texts
  const [givenName = '', ...family] = (name ?? '').split(' ');
  const person = { givenName, familyName: family.join(' '), emails: [email], phones: phone === '' ? [] : [phone] };
  const note = { clientExternalId: 'unknown', interactionKind: 'note', at: '2025-01-01T00:00:00.000Z', text };
  return { kind, externalId, raw: fields, canonical: kind === 'person' ? person : note };
};

/** A small system that can be pulled: everything that it holds, on one page. */
const pulled = (twin: SmallSystem): Openable => ({
  systemId: twin.systemId,
  open: () => {
    const system = twin.open();
    async function* pull(): AsyncGenerator<PullPage> {
      const records = [...twin.rows.values()].filter(({ kind }) => kind !== 'sale').map(draftOf);
      yield await Promise.resolve({ records, rejected: [], deleted: [], cursor: { version: 1 }, last: true });
    }
    return { ...system, capabilities: { ...system.capabilities, streams: [stream] }, pull };
  },
});

/** What the systems hold comes here as a full sync brings it. @returns how many records a tombstone stopped */
export async function comeBackBySync(database: TestDatabase, systems: readonly SmallSystem[]): Promise<number> {
  const sync = syncActivities(privacyDeps(database, systems.map(pulled)));
  const environment = new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: Date.now() });
  let stopped = 0;
  for (const { systemId } of systems) {
    const run = { runId: randomUUID(), systemId, mode: 'full' as const };
    await environment.run(sync.beginSync, run);
    await environment.run(sync.syncStream, { ...run, stream });
    await environment.run(sync.endSync, { runId: run.runId, state: 'done' as const, errorCode: null });
    const { rows } = await database.worker.query<{ tombstoned: string }>(
      sql`select tombstoned from sync_run where id = ${run.runId}`,
    );
    stopped += Number(rows[0]?.tombstoned ?? 0);
  }
  return stopped;
}
