import { afterAll, beforeAll, expect, test } from 'vitest';
import { addParty, addSale, addToList, openOn, pullAll } from '../../test/support/tryton-server.ts';
import { trytonClient } from '../../test/support/real/tryton-client.ts';
import { startTrytonTwin, type TrytonTwin } from '../../test/twins/tryton.ts';
import type { LinkedSystem, RecordRef } from '../kit/contract.ts';

const person = (id: number): RecordRef => ({ kind: 'person', externalId: `party.party,${id}` });
const html = { 'content-type': 'text/html' };
const key = { key: 'request/erp/record/erase' };

let twin: TrytonTwin;
let system: LinkedSystem;
let call: Awaited<ReturnType<typeof trytonClient>>;
const open = (config: object = {}, secret?: string): LinkedSystem => openOn({ ...twin, call }, config, secret);

beforeAll(async () => {
  twin = await startTrytonTwin();
  call = await trytonClient(twin);
  system = open();
});
afterAll(() => twin.stop());

test('a good account is well; a bad password, database or address is named, and nothing is written', async () => {
  const before = twin.ledger.length;
  expect(await system.check()).toEqual({ ok: true, account: 'tryton', problems: [] });
  const codeOf = async (one: LinkedSystem) => (await one.check()).problems.map(({ code }) => code);
  expect(await codeOf(open({}, 'wrong'))).toEqual(['credentials-refused']);
  expect(await codeOf(open({ database: 'other' }))).toEqual(['no-database']);
  expect(twin.ledger.length).toBe(before);
});

test('discover names what the settings can take, and tells a module that is not there; nothing is written', async () => {
  await addParty(call, { name: 'Sol Vidal', category: 'Person' });
  await addToList(call, 'sol@vidal.example', 'Novedades');
  const before = twin.ledger.length;
  const { parts, missing } = (await system.discover?.()) ?? {};
  expect(parts?.['mailing lists (lists)']).toContainEqual({ name: 'Novedades' });
  expect(parts?.['party categories (companyCategories, personCategories)']).toContainEqual({ name: 'Person' });
  expect(missing).toEqual([]);
  expect(twin.ledger.length).toBe(before);
});

test('an ended session is renewed once, however many calls notice', async () => {
  const id = await addParty(call, { name: 'Nora Soler' });
  await system.verify(person(id));
  twin.expireSessions();
  const signIns = twin.signIns();
  const answers = await Promise.all(Array.from({ length: 20 }, () => system.verify(person(id))));
  expect(answers.every(({ result }) => result === 'present')).toBe(true);
  expect(twin.signIns() - signIns).toBe(1);
  call = await trytonClient(twin);
});

test('a refusal reaches Ficha as a code: no name, address or password in what is thrown or returned', async () => {
  const id = await addParty(call, { name: 'Zenobia Quintanilla', emails: ['zenobia@quintanilla.example'] });
  await addSale(call, id, '1.00');
  const said = JSON.stringify(await system.erase(person(id), key));
  twin.fault({
    kind: 'answer',
    answer: { status: 200, body: { id: 0, error: ['UserError', ['Zenobia Quintanilla', '', null]] } },
  });
  const thrown: unknown = await system.verify(person(id)).catch((error: unknown) => error);
  const text = `${said} ${String(thrown)} ${JSON.stringify(thrown)} ${thrown instanceof Error ? thrown.stack : ''}`;
  expect(text).toContain('refused');
  for (const needle of ['Zenobia', 'Quintanilla', twin.password]) expect(text).not.toContain(needle);
});

test('an HTML page where JSON should be is an error, and the pull goes on from its cursor afterwards', async () => {
  twin.fault({ kind: 'answer', answer: { status: 502, headers: html, body: '<html>Bad Gateway</html>' } });
  const { records } = await pullAll(system, 'parties');
  expect(records.length).toBeGreaterThan(0);
  twin.fault({ kind: 'answer', answer: { status: 403, headers: html, body: '<html>Forbidden</html>' } });
  await expect(pullAll(system, 'parties')).rejects.toMatchObject({ code: 'access-denied' });
});

test('a connection lost after each writing call, in turn: the erasure that is tried again still ends with nothing left', async () => {
  for (const method of [
    'party.party.write',
    'erase.create',
    'erase.execute',
    'erase.delete',
    'email.delete',
    'mechanism.write',
  ]) {
    const email = `perdida@${method.replaceAll('_', '-')}.example`;
    const id = await addParty(call, { name: `Perdida ${method}`, emails: [email] });
    await addToList(call, email);
    twin.fault({ kind: 'lose-answer', body: new RegExp(`"method":"[a-z._]*${method.replaceAll('.', '\\.')}"`) });
    await expect(system.erase(person(id), key)).rejects.toMatchObject({ code: 'outcome-unknown' });
    expect(await system.erase(person(id), key)).toEqual({ result: 'done', residue: [] });
    expect(await twin.rawStorageSearch([email, `Perdida ${method}`])).toEqual([]);
  }
});
