import type { TwinClock } from '../kit/twin-clock.ts';

/** One contact, as a query answers it. */
export interface Contact extends Record<string, unknown> {
  readonly Id: string;
  FirstName: string | null;
  LastName: string;
  Email: string | null;
  HasOptedOutOfEmail: boolean;
  IsDeleted: boolean;
  SystemModstamp: string;
}

/** Other objects than contacts. */
export type OtherObject =
  | 'Account'
  | 'Lead'
  | 'Opportunity'
  | 'Order'
  | 'Quote'
  | 'Individual'
  | 'Case'
  | 'CaseComment'
  | 'Task'
  | 'Event'
  | 'EmailMessage';

/** One row of any object, as a query answers it. */
export interface SfRecord extends Record<string, unknown> {
  readonly Id: string;
  IsDeleted: boolean;
  SystemModstamp: string;
}

export interface SalesforceState {
  nextId: number;
  /** Deleted ones are here with `IsDeleted`, until the bin is emptied. */
  readonly contacts: Map<string, Contact>;
  readonly others: Readonly<Record<OtherObject, Map<string, SfRecord>>>;
  tokens: string[];
  /** Writes that answer OK and change nothing, so many. */
  deaf: number;
}

export const emptyState = (): SalesforceState => ({
  nextId: 1,
  contacts: new Map(),
  others: {
    Account: new Map(),
    Lead: new Map(),
    Opportunity: new Map(),
    Order: new Map(),
    Quote: new Map(),
    Individual: new Map(),
    Case: new Map(),
    CaseComment: new Map(),
    Task: new Map(),
    Event: new Map(),
    EmailMessage: new Map(),
  },
  tokens: [],
  deaf: 0,
});

/** The rows of an object; undefined for one that the org has not. */
export const tableOf = ({ contacts, others }: SalesforceState, object: string): Map<string, SfRecord> | undefined =>
  object === 'Contact'
    ? (contacts as Map<string, SfRecord>)
    : Object.hasOwn(others, object)
      ? others[object as OtherObject]
      : undefined; // the line above says which

/** Contacts or leads of an individual, as a query inside a query answers them: null where there are none. */
export function peopleOf(state: SalesforceState, individual: SfRecord, object: 'Contact' | 'Lead'): object | null {
  const rows = [...(tableOf(state, object)?.values() ?? [])].filter(
    (row) => row['IndividualId'] === individual.Id && !row.IsDeleted,
  );
  return rows.length === 0 ? null : { totalSize: rows.length, done: true, records: rows.map(({ Id }) => ({ Id })) };
}

/** Times as Salesforce writes them: an offset without a colon. */
const stampOf = (clock: TwinClock): string => clock.stamp().replace('Z', '+0000');

export function addContact(
  state: SalesforceState,
  clock: TwinClock,
  { FirstName, LastName, Email }: { readonly FirstName: string; readonly LastName: string; readonly Email: string },
): Contact {
  const contact: Contact = {
    Id: `003${String(state.nextId).padStart(15, '0')}`,
    FirstName,
    LastName,
    Email,
    HasOptedOutOfEmail: false,
    DoNotCall: false,
    IsDeleted: false,
    SystemModstamp: stampOf(clock),
  };
  state.nextId += 1;
  state.contacts.set(contact.Id, contact);
  return contact;
}

export function changeContact(clock: TwinClock, contact: SfRecord, change: Readonly<Record<string, unknown>>): void {
  Object.assign(contact, change, { SystemModstamp: stampOf(clock) });
}

const keyPrefixes: Readonly<Record<OtherObject, string>> = {
  Account: '001',
  Lead: '00Q',
  Opportunity: '006',
  Order: '801',
  Quote: '0Q0',
  Individual: '0PK',
  Case: '500',
  CaseComment: '00a',
  Task: '00T',
  Event: '00U',
  EmailMessage: '02s',
};

/** Adds a row of another object; gives its id. */
export function addRow(
  state: SalesforceState,
  clock: TwinClock,
  object: OtherObject,
  fields: Readonly<Record<string, unknown>>,
): string {
  const Id = `${keyPrefixes[object]}${String(state.nextId).padStart(15, '0')}`;
  state.nextId += 1;
  state.others[object].set(Id, { ...fields, Id, IsDeleted: false, SystemModstamp: stampOf(clock) });
  return Id;
}
