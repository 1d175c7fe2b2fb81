import { createHash } from 'node:crypto';
import type { LinkedSystem, RecordRef } from '../../connectors/kit/contract.ts';
import { canonicalJson } from '../../domain/record/canonical-json.ts';
import { FichaError } from '../../domain/record/error.ts';
import { openWith } from '../../platform/subject-key.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { Db } from '../../store/database.ts';
import { planLineById, type WorkLine } from '../../store/read/plan-lines.ts';
import { subjectKeyOf } from '../../store/read/subject-keys.ts';
import { beating } from '../beating.ts';
import type { Deps } from '../deps.ts';

/** Opens a linked system for one piece of work, beating meanwhile, and closes it whatever happens. */
export function withSystem<T>({ openSystem }: Deps, systemId: string, work: (system: LinkedSystem) => Promise<T>): Promise<T> {
  return beating(async () => {
    const system = await openSystem(systemId);
    try {
      return await work(system);
    } finally {
      await system.close();
    }
  });
}

const mostQuery = 500;

/** What was asked of a system since this was last called, for evidence: never whom it was about. */
export const queryOf = (system: Pick<LinkedSystem, 'asked'>): string | undefined => {
  const asked = system.asked?.() ?? [];
  return asked.length === 0 ? undefined : asked.join('; ').slice(0, mostQuery);
};

/** SHA-256 of an answer as canonical JSON: what evidence keeps instead of the answer. */
export const digestOf = (answer: unknown): Buffer => createHash('sha256').update(canonicalJson(answer)).digest();

/** @throws FichaError `plan-line-unknown` */
export async function requiredLine({ db }: Deps, lineId: string): Promise<WorkLine> {
  const line = await planLineById(db, lineId);
  if (line === undefined) throw new FichaError('plan-line-unknown', `there is no plan line ${lineId}`);
  return line;
}

/** The record that a line is about: its id opens under the person's key only. */
export async function refOf({ db, keys }: { readonly db: Db; readonly keys: KeyRing }, line: WorkLine): Promise<RecordRef> {
  return refUnder(await subjectKeyOf(db, keys, line.requestId), line);
}

/** The same under a key that is at hand. @throws FichaError `subject-key-destroyed` */
export function refUnder(key: Buffer, { id, kind, sealedId }: Pick<WorkLine, 'id' | 'kind' | 'sealedId'>): RecordRef {
  if (sealedId === null) throw new FichaError('subject-key-destroyed', `plan line ${id} was shredded`);
  return { kind, externalId: openWith(key, sealedId).toString('utf8') };
}
