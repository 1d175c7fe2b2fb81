import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import { validatorFor } from '../../platform/validate.ts';
import { openOnServer } from '../../test/support/open-on-server.ts';
import type { Cursor, LinkedSystem, RecordRef } from '../kit/contract.ts';
import { mailmanServers, onMailman, subscribe } from '../../test/support/mailman-server.ts';

const lists = [
  { id: 'news.example.test', purpose: 'newsletter', optIn: true },
  { id: 'offers.example.test', purpose: 'marketing', optIn: false },
];
const person = (email: string): RecordRef => ({ kind: 'person', externalId: email });

async function pullAll(system: LinkedSystem, stream: string, cursor: Cursor | null = null) {
  const records: SourceRecordDraft[] = [];
  let last: Cursor | null = cursor;
  let complete = false;
  for await (const page of system.pull(stream, cursor)) {
    records.push(...page.records);
    for (const { kind, canonical } of page.records) expect(validatorFor(`record/${kind}`)(canonical)).toEqual([]);
    last = page.cursor;
    complete = page.complete === true;
  }
  return { records, cursor: last, complete };
}

const saidOf = (records: readonly SourceRecordDraft[], id: string) =>
  records.find(({ externalId }) => externalId === id)?.canonical;

// the same promises, kept by the twin and by the real server: the twin cannot drift from what it stands for
describe.each(await mailmanServers())('mailman connector on the %s', (_, server) => {
  let system: LinkedSystem;

  beforeAll(async () => {
    await onMailman(server, 'POST', '/domains', { mail_host: 'example.test' });
    for (const name of ['news', 'offers']) await onMailman(server, 'POST', '/lists', { fqdn_listname: `${name}@example.test` });
    await subscribe(server, 'news', 'Ana.Garcia+tag@Example.test', 'Ana García');
    await subscribe(server, 'offers', 'ana.garcia+tag@example.test', 'Ana García');
    for (const name of ['bea', 'carlo', 'dora', 'elio', 'fanny', 'gino'])
      await subscribe(server, 'news', `${name}@example.test`, name);
    system = await openOnServer('mailman', server, { lists });
  });
  afterAll(() => server.stop());

  test('check names the list that does not exist and the refused password', async () => {
    expect(await system.check()).toMatchObject({ ok: true, problems: [] });
    const wrongList = await openOnServer('mailman', server, { lists: [{ id: 'nolist.example.test' }] });
    expect(await wrongList.check()).toMatchObject({ ok: false, problems: [{ code: 'list-missing' }] });
    const wrongPassword = await openOnServer('mailman', { ...server, password: 'wrong' }, { lists });
    expect(await wrongPassword.check()).toMatchObject({ ok: false, problems: [{ code: 'credentials-refused' }] });
  });

  test('a pull lists every address once, as written, and says that it is complete', async () => {
    const { records, complete } = await pullAll(system, 'person');
    expect(complete).toBe(true);
    const ids = records.map(({ externalId }) => externalId);
    expect(new Set(ids).size).toBe(7);
    expect(saidOf(records, 'ana.garcia+tag@example.test')).toEqual({
      fullName: 'Ana García',
      emails: ['Ana.Garcia+tag@Example.test'],
    });
  });

  test('a membership is consent only where the list is opt-in', async () => {
    const { records } = await pullAll(system, 'consent');
    expect(saidOf(records, 'newsletter:ana.garcia+tag@example.test')).toMatchObject({
      answer: 'granted',
      atKnown: false,
      channel: 'email',
    });
    expect(saidOf(records, 'marketing:ana.garcia+tag@example.test')).toMatchObject({ answer: 'pending' });
    expect(saidOf(records, 'marketing:bea@example.test')).toBeUndefined();
  });

  test('who leaves a list between two runs has opted out, keeps the time of it, and is not taken for deleted', async () => {
    const first = await pullAll(system, 'consent');
    const membership = await onMailman(server, 'POST', '/members/find', { subscriber: 'bea@example.test' });
    await onMailman(server, 'DELETE', `/members/${membership.memberId}`);
    const second = await pullAll(system, 'consent', first.cursor);
    const said = saidOf(second.records, 'newsletter:bea@example.test');
    expect(said).toMatchObject({ answer: 'denied', how: 'unsubscribed', clientExternalId: 'bea@example.test' });
    const third = await pullAll(system, 'consent', second.cursor);
    expect(saidOf(third.records, 'newsletter:bea@example.test')).toEqual(said);
    expect((await pullAll(system, 'person')).records.map(({ externalId }) => externalId)).toContain('bea@example.test');
    expect(JSON.stringify(third.cursor)).not.toMatch(/bea|example/);
    await subscribe(server, 'news', 'bea@example.test', 'bea');
    const back = saidOf((await pullAll(system, 'consent', third.cursor)).records, 'newsletter:bea@example.test');
    expect(back).toMatchObject({ answer: 'granted' });
    expect((back as { at: string }).at >= (said as { at: string }).at).toBe(true);
  });

  test('who leaves one list of two has opted out of its purpose only', async () => {
    const first = await pullAll(system, 'consent');
    const found = await onMailman(server, 'POST', '/members/find', {
      subscriber: 'ana.garcia+tag@example.test',
      list_id: 'news.example.test',
    });
    await onMailman(server, 'DELETE', `/members/${found.memberId}`);
    const { records } = await pullAll(system, 'consent', first.cursor);
    expect(saidOf(records, 'newsletter:ana.garcia+tag@example.test')).toMatchObject({ answer: 'denied' });
    expect(saidOf(records, 'marketing:ana.garcia+tag@example.test')).toMatchObject({ answer: 'pending' });
  });

  test('delivery stopped by the person and a ban are opt-outs', async () => {
    const found = await onMailman(server, 'POST', '/members/find', { subscriber: 'carlo@example.test' });
    await onMailman(server, 'PATCH', `/members/${found.memberId}/preferences`, { delivery_status: 'by_user' });
    await onMailman(server, 'POST', '/bans', { email: 'dora@example.test' });
    const { records } = await pullAll(system, 'consent');
    expect(saidOf(records, 'newsletter:carlo@example.test')).toMatchObject({ answer: 'denied', how: 'delivery-stopped-by-user' });
    expect(saidOf(records, 'newsletter:dora@example.test')).toMatchObject({ answer: 'denied', how: 'banned' });
  });

  test('suppress stops delivery, once, survives an import, and unsuppress needs a proof', async () => {
    const order = { key: 'k', channel: 'email', purpose: 'newsletter' } as const;
    const elio = person('elio@example.test');
    expect(await system.suppress(elio, { ...order, dryRun: true })).toEqual({ result: 'would-apply' });
    expect(await system.readConsent(elio)).toContainEqual({ channel: 'email', purpose: 'newsletter', answer: 'granted' });
    expect(await system.suppress(elio, order)).toMatchObject({ result: 'applied' });
    expect(await system.suppress(elio, order)).toMatchObject({ result: 'already' });
    expect(await subscribe(server, 'news', 'elio@example.test', 'elio')).toBe(409);
    expect(await system.readConsent(elio)).toContainEqual({ channel: 'email', purpose: 'newsletter', answer: 'denied' });
    expect(await system.unsuppress(elio, { ...order, consentEventId: '' })).toMatchObject({ result: 'refused' });
    expect(await system.unsuppress(elio, { ...order, consentEventId: 'e1' })).toMatchObject({ result: 'applied' });
    expect(await system.readConsent(elio)).toContainEqual({ channel: 'email', purpose: 'newsletter', answer: 'granted' });
    expect(await system.suppress(elio, { ...order, channel: 'sms' })).toMatchObject({ result: 'unsupported' });
    expect(await system.suppress(person('nobody@example.test'), order)).toMatchObject({
      result: 'already',
      code: 'not-subscribed',
    });
  });

  test('with bans, a suppressed address cannot be subscribed by anyone', async () => {
    const banning = await openOnServer('mailman', server, { lists, suppressWith: 'ban' });
    const order = { key: 'k', channel: 'email', purpose: 'marketing' } as const;
    expect(await banning.suppress(person('gino@example.test'), order)).toMatchObject({ result: 'applied' });
    expect(await subscribe(server, 'offers', 'gino@example.test', 'gino')).toBe(400);
    expect(await banning.suppress(person('gino@example.test'), order)).toMatchObject({ result: 'already' });
  });

  test('export holds the person and nobody else', async () => {
    const exported = await system.export(person('fanny@example.test'));
    expect(exported?.fields).toMatchObject({
      email: 'fanny@example.test',
      memberships: [{ list_id: 'news.example.test', delivery_status: 'enabled' }],
    });
    expect(JSON.stringify(exported)).not.toMatch(/elio|ana\.garcia/);
    expect(await system.export(person('nobody@example.test'))).toBeNull();
  });

  test('erasing a consent ends its memberships and leaves the other purposes', async () => {
    await subscribe(server, 'news', 'hugo@example.test', 'hugo');
    await subscribe(server, 'offers', 'hugo@example.test', 'hugo');
    const consent = { kind: 'consent', externalId: 'newsletter:hugo@example.test' } as const;
    expect(await system.verify(consent)).toMatchObject({ result: 'present', count: 1 });
    expect(await system.export(consent)).toMatchObject({ fields: { memberships: [{ list_id: 'news.example.test' }] } });
    expect(await system.erase(consent, { key: 'k' })).toMatchObject({ result: 'done' });
    expect(await system.verify(consent)).toMatchObject({ result: 'gone' });
    expect(await system.verify({ kind: 'consent', externalId: 'marketing:hugo@example.test' })).toMatchObject({
      result: 'present',
    });
    expect(await system.verify(person('hugo@example.test'))).toMatchObject({ result: 'present' });
  });

  test('an erased person is gone from the storage, and erasing again is done', async () => {
    const fanny = person('fanny@example.test');
    expect(await system.lookup([{ kind: 'email', value: 'Fanny@Example.test' }])).toEqual([fanny]);
    expect(await system.verify(fanny)).toMatchObject({ result: 'present' });
    expect(await system.erase(fanny, { key: 'k', dryRun: true })).toMatchObject({ result: 'would-erase' });
    expect(await system.verify(fanny)).toMatchObject({ result: 'present' });
    expect(await system.erase(fanny, { key: 'k' })).toMatchObject({ result: 'done', residue: [] });
    expect(await system.verify(fanny)).toMatchObject({ result: 'gone', count: 0 });
    expect(await server.holds('fanny')).toBe(false);
    expect(await system.erase(fanny, { key: 'k' })).toMatchObject({ result: 'done' });
    expect(await system.lookup([{ kind: 'email', value: 'fanny@example.test' }])).toEqual([]);
  });

  test('a ban outlives the erasure: declared and found, or lifted when the settings say so', async () => {
    const dora = person('dora@example.test');
    expect(await system.erase(dora, { key: 'k' })).toMatchObject({
      result: 'partial',
      residue: [{ where: 'bans of all lists', due: null }],
    });
    expect(await system.verify(dora)).toMatchObject({ result: 'present', count: 1, residue: [{ where: 'bans of all lists' }] });
    const lifting = await openOnServer('mailman', server, { lists, bansOnErase: 'lift' });
    expect(await lifting.erase(dora, { key: 'k' })).toMatchObject({
      result: 'partial',
      residue: [{ where: 'access log of the web server' }],
    });
    expect(await system.verify(dora)).toMatchObject({ result: 'gone' });
  });
});
