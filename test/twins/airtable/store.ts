import type { TwinClock } from '../kit/twin-clock.ts';

/** One record; an empty field is not there at all, as in Airtable. */
export interface AirtableRecord {
  readonly id: string;
  readonly createdTime: string;
  fields: Record<string, unknown>;
}

export interface AirtableState {
  nextId: number;
  readonly records: Map<string, AirtableRecord>;
  /** Deleted records as they were; Airtable keeps them for 7 days. */
  readonly trash: AirtableRecord[];
  /** Writes that answer OK and change nothing, so many. */
  deaf: number;
}

export const emptyState = (): AirtableState => ({ nextId: 1, records: new Map(), trash: [], deaf: 0 });

export const modifiedColumn = 'Last modified';

const isNothing = (value: unknown): boolean => value === null || value === '' || value === false;

export function changeRecord(clock: TwinClock, record: AirtableRecord, fields: Readonly<Record<string, unknown>>): void {
  const all = { ...record.fields, ...fields, [modifiedColumn]: clock.stamp() };
  record.fields = Object.fromEntries(Object.entries(all).filter(([, value]) => !isNothing(value)));
}

export function addRecord(state: AirtableState, clock: TwinClock, fields: Readonly<Record<string, unknown>>): string {
  const id = `rec${String(state.nextId).padStart(14, '0')}`;
  state.nextId += 1;
  const record: AirtableRecord = { id, createdTime: clock.stamp(), fields: {} };
  changeRecord(clock, record, fields);
  state.records.set(id, record);
  return id;
}
