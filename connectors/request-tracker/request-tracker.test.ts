import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import { validatorFor } from '../../platform/validate.ts';
import { openOnServer } from '../../test/support/open-on-server.ts';
import { onRequestTracker, requestTrackerServers } from '../../test/support/request-tracker-server.ts';
import type { Cursor, LinkedSystem, RecordRef } from '../kit/contract.ts';

const person = (id: string): RecordRef => ({ kind: 'person', externalId: id });

async function pullAll(system: LinkedSystem, stream: string, cursor: Cursor | null = null) {
  const records: SourceRecordDraft[] = [];
  const cursors: Cursor[] = [];
  let complete = false;
  for await (const page of system.pull(stream, cursor)) {
    records.push(...page.records);
    for (const { kind, canonical } of page.records) expect(validatorFor(`record/${kind}`)(canonical)).toEqual([]);
    cursors.push(page.cursor);
    complete = page.complete === true;
  }
  const byId = (id: string) => records.find(({ externalId }) => externalId === id)?.canonical;
  return { records, cursors, cursor: cursors.at(-1) ?? null, complete, byId };
}

// the same promises, kept by the twin and by the real server: the twin cannot drift from what it stands for
describe.each(await requestTrackerServers())('request-tracker connector on the %s', (_, server) => {
  let system: LinkedSystem;
  let ana: string;
  let bea: string;

  beforeAll(async () => {
    const profile = {
      RealName: 'Ana García',
      MobilePhone: '+34 600 111 222',
      City: 'Vigo',
      Zip: '36201',
      Country: 'es',
      Organization: 'Acme',
    };
    ana = await onRequestTracker(server, 'POST', '/user', { Name: 'ana', EmailAddress: 'Ana@example.test', ...profile });
    bea = await onRequestTracker(server, 'POST', '/user', {
      Name: 'bea@example.test',
      EmailAddress: 'bea@example.test',
      RealName: 'Bea',
    });
    await onRequestTracker(server, 'POST', '/user', { Name: 'agent', EmailAddress: 'agent@example.test', Privileged: 1 });
    const ticket = { Queue: 'General', ContentType: 'text/plain' };
    const first = {
      ...ticket,
      Subject: 'Factura',
      Content: 'Soy Ana, ana@example.test',
      Requestor: ['ana@example.test', 'carlo@example.test'],
    };
    await onRequestTracker(server, 'POST', '/ticket', first);
    await onRequestTracker(server, 'POST', '/ticket', {
      ...ticket,
      Subject: 'Garantie',
      Content: 'x',
      Requestor: 'bea@example.test',
    });
    system = await openOnServer('request-tracker', server);
  });
  afterAll(() => server.stop());

  test('check names the missing custom field and the refused password', async () => {
    expect(await system.check()).toMatchObject({ ok: true, problems: [] });
    const other = await openOnServer('request-tracker', server, { customField: 'Nope' });
    expect(await other.check()).toMatchObject({ ok: false, problems: [{ verb: 'suppress', code: 'custom-field-missing' }] });
    const stranger = await openOnServer('request-tracker', { ...server, password: 'wrong' });
    expect(await stranger.check()).toMatchObject({ ok: false, problems: [{ code: 'credentials-refused' }] });
  });

  test('a full pull gives people by number, with those that tickets made, without staff and RT itself', async () => {
    const { records, byId, complete } = await pullAll(system, 'person');
    expect(complete).toBe(true);
    expect(records).toHaveLength(3);
    expect(byId(ana)).toEqual({
      fullName: 'Ana García',
      emails: ['Ana@example.test'],
      phones: ['+34 600 111 222'],
      addresses: [{ city: 'Vigo', postcode: '36201', country: 'ES' }],
      companyName: 'Acme',
    });
    expect(records.map(({ canonical }) => canonical)).toContainEqual({ emails: ['carlo@example.test'] });
  });

  test('a ticket of two requestors is in the timeline of both, and closes', async () => {
    const { records, byId } = await pullAll(system, 'interaction');
    expect(records).toHaveLength(3);
    expect(byId(`1:${ana}`)).toMatchObject({
      clientExternalId: ana,
      interactionKind: 'ticket',
      status: 'open',
      subject: 'Factura',
    });
    await onRequestTracker(server, 'PUT', '/ticket/2', { Status: 'resolved' });
    expect((await pullAll(system, 'interaction')).byId(`2:${bea}`)).toMatchObject({ status: 'closed' });
  });

  test('an incremental pull gives what changed and no more, though RT drops a condition on the time', async () => {
    const { cursor } = await pullAll(system, 'person');
    const old = { version: 1, since: Date.now() + 600_000 };
    expect((await pullAll(system, 'person', old)).records).toEqual([]);
    expect((await pullAll(system, 'interaction', old)).records).toEqual([]);
    await onRequestTracker(server, 'PUT', `/user/${bea}`, { WorkPhone: '+34 600 333 444' });
    const changed = await pullAll(system, 'person', cursor);
    expect(changed.byId(bea)).toMatchObject({ phones: ['+34 600 333 444'] });
    expect(changed.complete).toBe(false);
  });

  test('no user is lost or doubled over pages, and a run that broke off goes on', async () => {
    for (let place = 0; place < 120; place += 1) {
      await onRequestTracker(server, 'POST', '/user', { Name: `p${place}@many.test`, EmailAddress: `p${place}@many.test` });
    }
    const whole = await pullAll(system, 'person');
    const ids = whole.records.map(({ externalId }) => externalId);
    expect(whole.cursors).toHaveLength(2);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(123);
    const rest = await pullAll(system, 'person', whole.cursors[0]);
    expect(rest.records.map(({ externalId }) => externalId)).toEqual(ids.slice(-rest.records.length));
    expect(rest.records.length).toBeLessThan(ids.length);
  }, 60_000);

  test('suppress notes channel and purpose, once, comes back as an opt-out with its time, and unsuppress needs a proof', async () => {
    const order = { key: 'k', channel: 'email', purpose: 'newsletter' } as const;
    expect(await system.readConsent(person(bea))).toEqual([]);
    expect(await system.suppress(person(bea), { ...order, dryRun: true })).toEqual({ result: 'would-apply' });
    expect(await system.suppress(person(bea), order)).toMatchObject({ result: 'applied' });
    expect(await system.suppress(person(bea), order)).toEqual({ result: 'already' });
    expect(await system.readConsent(person(bea))).toEqual([{ channel: 'email', purpose: 'newsletter', answer: 'denied' }]);
    const { records } = await pullAll(system, 'consent');
    expect(records.map(({ canonical }) => canonical)).toEqual([
      expect.objectContaining({
        clientExternalId: bea,
        channel: 'email',
        purpose: 'newsletter',
        answer: 'denied',
        atKnown: true,
      }),
    ]);
    expect(await system.unsuppress(person(bea), { ...order, consentEventId: '' })).toMatchObject({ result: 'refused' });
    expect(await system.unsuppress(person(bea), { ...order, channel: 'phone', consentEventId: 'e' })).toEqual({
      result: 'already',
    });
    expect(await system.unsuppress(person(bea), { ...order, consentEventId: 'e' })).toMatchObject({ result: 'applied' });
    expect(await system.readConsent(person(bea))).toEqual([]);
    expect(await system.suppress(person('99999'), order)).toEqual({ result: 'absent' });
    const unset = await openOnServer('request-tracker', server, { customField: 'Nope' });
    expect(await unset.suppress(person(bea), order)).toEqual({ result: 'unsupported', code: 'custom-field-missing' });
    expect((await pullAll(unset, 'consent')).records).toEqual([]);
  });

  test('a look reads who was noted since the last, by the clock of Request Tracker; only a full listing tells what is gone', async () => {
    const order = { key: 'k', channel: 'email', purpose: 'newsletter' } as const;
    const whose = async (cursor: Cursor | null) => {
      const { records, complete } = await pullAll(system, 'consent', cursor);
      return { of: records.map(({ externalId }) => externalId), complete };
    };
    await system.suppress(person(bea), order);
    const { cursor, complete } = await pullAll(system, 'consent');
    expect(complete).toBe(true);
    const since = Number(cursor?.['since']);
    const known = { version: 1, since: since + 61_000 };
    expect(await whose(known)).toEqual({ of: [], complete: false });
    await system.suppress(person(ana), order);
    const next = await pullAll(system, 'consent', cursor);
    expect(next.records.map(({ externalId }) => externalId)).toContain(`${ana}:email:newsletter`);
    expect(Number(next.cursor?.['since'])).toBeGreaterThanOrEqual(since);
    for (const one of [ana, bea]) await system.unsuppress(person(one), { ...order, consentEventId: 'e' });
    expect(await whose(null)).toEqual({ of: [], complete: true });
  });

  test('lookup finds by address or login name and never takes all for one', async () => {
    expect(await system.lookup([{ kind: 'email', value: 'ANA@example.test' }])).toEqual([person(ana)]);
    expect(await system.lookup([{ kind: 'email', value: 'nobody@example.test' }])).toEqual([]);
    expect(await system.lookup([{ kind: 'phone', value: '+34 600 111 222' }])).toEqual([]);
  });

  test('export holds the tickets of the person and nobody else', async () => {
    const exported = await system.export(person(ana));
    expect(exported?.fields).toMatchObject({ RealName: 'Ana García', tickets: [{ Subject: 'Factura' }] });
    expect(JSON.stringify(exported)).toContain('Soy Ana');
    expect(JSON.stringify(exported)).not.toMatch(/bea@|Garantie/);
  });

  test('a ticket cannot be erased over REST2: nothing is written, and what stays is named', async () => {
    const ticket = { kind: 'interaction', externalId: `1:${ana}` } as const;
    expect(await system.erase(ticket, { key: 'k' })).toMatchObject({
      result: 'partial',
      residue: [{ where: 'ticket messages', due: null }],
    });
    expect(await system.verify(ticket)).toMatchObject({ result: 'present', residue: [{ where: 'ticket messages' }] });
    const first = expect.objectContaining({ Content: 'Soy Ana, ana@example.test' }) as unknown;
    const exported = await system.export(ticket);
    expect(exported?.fields).toMatchObject({ Subject: 'Factura', messages: expect.arrayContaining([first]) as unknown });
    expect(await system.verify({ kind: 'interaction', externalId: '999:1' })).toMatchObject({ result: 'gone' });
  });

  test('erasing a noted opt-out takes out this value and no other', async () => {
    const order = { key: 'k', channel: 'email' } as const;
    for (const purpose of ['newsletter', 'marketing']) await system.suppress(person(bea), { ...order, purpose });
    const note = { kind: 'consent', externalId: `${bea}:email:newsletter` } as const;
    expect(await system.export(note)).toMatchObject({ fields: { DoNotContact: 'email:newsletter' } });
    expect(await system.verify(note)).toMatchObject({ result: 'present' });
    expect(await system.erase(note, { key: 'k' })).toMatchObject({ result: 'done' });
    expect(await system.verify(note)).toMatchObject({ result: 'gone' });
    expect(await system.readConsent(person(bea))).toEqual([{ channel: 'email', purpose: 'marketing', answer: 'denied' }]);
  });

  test('an erasure never touches staff', async () => {
    const [agent = person('0')] = await system.lookup([{ kind: 'email', value: 'agent@example.test' }]);
    expect(await system.erase(agent, { key: 'k' })).toMatchObject({ result: 'refused', code: 'user-is-staff' });
    expect(await system.erase(person('14'), { key: 'k' })).toMatchObject({ result: 'refused', code: 'user-is-staff' });
  });

  test('an erasure blanks and disables, says what stays, and verify finds it there', async () => {
    expect(await system.erase(person(ana), { key: 'k', dryRun: true })).toMatchObject({ result: 'would-erase' });
    expect(await system.verify(person(ana))).toMatchObject({ residue: [{ where: 'user' }, { where: 'ticket messages' }] });
    const places = [
      { where: 'user history (old values)', due: null },
      { where: 'ticket messages', due: null },
    ];
    expect(await system.erase(person(ana), { key: 'k' })).toEqual({ result: 'partial', residue: places });
    expect(await system.erase(person(ana), { key: 'k' })).toEqual({ result: 'partial', residue: places });
    expect(await system.verify(person(ana))).toMatchObject({ result: 'present', residue: places });
    expect(await server.holds('ana@example.test')).toEqual(expect.arrayContaining(['table attachments', 'table transactions']));
    expect(await server.holds('ana@example.test')).not.toContain('table users');
    expect(await system.lookup([{ kind: 'email', value: 'ana@example.test' }])).toEqual([]);
    expect((await pullAll(system, 'person')).byId(ana)).toBeUndefined();
    expect(await system.erase(person('99999'), { key: 'k' })).toEqual({ result: 'done', residue: [] });
    expect(await system.verify(person('99999'))).toMatchObject({ result: 'gone' });
  });
});
