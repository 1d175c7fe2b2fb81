import type { TwinClock } from '../kit/twin-clock.ts';

export type Kind = 'contacts' | 'thirdparties' | 'invoices' | 'proposals' | 'orders' | 'tickets' | 'agendaevents';

/** One object as Dolibarr answers it: ids and numbers as texts, nothing as an empty text or null. */
export type Item = Record<string, unknown> & { readonly id: string };

export interface DolibarrState {
  nextId: number;
  readonly items: Readonly<Record<Kind, Map<string, Item>>>;
  /** Names of files of third parties, by the third party's id. */
  readonly files: Map<string, string[]>;
  /** Addresses that refuse mass e-mailings. */
  readonly unsubscribed: Set<string>;
  /** Writes of `no_email` that answer OK and change nothing, so many: the module is off. */
  deaf: number;
}

export const emptyState = (): DolibarrState => ({
  nextId: 1,
  items: {
    contacts: new Map(),
    thirdparties: new Map(),
    invoices: new Map(),
    proposals: new Map(),
    orders: new Map(),
    tickets: new Map(),
    agendaevents: new Map(),
  },
  files: new Map(),
  unsubscribed: new Set(),
  deaf: 0,
});

/** Seconds since 1970, as `date_modification` says them. */
const secondsOf = (clock: TwinClock): number => Math.floor(Date.parse(clock.stamp()) / 1_000);

export function addItem(state: DolibarrState, clock: TwinClock, kind: Kind, values: Readonly<Record<string, unknown>>): string {
  const id = String(state.nextId);
  state.nextId += 1;
  const at = secondsOf(clock);
  state.items[kind].set(id, { date_creation: at, ...values, id, date_modification: at });
  return id;
}

export function changeItem(clock: TwinClock, item: Item, values: Readonly<Record<string, unknown>>): void {
  Object.assign(item, values, { date_modification: secondsOf(clock) });
}

export const emailOf = (item: Item | undefined): string =>
  typeof item?.['email'] === 'string' ? item['email'].toLowerCase() : '';

const marked: readonly Kind[] = ['contacts', 'thirdparties'];

/** A contact or third party with the mark that Dolibarr reads from its own table of addresses. */
export const shown = (state: DolibarrState, kind: Kind, item: Item): Item =>
  marked.includes(kind) ? { ...item, no_email: state.unsubscribed.has(emailOf(item)) ? '1' : '0' } : item;
