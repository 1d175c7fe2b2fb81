import type { TwinAnswer } from '../kit/twin.ts';
import type { TwinClock } from '../kit/twin-clock.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import { addRegulation, type SegmentState, type TwinRegulation } from './store.ts';

export interface SegmentContext {
  readonly state: SegmentState;
  readonly clock: TwinClock;
  note(verb: string, subject: string): void;
}

/** One page behind a cursor that nobody else can read. */
function page(key: string, items: readonly unknown[], { query }: VendorRequest): TwinAnswer {
  const cursor = query.get('pagination.cursor');
  const from = cursor === null ? 0 : Number(Buffer.from(cursor, 'base64url').toString());
  const to = from + Number(query.get('pagination.count'));
  const next = to < items.length ? { next: Buffer.from(String(to)).toString('base64url') } : {};
  return { status: 200, body: { data: { [key]: items.slice(from, to), pagination: { current: cursor ?? 'MA', ...next } } } };
}

const listed = ({ id, subjects, status, createdAt, finishedAt }: TwinRegulation) => ({
  id,
  subjectType: 'USER_ID',
  subjects,
  status,
  createdAt,
  ...(finishedAt === undefined ? {} : { finishedAt }),
});

/** Routes of the Public API that concern privacy. */
export function segmentRoutes({ state, clock, note }: SegmentContext): Readonly<Record<string, Handler>> {
  return {
    'GET /': () => ({ status: 200, body: { data: { workspace: { id: 'w1', name: 'Twin', slug: 'twin' } } } }),
    'GET /suppressions': (request) =>
      page(
        'suppressed',
        [...state.suppressed].map((id) => ({ subjectType: 'USER_ID', subjectIds: [id] })),
        request,
      ),
    'GET /regulations': (request) => {
      const type = request.query.get('regulationTypes.0');
      const found = state.regulations.filter((one) => state.unfiltered || type === null || one.type === type);
      return page('regulations', found.map(listed), request);
    },
    'POST /regulations': ({ body }) => {
      const made = addRegulation(state, clock, String(body['regulationType']), body['subjectIds'] as readonly string[]); // described so
      note(made.type, `regulations/${made.id}`);
      return { status: 200, body: { data: { regulateId: made.id } } };
    },
    'GET /regulations/{id}': ({ params }) => {
      const found = state.regulations.find(({ id }) => id === params['id']);
      if (found === undefined) return { status: 404, body: { errors: [{ type: 'not-found' }] } };
      const reached = { name: 'warehouse', id: 'd0', status: 'FINISHED' };
      const left = state.unreached.map((name, place) => ({ name, id: `d${place + 1}`, status: 'FAILED' }));
      const streamStatus = [{ id: 's1', destinationStatus: [reached, ...left] }];
      return {
        status: 200,
        body: { data: { regulation: { ...listed(found), workspaceId: 'w1', overallStatus: found.status, streamStatus } } },
      };
    },
  };
}
