import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { dumpOf, manifestFor, publishedManifest, sqlShops } from '../../../test/support/sql-shops.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { connectorOf } from '../connector.ts';
import type { Cursor, LinkedSystem, OpenContext, PullPage } from '../contract.ts';
import { parseManifest } from '../manifest.ts';
import { probeSystem } from '../probe.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 600_000 });

const now = new Date('2026-06-01T12:00:00Z');
const people = (count: number, first = 1): string[] => {
  const rows = Array.from({ length: count }, (_, index) => {
    const id = first + index;
    return `(${id}, 'Ana ${id}', 'Ruiz', 'canary.${id}@example.org', '+34600${String(id).padStart(6, '0')}', null, '2026-01-01 00:00:00')`;
  });
  const chunks = Array.from({ length: Math.ceil(count / 500) }, (_, chunk) => rows.slice(chunk * 500, chunk * 500 + 500));
  return chunks.map((chunk) => `insert into customer values ${chunk.join(', ')}`);
};
const note = (id: number, customer: number): string =>
  `insert into note values (${id}, ${customer}, 'Called Ana Ruiz about the order.', '2026-02-02 10:00:00')`;
const order = (id: number, customer: number): string =>
  `insert into orders values (${id}, ${customer}, 1995, '2026-02-02 10:00:00')`;

const shops = await sqlShops(temporaryFolder);
afterAll(() => Promise.all(shops.map(([, shop]) => shop.stop())));

test('the how-to shows a manifest that the lint passes', () => {
  expect(parseManifest(publishedManifest, 'shop/manifest.yaml').name).toBe('shop');
});

