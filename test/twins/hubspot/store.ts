/** One object of the CRM, as HubSpot keeps it. */
export interface CrmObject {
  readonly id: string;
  properties: Record<string, string | null>;
  readonly createdAt: string;
  updatedAt: string;
  archived: boolean;
}

export type ObjectType = 'contacts' | 'companies' | 'deals' | 'tickets' | 'notes' | 'emails' | 'calls' | 'meetings' | 'invoices';

export interface HubspotState {
  nextId: number;
  readonly objects: Readonly<Record<ObjectType, Map<string, CrmObject>>>;
  /** `contacts/1/notes`: ids. */
  readonly links: Map<string, string[]>;
  /** Addresses that opted out of everything. */
  readonly optedOut: Set<string>;
  /** Addresses that privacy deletion keeps out for ever. */
  readonly blocklist: Set<string>;
  /** Writes that answer OK and change nothing, so many. */
  deaf: number;
}

export const emptyState = (): HubspotState => ({
  nextId: 101,
  objects: {
    contacts: new Map(),
    companies: new Map(),
    deals: new Map(),
    tickets: new Map(),
    notes: new Map(),
    emails: new Map(),
    calls: new Map(),
    meetings: new Map(),
    invoices: new Map(),
  },
  links: new Map(),
  optedOut: new Set(),
  blocklist: new Set(),
  deaf: 0,
});

const modifiedProperty = (type: ObjectType): string => (type === 'contacts' ? 'lastmodifieddate' : 'hs_lastmodifieddate');

export function addObject(
  state: HubspotState,
  type: ObjectType,
  properties: Readonly<Record<string, string | null>>,
  at: string,
): CrmObject {
  const id = String(state.nextId);
  state.nextId += 1;
  const made: CrmObject = {
    id,
    properties: { createdate: at, [modifiedProperty(type)]: at, hs_object_id: id, ...properties },
    createdAt: at,
    updatedAt: at,
    archived: false,
  };
  state.objects[type].set(id, made);
  return made;
}

export function changeObject(
  type: ObjectType,
  one: CrmObject,
  properties: Readonly<Record<string, string | null>>,
  at: string,
): void {
  one.properties = { ...one.properties, ...properties, [modifiedProperty(type)]: at };
  one.updatedAt = at;
}

export function link(
  state: HubspotState,
  [from, fromId]: readonly [ObjectType, string],
  [to, toId]: readonly [ObjectType, string],
): void {
  for (const [key, id] of [
    [`${from}/${fromId}/${to}`, toId],
    [`${to}/${toId}/${from}`, fromId],
  ] as const)
    state.links.set(key, [...(state.links.get(key) ?? []), id]);
}

/** Takes one object away with all its links, as a privacy deletion does. */
export function removeObject(state: HubspotState, type: ObjectType, id: string): void {
  state.objects[type].delete(id);
  for (const [key, ids] of state.links) {
    if (key.startsWith(`${type}/${id}/`)) state.links.delete(key);
    else if (key.endsWith(`/${type}`))
      state.links.set(
        key,
        ids.filter((one) => one !== id),
      );
  }
}
