import { fileURLToPath } from 'node:url';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { FichaError } from '../domain/record/error.ts';
import type { KeyRing } from './keys.ts';
import { openWith, sealFor } from './subject-key.ts';

const encoding = 'binary/encrypted';
const context = 'temporal-payload';
const LENGTH_BYTES = 4;
const REQUEST = 'request:';

/** The keys of the payloads of workflows that carry one person's request. They are destroyed once these have ended. */
export interface PayloadKeys {
  /** What seals the payloads of this workflow; undefined when it carries no request, or when its key is gone. */
  readonly forWorkflow: (workflowId: string) => Promise<{ readonly requestId: string; readonly key: Buffer } | undefined>;
  /** @throws FichaError `payload-shredded` once it is destroyed */
  readonly ofRequest: (requestId: string) => Promise<Buffer>;
}

const ownedByNobody: PayloadKeys = {
  forWorkflow: () => Promise.resolve(undefined),
  ofRequest: () =>
    Promise.reject(
      new FichaError('payload-of-a-request', 'a Temporal payload is sealed for one request, and this process knows no such keys'),
    ),
};

/** One payload as bytes: length of the metadata, metadata (base64 in JSON), data. */
const packed = (payload: Payload): Buffer => {
  const metadata = Object.entries(payload.metadata ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  const head = Buffer.from(JSON.stringify(Object.fromEntries(metadata)));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, Buffer.from(payload.data ?? [])]); // a workflow's void result comes as an empty plain array
};

const unpacked = (bytes: Buffer): Payload => {
  const end = LENGTH_BYTES + bytes.readUInt32BE();
  const head = JSON.parse(bytes.subarray(LENGTH_BYTES, end).toString()) as Readonly<Record<string, string>>;
  // plain Uint8Arrays: what reaches the workflow sandbox must not be a Buffer
  const metadata = Object.entries(head).map(([key, value]) => [key, new Uint8Array(Buffer.from(value, 'base64'))]);
  return { metadata: Object.fromEntries(metadata) as Record<string, Uint8Array>, data: new Uint8Array(bytes.subarray(end)) };
};

/**
 * Encrypts every payload before it leaves for Temporal (AES-256-GCM): under the key of the request whose workflow it belongs to, else under
 * the current master key. The id of the key is in the metadata, so payloads of an older key still open; a payload that came unencrypted is
 * refused, since no process of ours wrote it.
 * @see https://docs.temporal.io/payload-codec
 */
export function encryptingCodec(keys: KeyRing, requests: PayloadKeys = ownedByNobody): PayloadCodec {
  const sealed = (keyId: string, data: Buffer): Payload => ({
    metadata: { encoding: Buffer.from(encoding), 'encryption-key-id': Buffer.from(keyId) },
    data,
  });
  const opened = async ({ metadata, data }: Payload): Promise<Payload> => {
    if (Buffer.from(metadata?.['encoding'] ?? []).toString() !== encoding) {
      throw new FichaError(
        'payload-not-encrypted',
        'a Temporal payload came unencrypted: some client does not use the codec of Ficha',
      );
    }
    const keyId = Buffer.from(metadata?.['encryption-key-id'] ?? []).toString();
    const bytes = data ?? new Uint8Array();
    if (!keyId.startsWith(REQUEST)) return unpacked(keys.decrypt(bytes, context));
    return unpacked(openWith(await requests.ofRequest(keyId.slice(REQUEST.length)), bytes));
  };
  return {
    encode: async (payloads, owner) => {
      const request = owner?.workflowId === undefined ? undefined : await requests.forWorkflow(owner.workflowId);
      return payloads.map((payload) =>
        request === undefined
          ? sealed(keys.currentId, keys.encrypt(packed(payload), context))
          : sealed(`${REQUEST}${request.requestId}`, sealFor(request.key, packed(payload))),
      );
    },
    decode: (payloads) => Promise.all(payloads.map(opened)),
  };
}

/** How every client and worker of Ficha speaks to Temporal: payloads encrypted, failures too. */
export function dataConverter(keys: KeyRing, requests?: PayloadKeys): DataConverter {
  return {
    payloadCodecs: [encryptingCodec(keys, requests)],
    failureConverterPath: fileURLToPath(new URL('./failure-converter.cjs', import.meta.url)),
  };
}