describe.each(shops)('a database by manifest alone: %s', (_, shop) => {
  const opened: LinkedSystem[] = [];
  const open = (more: Partial<OpenContext> = {}, ...changes: readonly (readonly [string, string])[]): LinkedSystem => {
    const system = connectorOf(parseManifest(manifestFor(shop, ...changes), 'shop/manifest.yaml')).open({
      systemId: 'shop',
      config: shop.config,
      secret: () => shop.password,
      signal: new AbortController().signal,
      now: () => now,
      ...more,
    });
    opened.push(system);
    return system;
  };
  let system: LinkedSystem;
  const person = (id: number | string) => ({ kind: 'person' as const, externalId: String(id) });
  const noMail = { channel: 'email', purpose: 'marketing', key: 'k' } as const;

  async function pages(stream: string, cursor: Cursor | null = null, most = Number.POSITIVE_INFINITY): Promise<PullPage[]> {
    const found: PullPage[] = [];
    for await (const page of system.pull(stream, cursor)) {
      found.push(page);
      if (found.length >= most) break;
    }
    return found;
  }
  const ids = (found: readonly PullPage[]): string[] =>
    found.flatMap(({ records }) => records.flatMap(({ kind, externalId }) => (kind === 'person' ? [externalId] : [])));

  beforeAll(() => {
    system = open();
  });
  beforeEach(async () => {
    await shop.sql(...['note', 'orders', 'customer', 'deleted_customer'].map((table) => `delete from ${table}`));
  });
  afterAll(() => Promise.all(opened.map((one) => one.close())));

  test('it answers, and lists its columns the same way twice', async () => {
    expect(await system.check()).toEqual({ ok: true, problems: [] });
    const offered = await system.discover?.();
    expect(offered?.parts['columns']?.map(({ name }) => name)).toContain('customer.newsletter');
    expect(await system.discover?.()).toEqual(offered);
  });

  test('a full pull of 2,351 people loses none and doubles none; a killed one goes on after its page', async () => {
    await shop.sql(...people(2_351));
    const [first] = await pages('person', null, 1);
    const rest = await pages('person', JSON.parse(JSON.stringify(first?.cursor)) as Cursor);
    const found = [...ids(first === undefined ? [] : [first]), ...ids(rest)];
    expect([found.length, new Set(found).size]).toEqual([2_351, 2_351]);
    expect(first?.records).toHaveLength(500);
    expect(first?.records[0]).toMatchObject({
      canonical: { givenName: 'Ana 1', emails: ['canary.1@example.org'], phones: ['+34600000001'] },
      changedAt: '2026-01-01T00:00:00.000Z',
    });
    await expect(pages('person', { version: 9 })).rejects.toThrow('cursor-newer');
  });

  test('the next pull brings what changed, what shares its time, and what is gone', async () => {
    await shop.sql(...people(3), 'insert into deleted_customer values (77)');
    const cursor = (await pages('person')).at(-1)?.cursor ?? null;
    await shop.sql(
      "update customer set first_name = 'Eva', updated_at = '2026-03-01 00:00:00.123' where id = 2",
      "update customer set updated_at = '2026-02-28 23:58:00' where id = 3",
    );
    const next = await pages('person', cursor);
    expect(ids(next).sort()).toEqual(['1', '2', '3']); // all within the look-back of the last time that was seen
    expect(next.flatMap(({ deleted }) => deleted)).toEqual([person(77)]);
    const later = await pages('person', next.at(-1)?.cursor ?? null);
    expect(ids(later).sort()).toEqual(['2', '3']);
  });

  test('what hangs on a customer is pulled as the map says', async () => {
    await shop.sql(...people(1), note(5, 1), order(9, 1));
    const [found] = await pages('note');
    expect(found?.records[0]).toMatchObject({
      externalId: 'note-5',
      canonical: { clientExternalId: '1', interactionKind: 'note', at: '2026-02-02T10:00:00.000Z' },
    });
    expect((await pages('sale'))[0]?.records[0]?.canonical).toMatchObject({ amountCents: 1995, currency: 'EUR' });
  });

  test('a value is a parameter: what looks like SQL finds nobody and does nothing', async () => {
    await shop.sql(...people(2));
    const before = await dumpOf(shop);
    for (const value of ["' or '1'='1", "x'; drop table customer; --", '\\', '{id}', '"', '%'])
      expect(await system.lookup([{ kind: 'email', value }])).toEqual([]);
    expect(await system.verify(person("1' or '1'='1"))).toMatchObject({ result: 'gone' });
    expect(await system.erase(person('1 or 1=1'), { key: 'k' })).toMatchObject({ result: expect.stringMatching(/done|partial/) });
    expect(await dumpOf(shop)).toBe(before);
  });

  test('lookup finds none, one, several, whatever the case of the address', async () => {
    await shop.sql(
      ...people(2),
      "insert into customer values (7, 'Luis', 'Sanz', 'Canary.1@Example.org', null, null, '2026-01-01 00:00:00')",
    );
    expect(await system.lookup([{ kind: 'email', value: 'nobody@example.org' }])).toEqual([]);
    expect(await system.lookup([{ kind: 'phone', value: '+34 600 000002' }])).toEqual([person(2)]);
    const found = await system.lookup([{ kind: 'email', value: 'canary.1@example.org' }]);
    expect(found.map(({ externalId }) => externalId).sort()).toEqual(['1', '7']);
  });

  test('an opt-out is read back, twice changes nothing, and the way back needs the proof', async () => {
    await shop.sql(...people(2));
    expect(await system.suppress(person(1), { ...noMail, dryRun: true })).toMatchObject({ result: 'would-apply' });
    expect(await system.readConsent(person(1))).toMatchObject([{ answer: 'unknown' }]);
    expect(await system.suppress(person(1), noMail)).toMatchObject({ result: 'applied' });
    expect(await system.suppress(person(1), noMail)).toMatchObject({ result: 'already' });
    expect(await system.readConsent(person(1))).toMatchObject([{ answer: 'denied' }]);
    expect(await system.readConsent(person(2))).toMatchObject([{ answer: 'unknown' }]);
    expect(await system.suppress(person(99), noMail)).toMatchObject({ result: 'absent' });
    expect(await system.unsuppress(person(1), { ...noMail, consentEventId: '' })).toMatchObject({ result: 'refused' });
    expect(await system.unsuppress(person(1), { ...noMail, consentEventId: 'e' })).toMatchObject({ result: 'applied' });
    const consents = (await pages('person')).flatMap(({ records }) => records.filter(({ kind }) => kind === 'consent'));
    expect(consents).toMatchObject([{ externalId: '1:email:marketing', canonical: { answer: 'granted' } }]);
  });

  test('an opt-out that the database takes and puts back is told as refused', async () => {
    await shop.sql(...people(1), ...shop.deafTrigger);
    try {
      expect(await system.suppress(person(1), noMail)).toMatchObject({ result: 'refused', code: 'read-back-differs' });
    } finally {
      await shop.sql(shop.hearAgain);
    }
  });

  test('an erasure goes step by step, ends gone, is done when asked twice, and leaves everybody else', async () => {
    await shop.sql(...people(3), note(1, 1), note(2, 1), note(3, 2), order(1, 1));
    expect(await system.verify(person(1))).toMatchObject({ result: 'present', residue: [{ where: 'customer' }] });
    const before = await dumpOf(shop);
    expect(await system.erase(person(1), { key: 'k', dryRun: true })).toMatchObject({ result: 'would-erase' });
    expect(await dumpOf(shop)).toBe(before);
    expect(await system.erase(person(1), { key: 'k' })).toMatchObject({ result: 'done' });
    expect(await system.verify(person(1))).toMatchObject({ result: 'gone' });
    expect(await system.erase(person(1), { key: 'k' })).toMatchObject({ result: 'done' });
    expect(await system.erase(person(2), { key: 'k' })).toMatchObject({ result: 'done' });
    const left = await dumpOf(shop);
    for (const text of ['canary.1@', 'canary.2@', 'Ana 1', '600000001']) expect(left).not.toContain(text);
    expect(left).toContain('canary.3@example.org');
    const after = await pages('person');
    expect(ids(after)).toEqual(['3']);
    expect(after.flatMap(({ deleted }) => deleted)).toEqual([person(1)]); // overwritten, since its order stays
    expect(await system.erase({ kind: 'sale', externalId: 'order-1' }, { key: 'k' })).toMatchObject({ code: 'kept-by-law' });
  });

  test('a foreign key in the way is told, or is the block that the manifest names', async () => {
    await shop.sql(...people(1), note(1, 1));
    const first = ['      - { request: "SQL delete from note where customer_id = {id}" }\n', ''] as const;
    const anyway = [' and not exists (select 1 from orders where customer_id = {id})', ''] as const;
    await expect(open({}, first, anyway).erase(person(1), { key: 'k' })).rejects.toThrow('still-referred-to: shop');
    const named = [
      '    residue: []\n    note: Notes',
      '    residue: []\n    blockedBy: [{ status: [409], code: has-notes }]\n    note: Notes',
    ] as const;
    const told = await open({}, first, anyway, named).erase(person(1), { key: 'k' });
    expect(told).toMatchObject({ result: 'refused', code: 'has-notes' });
  });

  test('redact blots a name in a note that stays, once; export holds every part of one person alone', async () => {
    await shop.sql(...people(2), note(1, 1), note(2, 2), order(1, 1));
    const ref = { kind: 'interaction', externalId: 'note-1' } as const;
    const texts = { key: 'k', texts: ['Ana Ruiz'] };
    expect(await system.redact?.(ref, { ...texts, dryRun: true })).toMatchObject({ result: 'would-redact' });
    expect(await system.redact?.(ref, texts)).toMatchObject({ result: 'done' });
    expect(await system.redact?.(ref, texts)).toMatchObject({ result: 'done', code: 'nothing-to-redact' });
    const text = JSON.stringify((await system.export(person(1)))?.fields);
    expect(text).toContain('Called […] about the order.');
    expect(text).toContain('canary.1@example.org');
    expect(text).not.toContain('canary.2');
  });

  test('a retyped column keeps its rows aside and a new one is kept as it came; the pull goes on', async () => {
    await shop.sql(...people(2));
    system = open({}, ['email: [string, "null"]', 'email: [number, "null"]']);
    const [found] = await pages('person');
    expect(found?.rejected.map(({ reasonCode }) => reasonCode)).toEqual(['field-retyped', 'field-retyped']);
    system = open();
    expect((await pages('person'))[0]?.records[0]?.raw).toHaveProperty('newsletter', null);
  });

  test('opened to be read only it passes every look at a real account, and writes nothing', async () => {
    await shop.sql(...people(600), note(1, 1));
    const before = await dumpOf(shop);
    const manifest = parseManifest(manifestFor(shop), 'shop/manifest.yaml');
    const probed = await probeSystem(manifest, open({ readOnly: true }));
    expect(probed.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(probed.filter(({ outcome }) => outcome === 'passed').length).toBeGreaterThanOrEqual(9);
    await expect(open({ readOnly: true }).erase(person(1), { key: 'k' })).rejects.toThrow('write-refused');
    expect(await dumpOf(shop)).toBe(before);
  });

  test('what is not there is named: a column, a table, a file or a server; and no value is', async () => {
    const column = open({}, ['lower(email) =', 'lower(mail) =']);
    await expect(column.lookup([{ kind: 'email', value: 'canary@example.org' }])).rejects.toThrow(
      /^schema-differs: shop: .*mail/,
    );
    const failed = await column.lookup([{ kind: 'email', value: 'canary@example.org' }]).catch((error: unknown) => String(error));
    expect(failed).not.toContain('canary');
    const table = open({}, ['SQL select id from customer where id = 0', 'SQL select id from clients where id = 0']);
    expect(await table.check()).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([expect.objectContaining({ code: 'schema-differs' })]),
    });
    if (shop.title === 'SQLite') {
      const elsewhere = open({ config: { file: `${String(shop.config['file'])}.none` } });
      expect(await elsewhere.check()).toMatchObject({ ok: false, problems: [{ code: 'database-missing' }] });
      return;
    }
    const wrong = open({ secret: () => 'wrong-secret' });
    const refused = await wrong.check();
    // the tests' PostgreSQL may let its own computer in without a password
    if (!refused.ok) expect(JSON.stringify(refused)).toMatch(/credentials-refused(?!.*wrong-secret)/);
    if (shop.title === 'MariaDB') expect(refused.ok).toBe(false);
    const closed = open({ config: { ...shop.config, port: 1 } });
    expect(await closed.check()).toMatchObject({ ok: false, problems: [{ code: 'no-answer' }] });
    const far = open({ config: { ...shop.config, host: 'db.elsewhere.example' } }, [
      'host: "{config.host}",',
      'host: "{config.host}", allowHosts: [127.0.0.1, localhost],',
    ]);
    expect(await far.check()).toMatchObject({ ok: false, problems: [{ code: 'host-not-allowed' }] });
  });
});

