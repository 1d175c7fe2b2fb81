import type { TwinAnswer } from '../kit/twin.ts';
import type { TwinClock } from '../kit/twin-clock.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import { isIn } from './filters.ts';
import { addDoc, changeDoc, deleteDoc, type Doc, docsOf, docTypes, type ErpnextState, isLinked, renameDoc } from './store.ts';

export interface ErpnextContext {
  readonly state: ErpnextState;
  readonly clock: TwinClock;
  note(verb: string, subject: string): void;
  readonly saved: (docType: string, doc: Doc, event: string, by: string) => void;
  readonly apiUser: string;
}

const notFound: TwinAnswer = { status: 404, body: { exc_type: 'DoesNotExistError' } };
const shownByList: readonly string[] = ['email_ids', 'phone_nos', 'links', 'timeline_links'];

const listOf = (query: URLSearchParams, name: string): readonly (readonly unknown[])[] =>
  JSON.parse(query.get(name) ?? '[]') as readonly (readonly unknown[])[]; // a list of filters, as Frappe takes them

function list({ state }: ErpnextContext, docType: string, { query }: VendorRequest): TwinAnswer {
  const fields = JSON.parse(query.get('fields') ?? '["name"]') as readonly string[]; // a list of names, as Frappe takes them
  const limit = Number(query.get('limit_page_length') ?? 20);
  const start = Number(query.get('limit_start') ?? 0);
  const found = [...docsOf(state, docType).values()]
    .filter((doc) => isIn(doc, listOf(query, 'filters'), listOf(query, 'or_filters')))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const page = found.slice(start, limit === 0 ? found.length : start + limit);
  const data = page.map((doc) =>
    Object.fromEntries(
      Object.entries(doc).filter(([key]) => (fields.includes('*') ? !shownByList.includes(key) : fields.includes(key))),
    ),
  );
  return { status: 200, body: { data } };
}

function remove({ state, clock, note, saved, apiUser }: ErpnextContext, docType: string, doc: Doc): TwinAnswer {
  if (['Contact', 'Customer'].includes(docType) && isLinked(state, doc.name))
    return { status: 417, body: { exc_type: 'LinkExistsError' } };
  deleteDoc(state, clock, docType, doc);
  note('delete', docType);
  saved(docType, doc, 'on_trash', apiUser);
  return { status: 202, body: { message: 'ok' } };
}

function put({ state, clock, note, saved, apiUser }: ErpnextContext, docType: string, doc: Doc, body: VendorRequest['body']) {
  const mail = Array.isArray(body['email_ids']) && body['email_ids'].length === 0 ? { email_id: null } : {};
  changeDoc(state, clock, docType, doc, { ...body, ...mail });
  note('put', docType);
  saved(docType, doc, 'on_update', apiUser);
  return { status: 200, body: { data: doc } };
}

function create({ state, clock, note, saved, apiUser }: ErpnextContext, docType: string, body: VendorRequest['body']) {
  if (docType === 'Email Unsubscribe' && state.deaf > 0) {
    state.deaf -= 1;
    return { status: 200, body: { data: { name: 'none' } } };
  }
  const doubled = [...docsOf(state, docType).values()].some((one) => one['email'] === body['email']);
  if (docType === 'Email Unsubscribe' && doubled) return { status: 409, body: { exc_type: 'DuplicateEntryError' } };
  const name = addDoc(state, clock, docType, body);
  note('create', docType);
  const doc = docsOf(state, docType).get(name);
  if (doc !== undefined) saved(docType, doc, 'after_insert', apiUser);
  return { status: 200, body: { data: doc } };
}

/** `/api/resource/{DocType}/{name}` of Frappe, and renaming. */
export function erpnextRoutes(context: ErpnextContext): Readonly<Record<string, Handler>> {
  const { state, clock, note } = context;
  const onType =
    (run: (docType: string, request: VendorRequest) => TwinAnswer): Handler =>
    (request) => {
      const docType = request.params['docType'] ?? '';
      return docTypes.includes(docType) ? run(docType, request) : notFound;
    };
  const onDoc = (run: (docType: string, doc: Doc, request: VendorRequest) => TwinAnswer): Handler =>
    onType((docType, request) => {
      const doc = docsOf(state, docType).get(request.params['name'] ?? '');
      return doc === undefined ? notFound : run(docType, doc, request);
    });
  return {
    'GET /api/method/frappe.auth.get_logged_user': () => ({ status: 200, body: { message: context.apiUser } }),
    'POST /api/method/frappe.client.rename_doc': ({ body }) => {
      const docType = String(body['doctype']);
      const doc = docsOf(state, docType).get(String(body['old_name']));
      if (doc === undefined) return notFound;
      renameDoc(state, clock, docType, doc, String(body['new_name']));
      note('rename', docType);
      return { status: 200, body: { message: body['new_name'] } };
    },
    'GET /api/method/download_file': ({ query }) => {
      const file = [...docsOf(state, 'File').values()].find((one) => one['file_url'] === query.get('file_url'));
      return file === undefined
        ? notFound
        : { status: 200, headers: { 'content-type': 'text/plain' }, body: String(file['content']) };
    },
    'GET /api/resource/{docType}': onType((docType, request) => list(context, docType, request)),
    'POST /api/resource/{docType}': onType((docType, { body }) => create(context, docType, body)),
    'GET /api/resource/{docType}/{name}': onDoc((_, doc) => ({ status: 200, body: { data: doc } })),
    'PUT /api/resource/{docType}/{name}': onDoc((docType, doc, { body }) => put(context, docType, doc, body)),
    'DELETE /api/resource/{docType}/{name}': onDoc((docType, doc) => remove(context, docType, doc)),
  };
}
