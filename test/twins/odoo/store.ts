import type { TwinClock } from '../kit/twin-clock.ts';
import { inDomain, type Row } from './domain.ts';

export type Model =
  | 'res.partner'
  | 'crm.lead'
  | 'account.move'
  | 'account.payment'
  | 'sale.order'
  | 'mail.message'
  | 'mail.blacklist'
  | 'mailing.contact'
  | 'mailing.subscription'
  | 'calendar.event'
  | 'calendar.attendee'
  | 'helpdesk.ticket'
  | 'ir.attachment';

export interface OdooState {
  nextId: number;
  readonly rows: Readonly<Record<Model, Map<number, Record<string, unknown>>>>;
  /** Writes on the blacklist that answer OK and change nothing, so many. */
  deaf: number;
}

export const emptyState = (): OdooState => ({
  nextId: 7,
  rows: {
    'res.partner': new Map(),
    'crm.lead': new Map(),
    'account.move': new Map(),
    'account.payment': new Map(),
    'sale.order': new Map(),
    'mail.message': new Map(),
    'mail.blacklist': new Map(),
    'mailing.contact': new Map(),
    'mailing.subscription': new Map(),
    'calendar.event': new Map(),
    'calendar.attendee': new Map(),
    'helpdesk.ticket': new Map(),
    'ir.attachment': new Map(),
  },
  deaf: 0,
});

export const isModel = (text: string, state: OdooState): text is Model => Object.hasOwn(state.rows, text);

/** A time as Odoo answers it: UTC, to the second, without a zone. */
export const odooTime = (clock: TwinClock): string => clock.stamp().slice(0, 19).replace('T', ' ');

const normalised = (email: unknown): string | false =>
  typeof email === 'string' && email.includes('@') ? email.trim().toLowerCase() : false;

/** The active row of the blacklist for an address. */
const isBlacklisted = (state: OdooState, email: string | false): boolean =>
  email !== false && [...state.rows['mail.blacklist'].values()].some((row) => row['active'] === true && row['email'] === email);

/** The id of a many2one, which is kept with its name. */
const idOf = (value: unknown): number => (value as readonly number[] | undefined)?.[0] ?? 0; // [id, name]

/** What a domain may ask of the records behind an attendee or a recipient. */
function behind(state: OdooState, model: Model, row: Row): Row {
  if (model === 'calendar.attendee') {
    const event = state.rows['calendar.event'].get(idOf(row['event_id']));
    const partner = state.rows['res.partner'].get(idOf(row['partner_id']));
    return { 'event_id.write_date': event?.['write_date'], 'partner_id.partner_share': partner?.['partner_share'] ?? true };
  }
  if (model !== 'mailing.contact') return {};
  const lists = [...state.rows['mailing.subscription'].values()].filter((one) => idOf(one['contact_id']) === row['id']);
  return { list_ids: lists.map((one) => idOf(one['list_id'])) };
}

/** A row with the fields that Odoo computes when it is read. */
export function computed(state: OdooState, model: Model, row: Row): Row {
  const email = normalised(row[model === 'crm.lead' ? 'email_from' : 'email']);
  if (model === 'mail.blacklist') return row;
  return { ...row, ...behind(state, model, row), email_normalized: email, is_blacklisted: isBlacklisted(state, email) };
}

export function createRow(state: OdooState, clock: TwinClock, model: Model, values: Row): number {
  if (model === 'mail.blacklist') {
    const email = normalised(values['email']);
    const known = [...state.rows[model].values()].find((row) => row['email'] === email);
    if (known !== undefined) return known['id'] as number; // as it is: an inactive one stays inactive
  }
  const id = state.nextId;
  state.nextId += 1;
  const at = odooTime(clock);
  const email = model === 'mail.blacklist' ? { email: normalised(values['email']) } : {};
  state.rows[model].set(id, { active: true, ...values, ...email, id, create_date: at, write_date: at });
  return id;
}

export function writeRow(state: OdooState, clock: TwinClock, model: Model, id: number, values: Row): boolean {
  const row = state.rows[model].get(id);
  if (row === undefined) return false;
  Object.assign(row, values, { write_date: odooTime(clock) });
  return true;
}

/** Rows of a model in a domain, by id; archived ones only when `active_test` is false. */
export function searchRows(state: OdooState, model: Model, domain: readonly unknown[], activeTest: boolean): Row[] {
  return [...state.rows[model].values()]
    .filter((row) => !activeTest || row['active'] !== false || JSON.stringify(domain).includes('"active"'))
    .map((row) => computed(state, model, row))
    .filter((row) => inDomain(row, domain))
    .sort((one, other) => Number(one['id']) - Number(other['id']));
}
