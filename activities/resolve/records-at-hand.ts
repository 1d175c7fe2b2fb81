import { type Matchable, type MatchRecord, matchRecord, matchRecordVersion } from '../../domain/identity/match-record.ts';
import type { Db } from '../../store/database.ts';
import { type ComparableRow, comparableRows } from '../../store/read/match.ts';
import { holdRecords, type Waiting } from '../../store/write/resolution-queue.ts';

/** A record of a batch: its row, and what it is compared by unless it is deleted. */
export interface RecordAtHand {
  readonly row: ComparableRow;
  readonly form: MatchRecord | undefined;
  readonly keys: readonly string[];
}

const none: readonly string[] = [];
const listed = (keys: string | null): readonly string[] => (keys === null || keys === '' ? none : keys.split(' '));

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

  #take(rows: readonly ComparableRow[]): void {
    for (const row of rows) this.#records.set(row.id, { row, form: formOf(row), keys: listed(row.keys) });
  }

  /** Reads those that are not at hand. */
  async load(ids: Iterable<string>): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.#records.has(id));
    if (missing.length > 0) this.#take(await comparableRows(this.#tx, missing, matchRecordVersion, false));
  }

  /** Reads records that were written since they were made ready, if they ever were, with the keys that they had then. */
  async loadChanged(ids: readonly string[]): Promise<void> {
    this.#take(await comparableRows(this.#tx, ids, neverMade, true));
  }

  /** Holds records and reads them with their keys; from then on they change by nobody else. @returns those that are held */
  async hold(ids: readonly string[], waiting: Waiting): Promise<ReadonlySet<string>> {
    const rows = await holdRecords(this.#tx, ids, waiting, matchRecordVersion);
    this.#take(rows);
    return new Set(rows.map(({ id }) => id));
  }

  /** Lets go of all others: what they say may change, for nobody held them when they were read. */
  keepOnly(ids: readonly string[]): void {
    const kept = new Set(ids);
    for (const id of this.#records.keys()) if (!kept.has(id)) this.#records.delete(id);
  }

  get(id: string): RecordAtHand | undefined {
    return this.#records.get(id);
  }

  /** The keys of a record that was read with them. */
  keysOf(id: string): readonly string[] {
    return this.#records.get(id)?.keys ?? none;
  }
}

/** No form has this version: every canonical record is read. */
const neverMade = -2;
