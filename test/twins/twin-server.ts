import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TwinMemory } from './twin-memory.ts';

/** One request as a twin sees it: path decoded and without the base path, body as text. */
export interface TwinRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string;
  readonly body: string;
}

export interface TwinAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a text as it is. */
  readonly body?: unknown;
}

/** One change that the twin made to what it holds, in order. */
export interface Mutation {
  readonly verb: string;
  readonly subject: string;
}

/**
 * What goes wrong with the next requests that match: an answer of ours instead of the effect (`answer`), a connection closed before the
 * effect (`reset`) or after it (`lose-answer`).
 */
export interface Fault {
  readonly method?: string;
  readonly path?: RegExp;
  readonly body?: RegExp;
  /** How many requests it hits; 1 when left out. */
  readonly times?: number;
  readonly kind: 'answer' | 'reset' | 'lose-answer';
  readonly answer?: TwinAnswer;
}

/** A stand-in of a linked system that runs in this process. */
export interface Twin {
  readonly url: string;
  readonly ledger: readonly Mutation[];
  /** All that the twin holds, as one text, to search for bytes that should be gone. */
  dump(): string;
  fault(fault: Fault): void;
  stop(): Promise<void>;
}

interface Served {
  readonly port?: number | undefined;
  readonly basePath: string;
  readonly ledger: readonly Mutation[];
  dump(): string;
  handle(request: TwinRequest): TwinAnswer;
  readonly memory: Pick<TwinMemory<unknown>, 'changed' | 'close'>;
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer); // a stream without encoding gives buffers
  return Buffer.concat(parts).toString('utf8');
};

const send = (response: ServerResponse, { status, headers, body }: TwinAnswer): void => {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(text);
};

/** The first fault that matches, used up once. */
function takeFault(faults: { fault: Fault; left: number }[], request: TwinRequest): Fault | undefined {
  const place = faults.findIndex(
    ({ fault }) =>
      (fault.method ?? request.method) === request.method &&
      (fault.path ?? /^/).test(request.path) &&
      (fault.body ?? /^/).test(request.body),
  );
  const hit = faults[place];
  if (hit === undefined) return undefined;
  hit.left -= 1;
  if (hit.left === 0) faults.splice(place, 1);
  return hit.fault;
}

/** Serves a twin on the loopback. */
export async function serveTwin(served: Served): Promise<Twin> {
  const faults: { fault: Fault; left: number }[] = [];
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? '/', 'http://twin');
    const request: TwinRequest = {
      method: incoming.method ?? 'GET',
      path: decodeURIComponent(url.pathname.slice(served.basePath.length)),
      query: url.searchParams,
      authorization: incoming.headers.authorization ?? '',
      body: await bodyOf(incoming),
    };
    const fault = takeFault(faults, request);
    if (fault?.kind === 'reset') return void incoming.socket.destroy();
    if (fault?.kind === 'answer')
      return send(response, fault.answer ?? { status: 500, body: '<html>Internal Server Error</html>' });
    const before = served.ledger.length;
    const made = served.handle(request);
    if (served.ledger.length !== before) served.memory.changed();
    if (fault?.kind === 'lose-answer') return void incoming.socket.destroy();
    send(response, made);
  };
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => send(response, { status: 500, body: { title: String(error) } }));
  });
  await new Promise<void>((resolve) => {
    server.listen(served.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}${served.basePath}`,
    ledger: served.ledger,
    dump: () => served.dump(),
    fault: (fault) => void faults.push({ fault, left: fault.times ?? 1 }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          served.memory.close();
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