test.each([
  ['a semicolon', ['limit {page.size}', 'limit {page.size}; drop table customer'], /one statement only/],
  ['a placeholder in quotes', ['lower(email) = {identifier}', "lower(email) = '{identifier}'"], /stands in quotes/],
  [
    'a write where one reads',
    ['SQL select id from customer where lower(email) = {identifier}', 'SQL delete from customer where email = {identifier}'],
    /it may only read here/,
  ],
  [
    'a write within a with',
    [
      'SQL select id from customer where lower(email)',
      'SQL with x as (delete from customer returning id) select id from x where id',
    ],
    /it may only read here/,
  ],
  [
    'a table read at once',
    [' order by id limit {page.size}\n      page', ' order by id\n      page'],
    /needs `limit \{page.size\}`/,
  ],
  [
    'a page by number',
    ['{ kind: keyset, size: 500, key: id, first: 0 }', '{ kind: page, size: 500 }'],
    /is read by `page: \{ kind: keyset/,
  ],
  ['a password that is no secret', ['secret: password }', 'secret: pasword }'], /"pasword" is not one of `secrets`/],
  ['SQL without a database', [/^database: .*$/m, 'server: { url: "https://x.example" }'], /SQL needs `database`/],
  ['an unknown placeholder', ['where phone = {identifier}', 'where phone = {phone}'], /"phone" is not a known placeholder/],
] as const)('the lint tells %s, with its place', (_, [from, to], told) => {
  expect(() => parseManifest(publishedManifest.replace(from, to), 'shop/manifest.yaml')).toThrow(told);
  expect(() => parseManifest(publishedManifest.replace(from, to), 'shop/manifest.yaml')).toThrow(
    /^manifest-(invalid|unknown-field): shop\/manifest.yaml, /,
  );
});
