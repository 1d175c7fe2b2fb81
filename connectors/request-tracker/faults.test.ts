import { afterEach, beforeEach, expect, test } from 'vitest';
import { openOnServer } from '../../test/support/open-on-server.ts';
import { type RequestTrackerTwin, startRequestTrackerTwin } from '../../test/twins/request-tracker.ts';
import type { LinkedSystem, RecordRef } from '../kit/contract.ts';

const ana: RecordRef = { kind: 'person', externalId: '27' };
const order = { key: 'k', channel: 'email', purpose: 'newsletter' } as const;
let twin: RequestTrackerTwin;
let system: LinkedSystem;

beforeEach(async () => {
  const tickets = [{ subject: 'Factura', text: 'Soy Ana', open: true }];
  twin = await startRequestTrackerTwin({
    seed: [{ name: 'Ana García', email: 'ana@example.test', phone: '+34600111222', tickets }],
  });
  system = await openOnServer('request-tracker', twin);
});
afterEach(() => twin.stop());

test('a lost answer to a suppression is an unknown outcome; looking again finds it done once', async () => {
  twin.fault({ method: 'PUT', kind: 'lose-answer' });
  await expect(system.suppress(ana, order)).rejects.toMatchObject({ code: 'outcome-unknown', retry: 'later' });
  expect(await system.suppress(ana, order)).toEqual({ result: 'already' });
  expect(twin.ledger.filter(({ verb }) => verb === 'user.custom-field')).toHaveLength(1);
});

test('an erasure that broke off between blanking and disabling is finished, and blanks once', async () => {
  twin.fault({ method: 'DELETE', kind: 'reset' });
  await expect(system.erase(ana, { key: 'k' })).rejects.toMatchObject({ code: 'outcome-unknown' });
  expect(await system.erase(ana, { key: 'k' })).toMatchObject({ result: 'partial' });
  expect(twin.ledger.filter(({ verb }) => verb === 'user.disable')).toHaveLength(1);
  expect(twin.ledger.filter(({ verb }) => verb === 'user.set')).toHaveLength(4); // name, login, e-mail, phone
});

test('a PUT that is answered with 200 and changes nothing is a refusal', async () => {
  twin.fault({ method: 'PUT', kind: 'answer', times: 2, answer: { status: 200, body: ['Permission Denied'] } });
  expect(await system.suppress(ana, order)).toMatchObject({ result: 'refused', code: 'custom-field-not-kept' });
  expect(await system.erase(ana, { key: 'k' })).toMatchObject({ result: 'refused', code: 'fields-not-blanked' });
});

test('no error and no result carries what the server echoes', async () => {
  twin.fault({
    method: 'PUT',
    kind: 'answer',
    answer: { status: 400, body: { message: "EmailAddress 'ana@example.test' is bad" } },
  });
  const error: unknown = await system.erase(ana, { key: 'k' }).catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(/call-refused/);
  const result = await system.erase(ana, { key: 'k' });
  expect(`${String(error)} ${JSON.stringify(result)}`).not.toMatch(/ana@|García|600111222/);
});

test('staff that cannot be told from clients stop the pull', async () => {
  twin.fault({ path: /^\/user\/\d+/, kind: 'answer', answer: { status: 200, body: { id: 27 } } });
  const pull = async (): Promise<void> => {
    for await (const _ of system.pull('person', null)) break;
  };
  await expect(pull()).rejects.toMatchObject({ code: 'staff-unreadable' });
});

test('a twin that starts again with the same seed gives the same records', async () => {
  const pulled = async (): Promise<unknown[]> => {
    const again = await startRequestTrackerTwin({
      seed: [{ name: 'Ana', email: 'ana@example.test', tickets: [{ subject: 'Factura', text: 'x', open: false }] }],
    });
    const opened = await openOnServer('request-tracker', again);
    const records: unknown[] = [];
    for (const stream of ['person', 'interaction'])
      for await (const page of opened.pull(stream, null)) records.push(...page.records);
    await again.stop();
    return records;
  };
  const first = await pulled();
  expect(first).toHaveLength(2);
  expect(await pulled()).toEqual(first);
});
