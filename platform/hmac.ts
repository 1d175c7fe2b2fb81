import { hash } from 'node:crypto';

const blockBytes = 64;
const hashBytes = 32;
const [innerPad, outerPad] = [0x36, 0x5c];
/** Texts up to so many bytes are hashed where they are written; longer ones get room of their own. */
const usualBytes = 1_024;
/** A UTF-16 unit takes at most three bytes of UTF-8. */
const mostBytesPerUnit = 3;

const padded = (key: Uint8Array, pad: number, room: number): Buffer => {
  const buffer = Buffer.alloc(blockBytes + room);
  buffer.set(key);
  for (let at = 0; at < blockBytes; at += 1) buffer[at] = (buffer[at] ?? 0) ^ pad;
  return buffer;
};

/**
 * HMAC-SHA256 under one key, for many short texts: two hashes in one call each, without an object set up for every text, at half the cost.
 * @param key at most 64 bytes
 * @returns of each text, as UTF-8, 32 bytes
 * @see RFC 2104
 */
export function hmacOf(key: Uint8Array): (text: string) => Buffer {
  const inner = padded(key, innerPad, usualBytes);
  const outer = padded(key, outerPad, hashBytes);
  return (text) => {
    const fits = text.length * mostBytesPerUnit <= usualBytes;
    const message = fits ? inner : Buffer.concat([inner.subarray(0, blockBytes), Buffer.from(text, 'utf8')]);
    const end = fits ? blockBytes + inner.write(text, blockBytes, 'utf8') : message.length;
    outer.write(hash('sha256', message.subarray(0, end), 'hex'), blockBytes, 'hex');
    return Buffer.from(hash('sha256', outer, 'hex'), 'hex');
  };
}
