import type { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { TwinAnswer } from './twin.ts';

/** One request as a route sees it. */
export interface VendorRequest {
  readonly method: string;
  /** Percent-encoded, without the base path. */
  readonly path: string;
  /** Values of the route's {placeholders}, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Parsed when the body is JSON; the pairs when it is a form. */
  readonly body: Readonly<Record<string, unknown>>;
}

export type Handler = (request: VendorRequest) => TwinAnswer;

/** Reads one request to its end. */
export async function requestOf(incoming: IncomingMessage, basePath: string): Promise<VendorRequest> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer); // a stream without encoding gives buffers
  const text = Buffer.concat(parts).toString('utf8');
  const url = new URL(incoming.url ?? '/', 'http://twin');
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  const form = (headers['content-type'] ?? '').includes('form-urlencoded');
  const parsed: unknown = form ? Object.fromEntries(new URLSearchParams(text)) : /^\s*[[{]/.test(text) ? JSON.parse(text) : {};
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname.slice(basePath.length),
    params: {},
    query: url.searchParams,
    headers,
    text,
    body: parsed as VendorRequest['body'], // a JSON body of these vendors is an object
  };
}

/** An object is sent as JSON, a text as it is. */
export const send = (response: ServerResponse, { status, headers, body }: TwinAnswer): void => {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', date: new Date().toUTCString(), ...headers })
    .end(text);
};

/** Listens on the loopback; gives the port. */
export const listening = async (server: ReturnType<typeof createServer>, port: number): Promise<number> => {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};
