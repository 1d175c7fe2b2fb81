import { type KeyRing, keyRingOf } from '../../platform/keys.ts';

/** The master key of every test: fixed, so that hashes can be compared between processes. */
export const testMasterKey = Buffer.alloc(32, 7).toString('base64url');

export const testKeyRing = (): KeyRing => keyRingOf([Buffer.from(testMasterKey, 'base64url')]);
