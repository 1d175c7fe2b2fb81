import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { LinkedSystem, PullPage } from './contract.ts';
import { connectorOf } from './connector.ts';
import { parseManifest } from './manifest.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

async function serve(handler: Handler): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => handler(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

const manifest = `
name: acme
title: Acme mailer
version: 1
vendor: { docs: https://docs.acme.example/api }
config: { type: object, properties: { url: { type: string } }, required: [url], additionalProperties: false }
secrets: [token]
auth: { kind: bearer, secret: token }
server: { url: '{config.url}', timeoutMs: 400, maxBytes: 100000 }
entities:
  person:
    list:
      request: GET /subscribers
      query: { limit: '{page.size}', offset: '{page.offset}', since: '{cursor}' }
      page: { kind: offset, size: 2 }
      select: data
      cursor: { field: updated_at, lookback: 5m }
    id: id
    changedAt: updated_at
    deleted: { path: state, values: [removed] }
    map:
      emails: [email_address, other.email]
      givenName: first_name
      birthDate: { from: born, as: date, format: d/m/y }
      addresses: { each: places, where: { kind: home }, map: { city: town } }
    get: { request: 'GET /subscribers/{id}', select: data }
    personal: [{ field: email_address, category: contact }]
lookup: [{ by: email, kind: person, request: GET /search, query: { email: '{identifier}' }, select: data, id: id, confirm: email_address }]
consent:
  - entity: person
    channel: email
    purpose: marketing
    read: status
    values: { active: granted, unsubscribed: denied }
    suppress: [{ request: 'PATCH /subscribers/{id}', json: { status: unsubscribed } }]
erase:
  person: { steps: [{ request: 'DELETE /subscribers/{id}' }], mode: hard, residue: [] }
verify:
  person: { request: 'GET /subscribers/{id}', absent: [404] }
`;

function open(url: string): LinkedSystem {
  return connectorOf(parseManifest(manifest, 'connectors/acme/manifest.yaml')).open({
    systemId: 'mailer',
    config: { url },
    secret: () => 'canary-token',
    signal: new AbortController().signal,
    now: () => new Date('2026-11-23T10:00:00Z'),
  });
}

const pagesOf = async (system: LinkedSystem, cursor = null as PullPage['cursor'] | null): Promise<PullPage[]> => {
  const pages: PullPage[] = [];
  for await (const page of system.pull('person', cursor)) pages.push(page);
  return pages;
};

const people = [
  { id: 1, email_address: 'ana@example.test', first_name: ' Ana ', status: 'active', updated_at: '2026-01-01T00:00:00Z' },
  { id: 2, email_address: 'b@example.test', born: '30/02/1980', status: 'active', updated_at: '2026-01-03T00:00:00Z' },
  {
    id: 3,
    other: { email: 'c@example.test' },
    born: '1/2/1980',
    status: 'unsubscribed',
    updated_at: '2026-01-02T00:00:00Z',
    places: [{ kind: 'home', town: 'Lyon' }, { kind: 'work' }],
  },
  { id: 4, state: 'removed', updated_at: '2026-01-02T00:00:00Z' },
  { first_name: 'no id', updated_at: '2026-01-02T00:00:00Z' },
];

test('a manifest alone lists, maps, keeps aside what it cannot read, notices deletions and resumes in the middle', async () => {
  const asked: string[] = [];
  const url = await serve(({ url: path = '' }, response) => {
    asked.push(path);
    const query = new URL(path, 'http://x').searchParams;
    const offset = Number(query.get('offset'));
    json(response, { data: people.slice(offset, offset + 2) });
  });
  const pages = await pagesOf(open(url));
  expect(pages.map(({ last, complete }) => [last, complete])).toEqual([
    [false, undefined],
    [false, undefined],
    [true, true],
  ]);
  const records = pages.flatMap((page) => page.records);
  expect(records.map(({ kind, externalId }) => `${kind} ${externalId}`)).toEqual([
    'person 1',
    'consent 1:email:marketing',
    'consent 2:email:marketing',
    'person 3',
    'consent 3:email:marketing',
  ]);
  expect(records[0]?.canonical).toEqual({ emails: ['ana@example.test'], givenName: 'Ana' });
  expect(records[3]?.canonical).toEqual({ emails: ['c@example.test'], birthDate: '1980-02-01', addresses: [{ city: 'Lyon' }] });
  expect(records[4]?.canonical).toMatchObject({ clientExternalId: '3', answer: 'denied', atKnown: false });
  expect(pages.flatMap((page) => page.rejected).map(({ reasonCode, externalId }) => [reasonCode, externalId])).toEqual([
    ['value-unreadable', '2'],
    ['id-missing', undefined],
  ]);
  expect(pages.flatMap((page) => page.deleted)).toEqual([{ kind: 'person', externalId: '4' }]);

  asked.length = 0;
  const rest = await pagesOf(open(url), pages[1]?.cursor ?? null);
  expect(rest).toHaveLength(1);
  expect(asked[0]).toContain('offset=4');

  asked.length = 0;
  const next = await pagesOf(open(url), pages[2]?.cursor ?? null);
  expect(asked[0]).toContain(`since=${encodeURIComponent('2026-01-02T23:55:00.000Z')}`);
  expect(next.at(-1)?.complete).toBeUndefined();
});

test('an opt-out counts only when it is read back, and a silent refusal shows', async () => {
  let status = 'active';
  let deaf = true;
  const url = await serve(({ method }, response, body) => {
    if (method === 'PATCH' && !deaf) status = (JSON.parse(body) as { status: string }).status;
    json(response, { data: { id: 1, status } });
  });
  const order = { key: 'k', channel: 'email', purpose: 'marketing' } as const;
  const ref = { kind: 'person', externalId: '1' } as const;
  expect(await open(url).suppress(ref, { ...order, dryRun: true })).toEqual({ result: 'would-apply' });
  expect(await open(url).suppress(ref, order)).toMatchObject({ result: 'refused', code: 'read-back-differs' });
  deaf = false;
  expect(await open(url).suppress(ref, order)).toMatchObject({ result: 'applied' });
  expect(await open(url).suppress(ref, order)).toEqual({ result: 'already' });
  expect(await open(url).readConsent(ref)).toEqual([{ channel: 'email', purpose: 'marketing', answer: 'denied' }]);
});

test('erase, verify and lookup: absent is done, ids are encoded, a dropped filter finds nobody', async () => {
  const held = new Set(['a/b c']);
  const asked: string[] = [];
  const url = await serve(({ method, url: path = '' }, response) => {
    asked.push(`${method} ${path}`);
    if (path.startsWith('/search'))
      return json(response, {
        data: [
          { id: 9, email_address: 'x@example.test' },
          { id: 8, email_address: 'Y@example.test' },
        ],
      });
    const id = decodeURIComponent(path.split('/')[2] ?? '');
    if (!held.has(id)) return json(response, {}, 404);
    if (method === 'DELETE') held.delete(id);
    return json(response, { data: {} });
  });
  const system = open(url);
  const ref = { kind: 'person', externalId: 'a/b c' } as const;
  expect(await system.verify(ref)).toMatchObject({ result: 'present', count: 1 });
  expect(await system.erase(ref, { key: 'k', dryRun: true })).toMatchObject({ result: 'would-erase' });
  expect(held.size).toBe(1);
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'done' });
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'done' });
  expect(await system.verify(ref)).toMatchObject({ result: 'gone' });
  expect(asked).toContain('DELETE /subscribers/a%2Fb%20c');
  expect(await system.lookup([{ kind: 'email', value: 'y@example.test' }])).toEqual([{ kind: 'person', externalId: '8' }]);
});
