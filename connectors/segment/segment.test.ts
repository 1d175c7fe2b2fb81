import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { startSegmentTwin } from '../../test/twins/segment.ts';
import { loadConnectors } from '../kit/registry.ts';

const start = async () => {
  const twin = await startSegmentTwin();
  const secrets: Readonly<Record<string, string>> = { token: twin.token, webhookSecret: twin.webhookSecret };
  return { twin, state: twin.state, config: { url: twin.url, purposes: ['marketing'], callsPerMinute: 100_000 }, secrets };
};

const opened = async ({ twin, config, secrets }: Awaited<ReturnType<typeof start>>) => {
  const connector = (await loadConnectors()).get('segment');
  if (connector === undefined) throw new Error('connectors/segment is not there');
  return connector.open({
    systemId: 'segment-under-test',
    config,
    secret: (name) => secrets[name] ?? '',
    signal: new AbortController().signal,
    now: () => twin.clock.now(),
  });
};

const order = { channel: 'email', purpose: 'marketing', key: 'k' } as const;
const ana = { kind: 'person', externalId: 'u-ana' } as const;

describeConnector('segment', async () => {
  const { twin, state, config, secrets } = await start();
  let people = 0;
  return {
    twin,
    config,
    secrets,
    stream: 'person',
    pageSize: 200,
    blind: true,
    addPerson: ({ givenName, familyName, email }) => {
      people += 1;
      twin.send({ type: 'identify', userId: `u${people}`, traits: { firstName: givenName, lastName: familyName, email } });
      return `u${people}`;
    },
    changePerson: (id, { givenName }) => twin.send({ type: 'identify', userId: id, traits: { firstName: givenName } }),
    removePerson: (id) => void state.users.delete(id),
    holds: (id) => state.users.has(id),
    finishJobs: () => twin.finish(),
    isOptedOut: (id) => state.suppressed.has(id),
    optOut: (id) => twin.send({ type: 'track', event: 'Unsubscribed', userId: id }),
    refuseSilently: () => {
      state.deaf = 1;
    },
    withoutRight: () => void twin.lacking.add('/suppressions'),
    webhooks: () => twin.webhooks(),
    tooMany: { withHeader: { status: 429, headers: { 'retry-after': '1' } } },
  };
});

const received = async (all: Awaited<ReturnType<typeof start>>) => {
  const system = await opened(all);
  const events = [];
  for (const sent of all.twin.webhooks()) {
    const answer = await system.receive?.(sent);
    if (answer?.result === 'accepted') events.push(...answer.events);
  }
  return events;
};

test('people and companies come by webhook: only the traits that were said, and whom a group holds', async () => {
  const all = await start();
  all.twin.send({
    type: 'identify',
    userId: 'u1',
    traits: { email: 'ana@example.org', lastName: 'Ruiz', address: { city: 'Jerez' } },
  });
  all.twin.send({ type: 'group', userId: 'u1', groupId: 'g1', traits: { name: 'Bodega SL' } });
  all.twin.send({ type: 'identify', anonymousId: 'cookie', traits: { email: 'nobody@example.org' } });
  const events = await received(all);
  expect(
    events.map(({ kind, ref, received: came }) => [kind, ref?.externalId, came?.partial, came?.records[0]?.canonical]),
  ).toEqual([
    ['record', 'u1', true, { familyName: 'Ruiz', emails: ['ana@example.org'], addresses: [{ city: 'Jerez' }] }],
    ['record', 'group-g1', true, { companyName: 'Bodega SL' }],
    ['record', 'u1', true, { companyExternalId: 'group-g1' }],
  ]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(3);
  await all.twin.stop();
});

test('an unsubscription and a spam complaint are told of whom they are about, with their time', async () => {
  const all = await start();
  all.twin.send({ type: 'track', event: 'Unsubscribed', userId: 'u1' });
  all.twin.send({ type: 'track', event: 'Email Marked as Spam', context: { traits: { email: 'ana@example.org' } } });
  expect(await received(all)).toMatchObject([
    { kind: 'consent', ref: { externalId: 'u1' }, consent: { answer: 'denied' }, at: expect.any(String) as string },
    { kind: 'complaint', email: 'ana@example.org', ref: null },
  ]);
  await all.twin.stop();
});

test('a suppression that runs is due again later and ordered once; a fresh yes takes it back', async () => {
  const all = await start();
  const system = await opened(all);
  all.state.slow = true;
  for (let tries = 0; tries < 3; tries += 1)
    await expect(system.suppress(ana, order)).rejects.toMatchObject({ code: 'regulation-running', retry: 'later' });
  expect(all.state.regulations.map(({ type }) => type)).toEqual(['SUPPRESS_ONLY']);
  all.twin.finish();
  expect(await system.suppress(ana, order)).toMatchObject({ result: 'already' });
  all.state.slow = false;
  expect(await system.unsuppress(ana, { ...order, consentEventId: 'event' })).toMatchObject({ result: 'applied' });
  expect(all.state.suppressed.has('u-ana')).toBe(false);
  expect(await system.suppress(ana, { ...order, purpose: 'newsletter' })).toMatchObject({ result: 'unsupported' });
  expect(await system.suppress(ana, { ...order, purpose: '*' })).toMatchObject({ result: 'applied' });
  await all.twin.stop();
});

test('a deletion is a job: ordered once, pending with its day, gone when it has finished; not before', async () => {
  const all = await start();
  const system = await opened(all);
  all.twin.send({ type: 'identify', userId: 'u-ana', traits: { email: 'ana@example.org' } });
  expect(await system.verify(ana)).toMatchObject({ result: 'unknowable' });
  all.twin.fault({ kind: 'lose-answer', method: 'POST' });
  await expect(system.erase(ana, { key: 'k' })).rejects.toMatchObject({ code: 'outcome-unknown' });
  expect(await system.erase(ana, { key: 'k' })).toMatchObject({ result: 'accepted' });
  expect(all.state.regulations).toHaveLength(1);
  const due = new Date(all.twin.clock.now().getTime() + 30 * 86_400_000).toISOString().slice(0, 10);
  expect(await system.verify(ana)).toMatchObject({ result: 'pending', residue: [{ due }] });
  all.twin.finish();
  expect(await system.verify(ana)).toMatchObject({ result: 'gone' });
  expect(all.twin.dump()).not.toContain('ana@example.org');
  await all.twin.stop();
});

test('a destination that was not reached is named; a deletion from before the user was allowed again proves nothing', async () => {
  const all = await start();
  const system = await opened(all);
  all.state.unreached.push('Old CRM');
  await system.erase(ana, { key: 'k' });
  all.twin.finish();
  expect(await system.verify(ana)).toMatchObject({
    result: 'present',
    residue: [{ where: 'Segment destination: Old CRM', due: null }],
  });
  expect(await system.unsuppress(ana, { ...order, consentEventId: 'event' })).toMatchObject({ result: 'applied' });
  expect(await system.verify(ana)).toMatchObject({ result: 'unknowable' });
  expect(await system.erase(ana, { key: 'k2' })).toMatchObject({ result: 'accepted' });
  await all.twin.stop();
});

test('lists that forget which type was asked for are noticed: nobody is told to be deleted who was only suppressed', async () => {
  const all = await start();
  const system = await opened(all);
  await system.suppress(ana, order);
  all.twin.finish();
  all.state.unfiltered = true;
  await expect(system.verify(ana)).rejects.toMatchObject({ code: 'filter-ignored' });
  await all.twin.stop();
});
