import type { TwinClock } from '../kit/twin-clock.ts';

/** One document of Frappe: its name is its id. */
export type Doc = Record<string, unknown> & { readonly name: string };

export interface ErpnextState {
  nextId: number;
  /** By DocType, then by name. */
  readonly docs: Map<string, Map<string, Doc>>;
  /** Writes of an opt-out that answer OK and change nothing, so many. */
  deaf: number;
}

export const docTypes: readonly string[] = [
  'Contact',
  'Customer',
  'Lead',
  'Sales Invoice',
  'Sales Order',
  'Quotation',
  'Payment Entry',
  'Issue',
  'Communication',
  'Email Unsubscribe',
  'Deleted Document',
  'Version',
  'Comment',
  'File',
];

export const emptyState = (): ErpnextState => ({
  nextId: 1,
  docs: new Map(docTypes.map((one) => [one, new Map<string, Doc>()])),
  deaf: 0,
});

/** Documents of one DocType. */
export const docsOf = (state: ErpnextState, docType: string): Map<string, Doc> => {
  const found = state.docs.get(docType);
  if (found === undefined) throw new Error(`no DocType ${docType}`);
  return found;
};

const siteAheadMs = 2 * 3_600_000;

/** A time as Frappe keeps it: of the site's own zone (two hours ahead here), without saying so. */
export const siteTime = (clock: TwinClock): string =>
  `${new Date(Date.parse(clock.stamp()) + siteAheadMs).toISOString().slice(0, 23).replace('T', ' ')}000`;

const filled = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** A name as the DocType makes it: the person's own for contacts and customers, a series elsewhere. */
function nameFor(state: ErpnextState, docType: string, values: Readonly<Record<string, unknown>>): string {
  const own =
    docType === 'Contact'
      ? [values['first_name'], values['last_name']].filter(filled).join(' ')
      : docType === 'Customer'
        ? values['customer_name']
        : undefined;
  state.nextId += 1;
  if (!filled(own)) return `${docType.toUpperCase().replaceAll(/[^A-Z]/g, '-')}-${String(state.nextId).padStart(5, '0')}`;
  return docsOf(state, docType).has(own) ? `${own}-${state.nextId}` : own;
}

export function addDoc(
  state: ErpnextState,
  clock: TwinClock,
  docType: string,
  values: Readonly<Record<string, unknown>>,
): string {
  const name = nameFor(state, docType, values);
  const at = siteTime(clock);
  docsOf(state, docType).set(name, { creation: at, unsubscribed: 0, ...values, name, modified: at });
  return name;
}

const tracked: readonly string[] = ['Contact', 'Customer', 'Lead'];

/** Changes a document; Frappe keeps what it was as a Version. */
export function changeDoc(
  state: ErpnextState,
  clock: TwinClock,
  docType: string,
  doc: Doc,
  values: Readonly<Record<string, unknown>>,
): void {
  const was = Object.fromEntries(Object.keys(values).map((key) => [key, doc[key] ?? null]));
  Object.assign(doc, values, { modified: siteTime(clock) });
  if (tracked.includes(docType))
    addDoc(state, clock, 'Version', { ref_doctype: docType, docname: doc.name, data: JSON.stringify(was) });
}

/** Deletes a document with its versions and comments, and keeps a copy of it. */
export function deleteDoc(state: ErpnextState, clock: TwinClock, docType: string, doc: Doc): void {
  docsOf(state, docType).delete(doc.name);
  for (const [kind, field] of [
    ['Version', 'docname'],
    ['Comment', 'reference_name'],
  ] as const)
    for (const one of docsOf(state, kind).values()) if (one[field] === doc.name) docsOf(state, kind).delete(one.name);
  if (docType !== 'Deleted Document')
    addDoc(state, clock, 'Deleted Document', { deleted_doctype: docType, deleted_name: doc.name, data: JSON.stringify(doc) });
}

const papersOf = (state: ErpnextState): readonly Doc[] =>
  ['Sales Invoice', 'Sales Order', 'Quotation', 'Payment Entry'].flatMap((docType) => [...docsOf(state, docType).values()]);

/** Gives a document another name, in what refers to it too, and says so in a comment. */
export function renameDoc(state: ErpnextState, clock: TwinClock, docType: string, doc: Doc, name: string): void {
  const renamed = { ...doc, name, modified: siteTime(clock) };
  docsOf(state, docType).delete(doc.name);
  docsOf(state, docType).set(name, renamed);
  for (const paper of papersOf(state))
    for (const field of ['customer', 'party', 'party_name', 'contact_person']) if (paper[field] === doc.name) paper[field] = name;
  addDoc(state, clock, 'Comment', {
    reference_doctype: docType,
    reference_name: name,
    content: `renamed from ${doc.name} to ${name}`,
  });
}

/** Whether an invoice, an order, a quotation or a payment refers to it. */
export const isLinked = (state: ErpnextState, name: string): boolean =>
  papersOf(state).some((one) => [one['customer'], one['party'], one['party_name'], one['contact_person']].includes(name));
