import { afterEach, beforeEach, expect, test } from 'vitest';
import { openOnServer } from '../../test/support/open-on-server.ts';
import { type MailmanTwin, startMailmanTwin } from '../../test/twins/mailman.ts';
import type { LinkedSystem, RecordRef } from '../kit/contract.ts';

const ana: RecordRef = { kind: 'person', externalId: 'ana@example.test' };
const order = { key: 'k', channel: 'email', purpose: 'newsletter' } as const;
let twin: MailmanTwin;
let system: LinkedSystem;

beforeEach(async () => {
  twin = await startMailmanTwin({ seed: [{ email: 'ana@example.test', name: 'Ana' }, { email: 'bea@example.test' }] });
  system = await openOnServer('mailman', twin, { lists: [{ id: 'news.example.test', purpose: 'newsletter', optIn: true }] });
});
afterEach(() => twin.stop());

test('a lost answer to a suppression is an unknown outcome; looking again finds it done once', async () => {
  twin.fault({ method: 'PATCH', kind: 'lose-answer' });
  await expect(system.suppress(ana, order)).rejects.toMatchObject({ code: 'outcome-unknown', retry: 'later' });
  expect(await system.suppress(ana, order)).toMatchObject({ result: 'already' });
  expect(twin.ledger.map(({ verb }) => verb)).toEqual(['preferences.set']);
});

test('a lost answer to an erasure is an unknown outcome; erasing again finds nothing and verify proves it', async () => {
  twin.fault({ method: 'DELETE', kind: 'lose-answer' });
  await expect(system.erase(ana, { key: 'k' })).rejects.toMatchObject({ code: 'outcome-unknown' });
  expect(await system.erase(ana, { key: 'k' })).toMatchObject({ result: 'done' });
  expect(await system.verify(ana)).toMatchObject({ result: 'gone' });
  expect(twin.ledger.filter(({ verb }) => verb === 'user.delete')).toHaveLength(1);
});

test('a server that takes the write and changes nothing is a refusal, not an applied suppression', async () => {
  twin.fault({ method: 'PATCH', kind: 'answer', answer: { status: 204 } });
  expect(await system.suppress(ana, order)).toMatchObject({ result: 'refused', code: 'still-delivered' });
});

test('a server that takes an erasure and changes nothing is found out by verify', async () => {
  twin.fault({ method: 'DELETE', kind: 'answer', answer: { status: 204 } });
  await system.erase(ana, { key: 'k' });
  expect(await system.verify(ana)).toMatchObject({ result: 'present', residue: [{ where: 'addresses' }, { where: 'members' }] });
});

test('reads go on over a failing page and errors carry no address', async () => {
  twin.fault({ path: /^\/addresses/, kind: 'answer', times: 2 });
  const ids: string[] = [];
  for await (const { records } of system.pull('person', null)) ids.push(...records.map(({ externalId }) => externalId));
  expect(ids.sort()).toEqual(['ana@example.test', 'bea@example.test']);
  twin.fault({ method: 'DELETE', kind: 'answer', answer: { status: 400, body: { title: 'ana@example.test' } } });
  const error: unknown = await system.erase(ana, { key: 'k' }).catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(/call-refused/);
  expect(String(error)).not.toMatch(/ana@/);
});

test('a twin that starts again with the same seed gives the same records', async () => {
  const pulled = async (): Promise<unknown[]> => {
    const again = await startMailmanTwin({ seed: [{ email: 'ana@example.test', name: 'Ana' }] });
    const opened = await openOnServer('mailman', again, { lists: [{ id: 'news.example.test' }] });
    const records: unknown[] = [];
    for (const stream of ['person', 'consent']) for await (const page of opened.pull(stream, null)) records.push(...page.records);
    await again.stop();
    return records;
  };
  const first = await pulled();
  expect(first).toHaveLength(2);
  expect(await pulled()).toEqual(first);
});
