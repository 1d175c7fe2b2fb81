import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startClubMembersTwin, type ClubMembersTwin } from '../../test/twins/club-members.ts';
import { openLinked } from '../../runtime/connector-tools.ts';
import { connectorOf } from './connector.ts';
import type { Cursor, PullPage } from './contract.ts';
import { scaffold } from './docs/scaffold.ts';
import { parseManifest } from './manifest.ts';

// the list of what users get wrong: each message names the file or the system, the field, and the way out

const file = 'connectors/club-members/manifest.yaml';
const written = scaffold('club-members')[file] ?? '';
const changed = (from: string, to: string): string => {
  if (!written.includes(from)) throw new Error(`the manifest has no ${from}`);
  return written.replace(from, to);
};

/** A connector of one entity that only reads. */
const readOnly = `name: club-members
title: Club members
version: 1
vendor: { docs: "https://docs.example.com/api" }
config:
  type: object
  properties: { url: { type: string, format: uri } }
  required: [url]
secrets: [token]
auth: { kind: bearer, secret: token }
server: { url: "{config.url}" }
entities:
  person:
    list:
      request: GET /people
      query: { limit: "{page.size}", after: "{page.token}", since: "{cursor}" }
      page: { kind: cursor, size: 50, next: next }
      select: people
      cursor: { field: updatedAt, lookback: 5m }
    id: id
    changedAt: updatedAt
    map: { givenName: firstName, familyName: lastName, emails: email }
`;

let twin: ClubMembersTwin;
beforeAll(async () => {
  twin = await startClubMembersTwin();
});
beforeEach(() => twin.state.people.clear());
afterAll(() => twin.stop());

const add = (id: string, more: Readonly<Record<string, unknown>> = {}): void => {
  const { clock, state } = twin;
  const one = {
    id,
    firstName: 'Ana',
    lastName: 'Ruiz',
    email: `canary.${id}@example.org`,
    mailing: null,
    updatedAt: clock.stamp(),
  };
  state.people.set(`${id}-${state.people.size}`, { ...one, ...more });
};

const opened = (manifest = written, more: Readonly<Record<string, unknown>> = {}, token = twin.token) =>
  connectorOf(parseManifest(manifest, file)).open({
    systemId: 'club',
    config: { url: twin.url, ...more },
    secret: () => token,
    signal: new AbortController().signal,
    now: () => twin.clock.now(),
  });

async function pulled(manifest = written, cursor: Cursor | null = null): Promise<PullPage[]> {
  const pages: PullPage[] = [];
  for await (const page of opened(manifest).pull('person', cursor)) pages.push(page);
  return pages;
}

test('a read-only connector of one entity takes at most 40 lines, and pulls', async () => {
  add('1');
  expect(readOnly.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  expect((await pulled(readOnly)).flatMap(({ records }) => records.map(({ externalId }) => externalId))).toEqual(['1']);
});

test('an unknown key of a manifest', () => {
  expect(() => parseManifest(changed('lookback: 5m', 'loopback: 5m'), file)).toThrow(
    /^manifest-unknown-field: connectors\/club-members\/manifest.yaml, entities.person.list.cursor: "loopback" is not a known field. Did you mean "lookback"\?$/,
  );
});

test('a placeholder that nothing fills in', () => {
  expect(() => parseManifest(changed('{config.url}', '{config.adress}'), file)).toThrow(
    /^manifest-unknown-field: connectors\/club-members\/manifest.yaml, server.url: "adress" is not a setting of `config`. There are: url/,
  );
  const region = changed('properties: { url:', 'properties: { region: { type: string }, url:').replace(
    '{config.url}',
    'https://{config.region}.example',
  );
  expect(() => opened(region)).toThrow(/^setting-invalid: club: server.url of club-members is no address with these settings/);
});

test('a secret that is missing', async () => {
  const connectors = new Map([['club-members', connectorOf(parseManifest(written, file))]]);
  const system = await openLinked(
    connectors,
    { id: 'club', connector: 'club-members', config: { url: twin.url } },
    () => new Date(),
  );
  expect(await system.check()).toMatchObject({
    ok: false,
    problems: [
      {
        code: 'secret-absent',
        say: expect.stringMatching(/club needs the secret "token": give config.secrets.token as env:NAME or file:PATH/),
      },
    ],
  });
});

test('a credential that is wrong', async () => {
  const { ok, problems } = await opened(written, {}, 'wrong-token').check();
  expect([ok, problems[0]?.code]).toEqual([false, 'credentials-refused']);
  expect(problems[0]?.say).toMatch(/^credentials-refused: club: .*check its user and secret/);
  expect(JSON.stringify(problems)).not.toContain('wrong-token');
});

test('a right that is missing, with where to click', async () => {
  const scope =
    'scopes: [{ scope: people.read, verbs: [pull, lookup], grant: "Club > Settings > Keys", probe: { request: GET /people, query: { ids: "0" } } }]';
  const manifest = changed('check: {', `${scope}\ncheck: {`);
  twin.fault({ kind: 'answer', answer: { status: 200, body: {} } });
  twin.fault({ kind: 'answer', answer: { status: 403, body: {} } });
  const { ok, problems } = await opened(manifest).check();
  expect(ok).toBe(false);
  expect(problems.map(({ verb, code }) => `${verb} ${code}`)).toEqual(['pull right-missing', 'lookup right-missing']);
  expect(problems[0]?.say).toBe('club: the right "people.read" is missing; grant it: Club > Settings > Keys');
});

test('a vendor that changed: a new field is kept as it came, a missing or retyped one keeps its record aside, and the pull goes on', async () => {
  add('1', { brandNew: 'kept' });
  add('2', { email: { address: 'canary' } });
  add('3', { email: undefined });
  add('4');
  const [page] = await pulled();
  expect(page?.records.filter(({ kind }) => kind === 'person').map(({ externalId }) => externalId)).toEqual(['1', '4']);
  expect(page?.records[0]?.raw).toMatchObject({ brandNew: 'kept' });
  expect(page?.rejected.map(({ reasonCode, reason }) => `${reasonCode}: ${reason}`)).toEqual([
    'field-retyped: "email" is object and should be string or null. Did the vendor change its API?',
    'field-missing: "email" is not there; it should be string or null. Did the vendor change its API?',
  ]);
});

test('two records with one id: the later counts, the other is kept aside with its reason', async () => {
  add('1', { firstName: 'Ana' });
  add('1', { firstName: 'Eva' });
  add('2');
  const [page] = await pulled();
  const people = page?.records.filter(({ kind }) => kind === 'person');
  expect(people?.map(({ canonical }) => (canonical as { givenName?: string }).givenName)).toEqual(['Eva', 'Ana']);
  expect(page?.rejected).toMatchObject([
    { externalId: '1', reasonCode: 'id-doubled', reason: expect.stringContaining('Is `id` of the manifest right?') },
  ]);
});

test('a cursor of a newer version', async () => {
  await expect(pulled(written, { version: 7 })).rejects.toThrow(
    'cursor-newer: club, stream person: the saved cursor is from a newer version (7) of this connector (1); upgrade Ficha, or run a full sync',
  );
});
