import { afterAll, describe, expect, test } from 'vitest';
import { addParty, addToList, openOn, trytonServers } from '../../test/support/tryton-server.ts';
import type { RecordRef } from '../kit/contract.ts';

const person = (id: number): RecordRef => ({ kind: 'person', externalId: `party.party,${id}` });
const order = { key: 'request/erp/record/suppress', channel: 'email', purpose: 'marketing' } as const;
const proof = { ...order, consentEventId: 'event-1' };

describe.each(await trytonServers())('suppression on the %s', (_, server) => {
  const { call } = server;
  const lists = [{ name: 'Novedades', purpose: 'newsletter', optIn: true }];
  const system = openOn(server, { lists });
  const activeRows = async (email: string): Promise<number> =>
    (
      await call<unknown[]>(
        'model.marketing.email.search_read',
        [
          ['email', '=', email],
          ['active', '=', true],
        ],
        0,
        null,
        null,
        ['email'],
      )
    ).length;

  afterAll(() => server.stop());

  test('an opt-out stops the lists of its purpose and no other, and the read-back says so', async () => {
    const id = await addParty(call, { name: 'Ivan Roca', emails: ['Ivan@roca.example'] });
    await addToList(call, 'ivan@roca.example', 'Novedades');
    await addToList(call, 'ivan@roca.example', 'Ofertas');
    expect(await system.readConsent(person(id))).toEqual([
      { channel: 'email', purpose: 'newsletter', answer: 'granted' },
      { channel: 'email', purpose: 'marketing', answer: 'pending' },
    ]);
    expect(await system.suppress(person(id), { ...order, dryRun: true })).toEqual({ result: 'would-apply' });
    expect(await activeRows('ivan@roca.example')).toBe(2);
    expect(await system.suppress(person(id), order)).toEqual({ result: 'applied' });
    expect(await system.suppress(person(id), order)).toEqual({ result: 'already' });
    expect(await activeRows('ivan@roca.example')).toBe(1);
    expect(await system.readConsent(person(id))).toContainEqual({ channel: 'email', purpose: 'marketing', answer: 'denied' });
    expect(await system.readConsent(person(id))).toContainEqual({ channel: 'email', purpose: 'newsletter', answer: 'granted' });
    expect(await system.suppress(person(id), { ...order, purpose: '*' })).toEqual({ result: 'applied' });
    expect(await activeRows('ivan@roca.example')).toBe(0);
  });

  test('what cannot be suppressed is said and not claimed', async () => {
    const id = await addParty(call, { name: 'Juana Roca', emails: ['juana@roca.example'] });
    expect(await system.suppress(person(id), order)).toEqual({ result: 'absent', code: 'not-subscribed' });
    expect(await system.suppress(person(id), { ...order, channel: 'phone' })).toMatchObject({ result: 'unsupported' });
    expect(await system.suppress(person(id), { ...order, purpose: 'profiling' })).toEqual({
      result: 'already',
      code: 'no-list-for-purpose',
    });
    expect(await system.readConsent(person(id))).toContainEqual({ channel: 'email', purpose: 'marketing', answer: 'denied' });
  });

  test('contact starts again only with a proof, and never for an address that several carry', async () => {
    const id = await addParty(call, { name: 'Karla Roca', emails: ['karla@roca.example'] });
    await addToList(call, 'karla@roca.example', 'Ofertas', false);
    expect(await system.unsuppress(person(id), { ...proof, consentEventId: '' })).toEqual({
      result: 'refused',
      code: 'no-consent-proof',
    });
    expect(await activeRows('karla@roca.example')).toBe(0);
    expect(await system.unsuppress(person(id), proof)).toEqual({ result: 'applied' });
    expect(await system.unsuppress(person(id), proof)).toEqual({ result: 'already' });
    await system.suppress(person(id), order);
    await addParty(call, { name: 'Luis Roca', emails: ['KARLA@roca.example'] });
    expect(await system.unsuppress(person(id), proof)).toEqual({ result: 'refused', code: 'shared-address' });
  });

  test('an address without a party is suppressed as a record of its own', async () => {
    const row = await addToList(call, 'suelta@roca.example', 'Ofertas');
    const ref = { kind: 'person', externalId: `marketing.email,${row}` } as const;
    expect(await system.suppress(ref, order)).toEqual({ result: 'applied' });
    expect(await activeRows('suelta@roca.example')).toBe(0);
  });
});
