import { fileURLToPath } from 'node:url';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { FichaError } from '../domain/record/error.ts';
import type { KeyRing } from './keys.ts';

const encoding = 'binary/encrypted';
const context = 'temporal-payload';
const LENGTH_BYTES = 4;

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
 * Encrypts every payload before it leaves for Temporal (AES-256-GCM). The id of the key is in the metadata, so payloads of an
 * older key still open; a payload that came unencrypted is refused, since no process of ours wrote it.
 */
export function encryptingCodec(keys: KeyRing): PayloadCodec {
  const sealed = (payload: Payload): Payload => ({
    metadata: { encoding: Buffer.from(encoding), 'encryption-key-id': Buffer.from(keys.currentId) },
    data: keys.encrypt(packed(payload), context),
  });
  const opened = (payload: Payload): Payload => {
    if (Buffer.from(payload.metadata?.['encoding'] ?? []).toString() !== encoding) {
      throw new FichaError(
        'payload-not-encrypted',
        'a Temporal payload came unencrypted: some client does not use the codec of Ficha',
      );
    }
    return unpacked(keys.decrypt(payload.data ?? new Uint8Array(), context));
  };
  return {
    encode: async (payloads) => payloads.map(sealed),
    decode: async (payloads) => payloads.map(opened),
  };
}

/** How every client and worker of Ficha speaks to Temporal: payloads encrypted, failures too. */
export function dataConverter(keys: KeyRing): DataConverter {
  return {
    payloadCodecs: [encryptingCodec(keys)],
    failureConverterPath: fileURLToPath(new URL('./failure-converter.cjs', import.meta.url)),
  };
}
