import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A span as it came over the wire. */
export interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
}

/** A collector that takes OTLP over HTTP and keeps what it was sent. */
export interface Collector {
  readonly url: string;
  /** Every body as it came, one after the other. */
  readonly bytes: () => Buffer;
  readonly spans: () => readonly SentSpan[];
  stop(): Promise<void>;
}

interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: number;
}

/** The part of ExportTraceServiceRequest that is read here. */
interface Sent {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string;
        readonly traceId: string;
        readonly attributes: readonly { readonly key: string; readonly value: OtlpValue }[];
      }[];
    }[];
  }[];
}

const spansIn = (body: Buffer): readonly SentSpan[] =>
  (JSON.parse(body.toString('utf8')) as Sent).resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ name, traceId, attributes }) => ({
        name,
        traceId,
        attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue])),
      })),
    ),
  );

/** Starts one on a free port. */
export async function startCollector(): Promise<Collector> {
  const bodies: Buffer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      if (request.url === '/v1/traces') bodies.push(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
      response.writeHead(request.url === '/v1/traces' ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens
    bytes: () => Buffer.concat(bodies),
    spans: () => bodies.flatMap(spansIn),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
