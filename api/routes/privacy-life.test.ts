import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Role } from '../../domain/access/role.ts';
import { createLog } from '../../platform/log.ts';
import type { AuditEntry } from '../../schemas/types.ts';
import { privacyRequestById } from '../../store/read/privacy-requests.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { ana, type Scene, setScene } from '../../test/support/privacy-scene.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';
import { createCommandApi } from '../server.ts';
import { unlinked } from '../../test/support/unlinked.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let temporal: TestTemporal;
let scene: Scene;

beforeAll(async () => {
  temporal = await testTemporal();
  scene = await setScene(temporal, { taskQueue: 'ficha' });
});
afterAll(async () => {
  await scene.end();
  await temporal.stop();
});

interface Said {
  readonly status: number;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const asks = async (
  path: string,
  body?: unknown,
  { role = 'dpo', method = 'POST' }: { role?: Role | 'nobody'; method?: string } = {},
) => {
  const api = createCommandApi({
    db: scene.database.worker,
    temporal: temporal.client,
    keys: testKeyRing(),
    log: createLog(),
    now: () => new Date(),
    ordererOf: () =>
      role === 'nobody' ? Promise.reject(new Error('no token')) : Promise.resolve({ subject: 'dpo-1', roles: [role] }),
    ...unlinked,
  });
  const response = await api.request(path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  const json = text.startsWith('{') && !text.includes('\n') ? (JSON.parse(text) as Said['body']) : {};
  return { status: response.status, text, body: json } satisfies Said;
};

describe('a request through the command API', () => {
  test('waits for the link, which a mail scanner cannot spend, then goes on; asked again it is linked; extended, then cancelled', async () => {
    const opened = await asks('/v1/requests', { type: 'access', clientId: scene.anaId, identity: 'link' });
    expect(opened).toMatchObject({ status: 202, body: { duplicate: false } });
    const requestId = String(opened.body['requestId']);
    const link = String(opened.body['identityPath']);
    await scene.bench.until(requestId, 'waiting-for-person');
    expect((await asks(link, undefined, { role: 'nobody', method: 'GET' })).text).toContain('<button');
    expect((await privacyRequestById(scene.database.reader, requestId))?.identityProvenAt).toBeNull();
    expect(await asks(link, undefined, { role: 'nobody' })).toMatchObject({ status: 202, body: { confirmed: true } });
    expect(await asks(link, undefined, { role: 'nobody' })).toMatchObject({ status: 404, body: { code: 'no-such-link' } });
    await scene.bench.until(requestId, 'waiting-for-approval');
    expect(await asks('/v1/requests', { type: 'access', clientId: scene.anaId })).toMatchObject({
      body: { requestId, duplicate: true },
    });
    const extension = { reason: 'complex', noticeAt: new Date(Date.now() - 1000).toISOString() };
    expect(await asks(`/v1/requests/${requestId}/extend`, extension, { role: 'data-team' })).toMatchObject({ status: 403 });
    expect(await asks(`/v1/requests/${requestId}/extend`, extension)).toMatchObject({ status: 200 });
    expect(await asks(`/v1/requests/${requestId}/extend`, extension)).toMatchObject({
      status: 409,
      body: { code: 'extended-before' },
    });
    expect(await asks(`/v1/requests/${requestId}/package-link`, {})).toMatchObject({
      status: 404,
      body: { code: 'package-not-ready' },
    });
    expect(await asks(`/v1/requests/${requestId}/cancel`, {})).toMatchObject({ status: 202 });
    expect(await scene.outcome(requestId)).toBe('cancelled');
    expect(await asks(`/v1/requests/${requestId}/cancel`, {})).toMatchObject({ status: 202 });
  });

  test('hands a package to who holds the link, once', async () => {
    const { body } = await asks('/v1/requests', { type: 'portability', clientId: scene.anaId });
    const requestId = String(body['requestId']);
    await scene.bench.approve(requestId);
    await scene.bench.until(requestId, 'waiting-for-person');
    await scene.answer(requestId, 'other-person');
    await scene.lookAgain(requestId);
    expect(await scene.outcome(requestId)).toBe('complete');
    const link = await asks(`/v1/requests/${requestId}/package-link`, {});
    const path = String(link.body['packagePath']);
    expect((await asks(path, undefined, { role: 'nobody' })).text).toContain(ana.email);
    expect(await asks(path, undefined, { role: 'nobody' })).toMatchObject({ status: 404, body: { code: 'no-package' } });
  });

  test.each([
    ['a client that nobody knows', { type: 'erasure', clientId: '0199b6f0-0000-7000-8000-000000000001' }, 404, 'unknown-client'],
    ['a type that is no right', { type: 'forget', clientId: '0199b6f0-0000-7000-8000-000000000001' }, 400, 'bad-body'],
    [
      'a time to come',
      { type: 'erasure', clientId: '0199b6f0-0000-7000-8000-000000000001', receivedAt: '2999-01-01T00:00:00Z' },
      400,
      'bad-body',
    ],
  ])('refuses %s by name', async (_what, body, status, code) => {
    expect(await asks('/v1/requests', body)).toMatchObject({ status, body: { code } });
  });

  test('a rectification that says nothing of what is wrong is refused', async () => {
    expect(await asks('/v1/requests', { type: 'rectification', clientId: scene.anaId })).toMatchObject({
      body: { code: 'no-changes' },
    });
  });

  test('leaves an audit log that can be taken along, with its head signed; the taking is in it', async () => {
    const { text } = await asks('/v1/audit', undefined, { method: 'GET' });
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Partial<AuditEntry>);
    expect(lines.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['request.identity', 'request.duplicate', 'package.fetched']),
    );
    expect(lines.at(-2)?.action).toBe('audit.export');
    expect(lines.at(-1)).toHaveProperty('signature');
    expect(await asks('/v1/audit', undefined, { method: 'GET', role: 'analyst' })).toMatchObject({ status: 403 });
    expect(text).not.toContain(ana.email);
  });
});
