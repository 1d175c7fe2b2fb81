import type { TwinAnswer } from '../kit/twin.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import type { PipedriveContext } from './routes.ts';
import { type Attached, type AttachedKind, attachedStamp } from './store.ts';

const notFound: TwinAnswer = { status: 404, body: { success: false, error: 'not found' } };

const timeOf = ({ update_time: at }: Attached): number => Date.parse(at.endsWith('Z') ? at : `${at.replace(' ', 'T')}Z`);

/** One page of version 1: from a row on, with a word on whether there are more. */
export function paged(items: readonly unknown[], { query }: VendorRequest): TwinAnswer {
  const start = Number(query.get('start') ?? 0);
  const limit = Number(query.get('limit') ?? 100);
  const page = items.slice(start, start + limit);
  const more = start + limit < items.length;
  const pagination = { start, limit, more_items_in_collection: more, ...(more ? { next_start: start + limit } : {}) };
  return { status: 200, body: { success: true, data: page.length === 0 ? null : page, additional_data: { pagination } } };
}

function routesOf({ state, clock, note }: PipedriveContext, kind: AttachedKind): Readonly<Record<string, Handler>> {
  const rows = state.attached[kind];
  const held = (id: string | undefined): Attached | undefined => rows.get(Number(id));
  return {
    [`GET /${kind}`]: (request) => {
      const person = request.query.get('person_id');
      const since = request.query.get('updated_since');
      const found = [...rows.values()].filter(
        (one) =>
          one.active_flag &&
          (person === null || one.person_id === Number(person)) &&
          (since === null || timeOf(one) >= Date.parse(since)),
      );
      return paged(found, request);
    },
    [`GET /${kind}/{id}`]: ({ params }) => {
      const one = held(params['id']);
      return one === undefined ? notFound : { status: 200, body: { success: true, data: one } };
    },
    [`${kind === 'leads' ? 'PATCH' : 'PUT'} /${kind}/{id}`]: ({ params, body }) => {
      const one = held(params['id']);
      if (one === undefined) return notFound;
      Object.assign(one, body, { update_time: attachedStamp(clock, kind) });
      note('update', `${kind}/${one.id}`);
      return { status: 200, body: { success: true, data: one } };
    },
    [`DELETE /${kind}/{id}`]: ({ params }) => {
      const one = held(params['id']);
      if (one === undefined || !one.active_flag) return notFound;
      if (kind === 'notes') one.active_flag = false;
      else rows.delete(one.id);
      note('delete', `${kind}/${one.id}`);
      return { status: 200, body: { success: true, data: { id: one.id } } };
    },
  };
}

/** Routes of version 1: notes, leads and files. */
export function attachedRoutes(context: PipedriveContext): Readonly<Record<string, Handler>> {
  return {
    ...routesOf(context, 'notes'),
    ...routesOf(context, 'leads'),
    ...routesOf(context, 'files'),
    'GET /persons/{id}/files': (request) =>
      paged(
        [...context.state.attached.files.values()].filter((one) => one.person_id === Number(request.params['id'])),
        request,
      ),
  };
}
