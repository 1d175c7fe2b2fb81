import { ApplicationFailure, type Payload, type SerializationContext } from '@temporalio/common';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/data-converter-helpers.js';
import {
  decodeFromPayloadsAtIndex,
  decodeOptionalFailureToOptionalError,
  encodeErrorToFailure,
  encodeToPayloads,
} from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { FichaError } from '../domain/record/error.ts';
import { dataConverter, encryptingCodec, type PayloadKeys } from './codec.ts';
import { keyRingOf } from './keys.ts';
import { newSubjectKey } from './subject-key.ts';

const old = keyRingOf([Buffer.alloc(32, 1)]);
const current = keyRingOf([Buffer.alloc(32, 2), Buffer.alloc(32, 1)]);
const converter = loadDataConverter(dataConverter(current));

const everyForm = (text: string): readonly string[] => [
  text,
  Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1),
  Buffer.from(text).toString('hex'),
];
const onTheWire = (payloads: unknown): string => {
  const bytes: string[] = [];
  JSON.stringify(payloads, (_, value: unknown) => {
    if (value instanceof Uint8Array) bytes.push(Buffer.from(value).toString('latin1'));
    else if (typeof value === 'string') bytes.push(value);
    return value instanceof Uint8Array ? undefined : value;
  });
  return bytes.join('\n');
};

property.prop([fc.jsonValue()])('any value comes back as it was', async (value) => {
  const payloads = await encodeToPayloads(converter, value);
  expect(JSON.stringify(await decodeFromPayloadsAtIndex(converter, 0, payloads))).toBe(JSON.stringify(value));
});

property.prop([fc.emailAddress()])('nothing readable leaves, and the key id is in the metadata', async (secret) => {
  const payloads = (await encodeToPayloads(converter, { secret })) ?? [];
  for (const form of everyForm(secret)) expect(onTheWire(payloads)).not.toContain(form);
  expect(Buffer.from(payloads[0]?.metadata?.['encryption-key-id'] ?? []).toString()).toBe(current.currentId);
});

property.prop([fc.emailAddress()])('messages, stacks and details of failures are encrypted too', async (secret) => {
  const error = ApplicationFailure.create({
    message: `no ${secret}`,
    type: 'vendor-refused',
    details: [secret],
    cause: new Error(secret),
  });
  const failure = await encodeErrorToFailure(converter, error);
  for (const form of everyForm(secret)) expect(onTheWire(failure)).not.toContain(form);
  const back = await decodeOptionalFailureToOptionalError(converter, failure);
  expect(back).toMatchObject({ message: `no ${secret}`, type: 'vendor-refused', details: [secret] });
});

test('a payload of an older key opens, one of an unknown key does not', async () => {
  const payload: Payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"x"') };
  const [sealed] = await encryptingCodec(old).encode([payload]);
  const [opened] = await encryptingCodec(current).decode(sealed === undefined ? [] : [sealed]);
  expect(Buffer.from(opened?.data ?? []).toString()).toBe('"x"');
  const strange = await encryptingCodec(keyRingOf([Buffer.alloc(32, 9)])).encode([payload]);
  await expect(encryptingCodec(current).decode(strange)).rejects.toMatchObject({ code: 'key-unknown' });
});

test('a payload that came unencrypted is refused', async () => {
  const plain: Payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"x"') };
  await expect(encryptingCodec(current).decode([plain])).rejects.toMatchObject({ code: 'payload-not-encrypted' });
});

describe('a workflow that carries a request', () => {
  const payload: Payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"x"') };
  const owner = (workflowId: string): SerializationContext => ({ type: 'workflow', namespace: 'default', workflowId });
  const key = newSubjectKey();
  const requests = (destroyed: boolean): PayloadKeys => ({
    forWorkflow: (workflowId) => Promise.resolve(workflowId === 'request-1' && !destroyed ? { requestId: '1', key } : undefined),
    ofRequest: () => (destroyed ? Promise.reject(new FichaError('payload-shredded', 'gone')) : Promise.resolve(key)),
  });

  test('has its payloads under the key of the request, which no master key opens', async () => {
    const codec = encryptingCodec(current, requests(false));
    const sealed = await codec.encode([payload], owner('request-1'));
    expect(Buffer.from((await codec.decode(sealed))[0]?.data ?? []).toString()).toBe('"x"');
    await expect(encryptingCodec(current).decode(sealed)).rejects.toMatchObject({ code: 'payload-of-a-request' });
    await expect(encryptingCodec(current, requests(true)).decode(sealed)).rejects.toMatchObject({ code: 'payload-shredded' });
    expect(() => current.decrypt(sealed[0]?.data ?? new Uint8Array(), 'temporal-payload')).toThrow();
  });

  test('leaves every other workflow under the master key, and what comes after the key is gone', async () => {
    const others = await encryptingCodec(current, requests(false)).encode([payload], owner('sync-1'));
    const late = await encryptingCodec(current, requests(true)).encode([payload], owner('request-1'));
    for (const sealed of [others, late]) {
      expect(Buffer.from((await encryptingCodec(current).decode(sealed))[0]?.data ?? []).toString()).toBe('"x"');
    }
  });
});
