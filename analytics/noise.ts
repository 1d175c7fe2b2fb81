import { createCipheriv, createHash, createHmac } from 'node:crypto';
import { discreteLaplace, type Uniform } from '../domain/metrics/discrete-laplace.ts';
import type { KeyRing } from '../platform/keys.ts';

const block = 256;

/** The number behind a column of bytes, with only its lowest `bits` kept. */
const numberOf = (bytes: Buffer, bits: number): bigint => {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value & ((1n << BigInt(bits)) - 1n);
};

/** Uniform numbers from the AES-256-CTR stream of a key: the same key gives the same numbers. */
export function keyedUniform(key: Uint8Array): Uniform {
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  let buffer = Buffer.alloc(0);
  let used = 0;
  const take = (count: number): Buffer => {
    while (buffer.length - used < count) {
      buffer = Buffer.concat([buffer.subarray(used), cipher.update(Buffer.alloc(block))]);
      used = 0;
    }
    used += count;
    return buffer.subarray(used - count, used);
  };
  return {
    below: (bound) => {
      const bits = (bound - 1n).toString(2).length;
      const bytes = Math.ceil(bits / 8);
      for (;;) {
        const value = numberOf(take(bytes), bits);
        if (value < bound) return value;
      }
    },
  };
}

/** One figure before and after its noise. */
export interface Noised {
  readonly values: readonly number[];
  /** Scale b of the noise. */
  readonly scale: number;
}

/**
 * Adds exact discrete Laplace noise of scale clamp/epsilon to every figure of one table. The key stream of a figure comes from the
 * master key, the name of the table, its place, and a digest of the whole table: the same data give the same noise, however often it is
 * computed, and other data an independent one, so that nobody who sees two computations can subtract them.
 * @param name of the table and its month
 * @param epsilonMicro millionths, >= 1
 */
export function noised(
  keys: KeyRing,
  name: string,
  values: readonly number[],
  { clamp, epsilonMicro }: { readonly clamp: number; readonly epsilonMicro: number },
): Noised {
  const secret = keys.deriveSecret('metric-noise');
  const digest = createHash('sha256').update(JSON.stringify(values)).digest('hex');
  const scale = BigInt(clamp) * 1_000_000n;
  return {
    values: values.map((value, place) => {
      const key = createHmac('sha256', secret).update(`${name}|${digest}|${place}`).digest();
      return value + Number(discreteLaplace(keyedUniform(key), scale, BigInt(epsilonMicro)));
    }),
    scale: (clamp * 1_000_000) / epsilonMicro,
  };
}
