import { DatabaseError } from './database-error.ts';
import type { Db } from './database.ts';

/** Who looked at whose fichas, at once. */
export interface Look {
  readonly actor: string;
  readonly role: string;
  /** Each once. */
  readonly clientIds: readonly string[];
  readonly purpose?: string;
}

interface Waiting {
  readonly look: Look;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}

interface Lane {
  readonly waiting: Waiting[];
  writing: boolean;
}

/** Looks that wait while others are being written, by the pool that writes them: they go together, with one flush to the disk. */
const lanes = new WeakMap<Db, Lane>();
const mostAtOnce = 200;

/**
 * Appends one entry for the fichas that one question shows; nothing when it shows none. `accessor` is the role that may only insert here.
 * It comes back when the entry is on the disk. When this throws, the fichas are not shown.
 */
export async function recordLook(accessor: Db, look: Look): Promise<void> {
  if (look.clientIds.length === 0) return;
  const lane = lanes.get(accessor) ?? { waiting: [], writing: false };
  lanes.set(accessor, lane);
  const entry = new Promise<void>((written, failed) => {
    lane.waiting.push({ look, written, failed });
  });
  if (!lane.writing) void writeAll(accessor, lane);
  await entry;
}

async function writeAll(accessor: Db, lane: Lane): Promise<void> {
  lane.writing = true;
  while (lane.waiting.length > 0) await writeTogether(accessor, lane.waiting.splice(0, mostAtOnce));
  lane.writing = false;
}

/** A value that PostgreSQL cannot take, such as a letter that it does not know: of one entry, and no other's fault. */
const isOfOneEntry = (error: unknown): boolean => error instanceof DatabaseError && error.sqlState.startsWith('22');

/** Each gets what became of its own entry. */
async function writeTogether(accessor: Db, entries: readonly Waiting[]): Promise<void> {
  try {
    await write(
      accessor,
      entries.map(({ look }) => look),
    );
    for (const { written } of entries) written();
  } catch (error) {
    if (entries.length > 1 && isOfOneEntry(error)) for (const entry of entries) await writeTogether(accessor, [entry]);
    else for (const { failed } of entries) failed(error);
  }
}

async function write(accessor: Db, looks: readonly Look[]): Promise<void> {
  await accessor.query({
    name: 'record-looks',
    text: `insert into access_log (actor, role, client_ids, purpose)
      select actor, role, ids::uuid[], purpose from unnest($1::text[], $2::text[], $3::text[], $4::text[]) x(actor, role, ids, purpose)`,
    values: [
      looks.map(({ actor }) => actor),
      looks.map(({ role }) => role),
      looks.map(({ clientIds }) => `{${clientIds.join(',')}}`),
      looks.map(({ purpose }) => purpose ?? null),
    ],
  });
}
