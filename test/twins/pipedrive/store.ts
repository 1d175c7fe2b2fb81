import type { TwinClock } from '../kit/twin-clock.ts';

export type MarketingStatus = 'no_consent' | 'unsubscribed' | 'subscribed' | 'archived';

/** One person, as Pipedrive answers it. */
export interface Person extends Record<string, unknown> {
  readonly id: number;
  name: string;
  emails: readonly { readonly value: string; readonly primary: boolean; readonly label: string }[];
  phones: readonly { readonly value: string; readonly primary: boolean; readonly label: string }[];
  marketing_status: MarketingStatus;
  update_time: string;
}

export type OtherKind = 'organizations' | 'deals' | 'activities';

/** One row of another kind than persons. */
export interface PipedriveRow extends Record<string, unknown> {
  readonly id: number;
  update_time: string;
}

/** A note, lead or file of a person, in version 1 of the API; a deleted note stays, out of use. */
export interface Attached extends Record<string, unknown> {
  readonly id: number;
  readonly person_id: number;
  active_flag: boolean;
  update_time: string;
}

export type AttachedKind = 'notes' | 'leads' | 'files';

/** A thread of e-mails, in the mailbox of the token's user or of another. */
export interface MailThread extends Record<string, unknown> {
  readonly id: number;
  readonly person_id: number;
  readonly others: boolean;
  readonly folders: readonly string[];
  deleted_flag: 0 | 1;
}

/** Names of kinds as version 1 tells them. */
export type Item = 'person' | 'organization' | 'deal' | 'activity';

export const itemOf: Readonly<Record<OtherKind, Item>> = { organizations: 'organization', deals: 'deal', activities: 'activity' };

export interface Binned {
  readonly item: Item;
  readonly row: Person | PipedriveRow;
}

export interface PipedriveState {
  nextId: number;
  readonly attached: Readonly<Record<AttachedKind, Map<number, Attached>>>;
  readonly threads: Map<number, MailThread>;
  readonly persons: Map<number, Person>;
  readonly others: Readonly<Record<OtherKind, Map<number, PipedriveRow>>>;
  /** Deleted ones, until they are purged. */
  readonly bin: Map<number, Binned>;
  /** Persons whose status was changed before: it is not changed again. */
  readonly settled: Set<number>;
  /** Writes of a status that answer OK and change nothing, so many. */
  deaf: number;
}

export const emptyState = (): PipedriveState => ({
  nextId: 1,
  attached: { notes: new Map(), leads: new Map(), files: new Map() },
  threads: new Map(),
  persons: new Map(),
  others: { organizations: new Map(), deals: new Map(), activities: new Map() },
  bin: new Map(),
  settled: new Set(),
  deaf: 0,
});

const stampOf = (clock: TwinClock): string => clock.stamp().replace(/\.\d+Z$/, 'Z');

export function addPerson(
  state: PipedriveState,
  clock: TwinClock,
  { name, email }: { readonly name: string; readonly email: string },
): Person {
  const at = stampOf(clock);
  const [first = '', ...rest] = name.split(' ');
  const person: Person = {
    id: state.nextId,
    name,
    first_name: first,
    last_name: rest.join(' '),
    emails: [{ value: email, primary: true, label: 'work' }],
    phones: [],
    marketing_status: 'subscribed',
    add_time: at,
    update_time: at,
  };
  state.nextId += 1;
  state.persons.set(person.id, person);
  return person;
}

/** Adds a row of another kind; gives its id. */
export function addRow(
  state: PipedriveState,
  clock: TwinClock,
  kind: OtherKind,
  fields: Readonly<Record<string, unknown>>,
): number {
  const at = stampOf(clock);
  const id = state.nextId;
  state.nextId += 1;
  state.others[kind].set(id, { add_time: at, ...fields, id, update_time: at });
  return id;
}

export function changePerson(clock: TwinClock, person: Person | PipedriveRow, change: Readonly<Record<string, unknown>>): void {
  Object.assign(person, change, { update_time: stampOf(clock) });
}

/** Version 1 writes its times without a zone, but for those of leads. */
export const attachedStamp = (clock: TwinClock, kind: AttachedKind): string =>
  kind === 'leads' ? stampOf(clock) : clock.stamp().slice(0, 19).replace('T', ' ');

/** Hangs something on a person; gives its id. */
export function attach(
  state: PipedriveState,
  clock: TwinClock,
  kind: AttachedKind,
  personId: number,
  fields: Readonly<Record<string, unknown>> = {},
): number {
  const at = attachedStamp(clock, kind);
  const id = state.nextId;
  state.nextId += 1;
  state.attached[kind].set(id, { add_time: at, ...fields, id, person_id: personId, active_flag: true, update_time: at });
  return id;
}

/** A merge: what hangs on the one that vanishes goes to the one that stays. */
export function mergePersons(state: PipedriveState, clock: TwinClock, winner: Person, loser: Person): void {
  for (const kind of Object.values(state.attached))
    for (const one of kind.values()) if (one.person_id === loser.id) Object.assign(one, { person_id: winner.id });
  removePerson(state, clock, loser);
  changePerson(clock, winner, {});
}

/** A deletion, by whomever: the person lies in the bin, as it is. */
export function removePerson(state: PipedriveState, clock: TwinClock, person: Person): void {
  state.persons.delete(person.id);
  changePerson(clock, person, {});
  state.bin.set(person.id, { item: 'person', row: person });
}
