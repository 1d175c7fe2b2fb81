import { type Matchable, type MatchRecord, matchRecord, matchRecordVersion } from '../../domain/identity/match-record.ts';
import type { Db } from '../../store/database.ts';
import { type ComparableRow, comparableRows } from '../../store/read/match.ts';

/** A record of a batch: its row, and what it is compared by unless it is deleted. */
export interface RecordAtHand {
  readonly row: ComparableRow;
  readonly form: MatchRecord | undefined;
}

const keyOf = ({ systemId, kind, externalId }: ComparableRow): string => `${systemId}:${kind}:${externalId}`;

function formOf(row: ComparableRow): MatchRecord | undefined {
  if (row.deleted) return undefined;
  if (row.form !== null) return row.form;
  // stored canonical forms passed the schema of their kind
  return matchRecord(keyOf(row), row.kind, (row.canonical ?? {}) as Matchable);
}

/** The records of one batch and its neighbourhood; each is read and made ready once. */
export class RecordsAtHand {
  readonly #tx: Db;
  readonly #records = new Map<string, RecordAtHand>();

  constructor(tx: Db) {
    this.#tx = tx;
  }

  /** Reads those that are not at hand. */
  async load(ids: Iterable<string>): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.#records.has(id));
    if (missing.length === 0) return;
    for (const row of await comparableRows(this.#tx, missing, matchRecordVersion))
      this.#records.set(row.id, { row, form: formOf(row) });
  }

  /** Reads records that were written since they were made ready, if they ever were. */
  async loadChanged(ids: readonly string[]): Promise<void> {
    for (const row of await comparableRows(this.#tx, ids, neverMade)) this.#records.set(row.id, { row, form: formOf(row) });
  }

  get(id: string): RecordAtHand | undefined {
    return this.#records.get(id);
  }
}

/** No form has this version: every canonical record is read. */
const neverMade = -1;
