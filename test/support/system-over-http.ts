import { createServer } from 'node:http';
import type { Capabilities, Cursor, LinkedSystem, PullPage } from '../../connectors/kit/contract.ts';
import { FichaError } from '../../domain/record/error.ts';

const verbs = ['pull', 'lookup', 'readConsent', 'suppress', 'unsuppress', 'erase', 'export', 'verify'] as const;
type Verb = (typeof verbs)[number];

/** A system of a test that can be opened. */
export interface Openable {
  readonly systemId: string;
  open(): LinkedSystem;
}

/** A moment of a call: before the system did it, or after it did and before the answer. */
export interface CallMoment {
  readonly systemId: string;
  readonly verb: Verb;
  readonly when: 'before' | 'after';
}

/** A moment of a step of the worker: before it begins, or after it was done and before Temporal hears of it. */
export interface StepMoment {
  readonly step: string;
  readonly when: 'before' | 'after';
}

/** Says for which request a call is. */
const requestHeader = 'x-request';

const isVerb = (text: string): text is Verb => verbs.some((verb) => verb === text);

/** Every page of a stream at once. */
const pagesOf =
  (system: LinkedSystem) =>
  async (stream: string, cursor: Cursor | null): Promise<readonly PullPage[]> => {
    const pages: PullPage[] = [];
    for await (const page of system.pull(stream, cursor)) pages.push(page);
    return pages;
  };

/**
 * Serves systems of a test to a worker in another process, which can then be killed at any moment of any call. The privacy request whose
 * moment it is comes with it when the worker says so, else ''. A call whose moment throws is not carried out.
 */
export async function serveSystems(
  systems: readonly Openable[],
  at: (moment: CallMoment, requestId: string) => Promise<void>,
  atStep: (moment: StepMoment, requestId: string) => Promise<void> = () => Promise.resolve(),
) {
  const answer = async (path: string, requestId: string, body: string): Promise<string> => {
    const [systemId = '', verb = '', when] = path.slice(1).split('/');
    if (when === 'before' || when === 'after') {
      await atStep({ step: verb, when }, requestId);
      return 'null';
    }
    const system = systems.find((one) => one.systemId === systemId);
    if (system === undefined) throw new Error(`no such call: ${path}`);
    const opened = system.open();
    if (verb === 'capabilities') return JSON.stringify(opened.capabilities);
    if (!isVerb(verb)) throw new Error(`no such call: ${path}`);
    await at({ systemId, verb, when: 'before' }, requestId);
    const call = (verb === 'pull' ? pagesOf(opened) : opened[verb]) as (...args: readonly unknown[]) => Promise<unknown>; // the caller below sends what the verb takes
    const result = await call(...(JSON.parse(body) as readonly unknown[]));
    await at({ systemId, verb, when: 'after' }, requestId);
    return JSON.stringify(result ?? null);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(request.url ?? '', String(request.headers[requestHeader] ?? ''), Buffer.concat(chunks).toString()).then(
        (text) => response.end(text),
        () => response.writeHead(500).end(),
      );
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The other end: a linked system whose every verb is a call to the process that holds it, for the request that `requestOf` says. */
export function systemOverHttp(
  url: string,
  systemId: string,
  shape: LinkedSystem,
  requestOf: () => string = () => '',
): LinkedSystem {
  const call =
    (verb: Verb) =>
    async <Answer>(...args: readonly unknown[]): Promise<Answer> => {
      const response = await fetch(`${url}/${systemId}/${verb}`, {
        method: 'POST',
        headers: { [requestHeader]: requestOf() },
        body: JSON.stringify(args),
      });
      if (!response.ok) throw new FichaError('vendor-unavailable', `status ${response.status}`, { retry: 'later' });
      return (await response.json()) as Answer; // the same contract on both ends
    };
  async function* pull(...args: Parameters<LinkedSystem['pull']>): AsyncGenerator<PullPage> {
    yield* await call('pull')<readonly PullPage[]>(...args);
  }
  return {
    ...shape,
    systemId,
    pull,
    lookup: call('lookup'),
    readConsent: call('readConsent'),
    suppress: call('suppress'),
    unsuppress: call('unsuppress'),
    erase: call('erase'),
    export: call('export'),
    verify: call('verify'),
  };
}

/** Says of a step of this worker that it begins, or that it was done. */
export async function tellStep(url: string, { step, when }: StepMoment, requestId: string): Promise<void> {
  await fetch(`${url}/step/${step}/${when}`, { method: 'POST', headers: { [requestHeader]: requestId } });
}

/** What a served system can do. */
export async function capabilitiesOverHttp(url: string, systemId: string): Promise<Capabilities> {
  const response = await fetch(`${url}/${systemId}/capabilities`, { method: 'POST', body: '[]' });
  return (await response.json()) as Capabilities; // the same contract on both ends
}
