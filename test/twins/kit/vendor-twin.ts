import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { deserialize, serialize } from 'node:v8';
import { twinMemory } from '../twin-memory.ts';
import type { Fault, Mutation, Twin, TwinAnswer } from './twin.ts';
import { answerHostile, type HostileAnswer } from './hostile.ts';
import { openApiCheck, type RequestCheck } from './openapi-check.ts';
import { type TwinClock, twinClock } from './twin-clock.ts';
import { type Handler, listening, requestOf, send, type VendorRequest } from './twin-http.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** Milliseconds, of one monotonic clock. */
  readonly at: number;
  readonly status: number;
}

export interface VendorTwin<State extends object> extends Twin {
  readonly state: State;
  readonly clock: TwinClock;
  readonly seen: readonly SeenRequest[];
  /** Requests that the vendor's description does not allow: method, path template, what is wrong. */
  readonly violations: readonly string[];
  /** Other hosts that got a call: there must be none. */
  readonly stolen: readonly string[];
  /** The next `times` requests get a hostile answer. */
  hostile(kind: HostileAnswer, times?: number): void;
}

export interface VendorTwinDefinition<State extends object> {
  readonly port?: number | undefined;
  readonly basePath?: string;
  /** Text of the OpenAPI or Swagger document that each request is checked against. */
  readonly spec?: string | undefined;
  /** In front of the paths of the description, when they differ from ours. */
  readonly specPrefix?: string;
  /** What it holds, alive: a kept state is put into this object. */
  readonly state: State;
  /** File that keeps the state; see twin-memory.ts. */
  readonly memory?: string | undefined;
  /** Fills the state at the first start; its changes are not in the ledger. */
  readonly seed?: () => void | Promise<void>;
  readonly ledger?: Mutation[];
  readonly clock?: TwinClock;
  /** What an unknown caller is told; undefined lets it in. */
  readonly refuse: (request: VendorRequest) => TwinAnswer | undefined;
  /** Counts calls and answers what is too many; undefined lets it in. */
  readonly limit?: (request: VendorRequest, clock: TwinClock) => TwinAnswer | undefined;
  /** Answers what no route fits, for a vendor whose calls are not told by their paths. */
  readonly answer?: Handler;
  /** `GET /contacts/{id}`; the first that fits answers, so the special ones come first. */
  readonly routes?: (context: {
    readonly state: State;
    readonly clock: TwinClock;
    note(verb: string, subject: string): void;
  }) => Readonly<Record<string, Handler>>;
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);

const decodedGroups = (groups: Readonly<Record<string, string>> | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]));

const hits = ({ method, path, body }: Fault, request: VendorRequest): boolean =>
  (method ?? request.method) === request.method &&
  (path ?? /^/).test(decodeURIComponent(request.path)) &&
  (body ?? /^/).test(request.text);

/** Starts a stand-in of one vendor: routes over a state, with a ledger, the vendor's own request check, faults and a clock of its own. */
export async function startVendorTwin<State extends object>(definition: VendorTwinDefinition<State>): Promise<VendorTwin<State>> {
  const { state, basePath = '', clock = twinClock(), ledger = [] } = definition;
  const memory = twinMemory(definition.memory, () => state);
  const kept = memory.recall();
  if (kept !== undefined) Object.assign(state, deserialize(serialize(kept)) as State);
  else if (definition.seed !== undefined) {
    await definition.seed();
    memory.changed();
  }
  ledger.length = 0;
  const seen: SeenRequest[] = [];
  const violations: string[] = [];
  const stolen: string[] = [];
  const faults: { fault: Fault; left: number }[] = [];
  const hostile: HostileAnswer[] = [];
  const check: RequestCheck = definition.spec === undefined ? () => undefined : openApiCheck(definition.spec);
  const note = (verb: string, subject: string): void => void ledger.push({ verb, subject });
  const routes = Object.entries(definition.routes?.({ state, clock, note }) ?? {}).map(([name, handler]) => {
    const [method = 'GET', path = '/'] = name.split(' ');
    return { method, pattern: patternOf(path), handler };
  });
  const answer = (request: VendorRequest): TwinAnswer => {
    const limited = definition.limit?.(request, clock);
    const refused = limited ?? definition.refuse(request);
    if (refused !== undefined) return refused;
    const body = request.text === '' ? undefined : request.body;
    const wrong = check({ ...request, path: `${definition.specPrefix ?? ''}${request.path}`, body });
    if (wrong !== undefined) {
      violations.push(`${request.method} ${request.path.replaceAll(/\d+|[^/]*%40[^/]*/g, '…')}: ${wrong}`);
      return { status: 400, body: { message: `not as described: ${wrong}` } };
    }
    for (const { method, pattern, handler } of routes) {
      const found = method === request.method ? pattern.exec(request.path) : null;
      if (found !== null) return handler({ ...request, params: decodedGroups(found.groups) });
    }
    return definition.answer?.(request) ?? { status: 404, body: { message: 'no such path' } };
  };
  const other = createServer((request, response) => {
    stolen.push(request.headers.authorization === undefined ? 'called' : 'called with credentials');
    response.end('{}');
  });
  const elsewhere = `http://localhost:${await listening(other, 0)}`;
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await requestOf(incoming, basePath);
    const nasty = hostile.shift();
    if (nasty !== undefined) return answerHostile(nasty, response, elsewhere);
    const place = faults.findIndex(({ fault }) => hits(fault, request));
    const hit = faults[place];
    if (hit !== undefined) {
      hit.left -= 1;
      if (hit.left === 0) faults.splice(place, 1);
    }
    const at = performance.now();
    if (hit?.fault.kind === 'reset') return void incoming.socket.destroy();
    const before = ledger.length;
    const made =
      hit?.fault.kind === 'answer' ? (hit.fault.answer ?? { status: 500, body: '<html>error</html>' }) : answer(request);
    if (ledger.length !== before) memory.changed();
    seen.push({ method: request.method, path: request.path, at, status: made.status });
    if (hit?.fault.kind === 'lose-answer') return void incoming.socket.destroy();
    send(response, made);
  };
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => send(response, { status: 500, body: { message: String(error) } }));
  });
  const port = await listening(server, definition.port ?? 0);
  const closed = (one: typeof server): Promise<void> =>
    new Promise((resolve) => {
      one.close(() => resolve());
      one.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${port}${basePath}`,
    state,
    clock,
    ledger,
    seen,
    violations,
    stolen,
    dump: () =>
      JSON.stringify(state, (_, value: unknown) =>
        value instanceof Map ? [...value] : value instanceof Set ? [...value] : value,
      ),
    fault: (fault) => void faults.push({ fault, left: fault.times ?? 1 }),
    hostile: (kind, times = 1) => void hostile.push(...Array.from({ length: times }, () => kind)),
    stop: async () => {
      memory.close();
      await Promise.all([closed(server), closed(other)]);
    },
  };
}
