import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FichaError } from '../domain/record/error.ts';
import { hmacOf } from './hmac.ts';

/** What a keyed hash is for. A hash made for one purpose cannot be compared with one made for another. */
export type MacPurpose = 'match' | 'tombstone' | 'suppression' | 'record';

/** Everything derived from the master keys. The keys themselves never leave it. */
export interface KeyRing {
  /** Id of the key that encrypts now: 8 hex digits, not secret. */
  readonly currentId: string;
  /** HMAC-SHA256 under a key of its own per purpose: 32 bytes, the same for ever. */
  mac(purpose: MacPurpose, text: string): Buffer;
  /** The same, written into a buffer at a place: for many at once. */
  writeMac(purpose: MacPurpose, text: string, into: Buffer, at: number): void;
  /** AES-256-GCM under the current key. `context` (table and column, say) is bound: it must be given again to decrypt. */
  encrypt(plain: Uint8Array, context: string): Buffer;
  /** @throws FichaError `key-unknown` or `sealed-data-damaged` */
  decrypt(sealed: Uint8Array, context: string): Buffer;
  /** Wraps a person's data key for the table `subject_key`; `id` is its row. */
  wrapSubjectKey(key: Uint8Array, id: string): Buffer;
  unwrapSubjectKey(wrapped: Uint8Array, id: string): Buffer;
  /** Password of a database role, 43 characters of base64url. */
  derivePassword(name: string): string;
  /** 32 bytes for one named use outside this file (signing of local tokens). */
  deriveSecret(name: string): Buffer;
}

/** Where the master keys come from. `masterKey` wins over `masterKeyFile`; without either, `<home>/keys/master.key`. */
export interface KeySource {
  readonly home: string;
  readonly masterKey?: string;
  readonly masterKeyFile?: string;
}

const VERSION = 1;
const ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const macBytes = 32;
const HEADER_BYTES = 1 + ID_BYTES + NONCE_BYTES;

const derive = (master: Uint8Array, info: string): Buffer => Buffer.from(hkdfSync('sha256', master, 'ficha/v1', info, 32));

const seal = (key: Buffer, id: Buffer, plain: Uint8Array, context: string): Buffer => {
  const header = Buffer.concat([Buffer.of(VERSION), id, randomBytes(NONCE_BYTES)]);
  const cipher = createCipheriv('aes-256-gcm', key, header.subarray(1 + ID_BYTES));
  cipher.setAAD(Buffer.concat([header, Buffer.from(context)]));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([header, cipher.getAuthTag(), body]);
};

const damaged = (): FichaError =>
  new FichaError('sealed-data-damaged', 'encrypted data does not open: it was changed, cut, or sealed for another place');

const unseal = (key: Buffer, sealed: Buffer, context: string): Buffer => {
  const header = sealed.subarray(0, HEADER_BYTES);
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, header.subarray(1 + ID_BYTES));
    cipher.setAAD(Buffer.concat([header, Buffer.from(context)]));
    cipher.setAuthTag(sealed.subarray(HEADER_BYTES, HEADER_BYTES + TAG_BYTES));
    return Buffer.concat([cipher.update(sealed.subarray(HEADER_BYTES + TAG_BYTES)), cipher.final()]);
  } catch {
    throw damaged();
  }
};

interface MasterKey {
  readonly id: Buffer;
  readonly key: Buffer;
}

/** Finds the key that sealed these bytes by the id in their header. */
const keyFor = (keys: ReadonlyMap<string, MasterKey>, sealed: Buffer): MasterKey => {
  if (sealed.length < HEADER_BYTES + TAG_BYTES || sealed[0] !== VERSION) {
    throw damaged();
  }
  const id = sealed.subarray(1, 1 + ID_BYTES).toString('hex');
  const found = keys.get(id);
  if (found === undefined) {
    throw new FichaError('key-unknown', `no master key with id ${id}. Add the old key as a further line of the master key file`);
  }
  return found;
};

/**
 * A key ring over master keys of 32 bytes. The first seals, each opens; the last, which is the oldest, keys the hashes and
 * passwords, so that they stay comparable after a rotation.
 * @param masters n >= 1, newest first
 */
export function keyRingOf(masters: readonly Uint8Array[]): KeyRing {
  const keys = masters.map(
    (master): MasterKey => ({ id: derive(master, 'id').subarray(0, ID_BYTES), key: derive(master, 'seal') }),
  );
  const current = keys[0];
  const oldest = masters.at(-1);
  if (current === undefined || oldest === undefined || masters.some((master) => master.length !== 32)) {
    throw new FichaError('master-key-invalid', 'a master key is 32 bytes, written as 43 characters of base64url or 64 of hex');
  }
  const byId = new Map(keys.map((key) => [key.id.toString('hex'), key]));
  const macs = new Map<MacPurpose, ReturnType<typeof hmacOf>>();
  const macFor = (purpose: MacPurpose): ReturnType<typeof hmacOf> => {
    const mac = macs.get(purpose) ?? hmacOf(derive(oldest, `mac/${purpose}`));
    macs.set(purpose, mac);
    return mac;
  };
  const encrypt = (plain: Uint8Array, context: string): Buffer => seal(current.key, current.id, plain, context);
  const decrypt = (sealed: Uint8Array, context: string): Buffer => {
    const bytes = Buffer.from(sealed);
    return unseal(keyFor(byId, bytes).key, bytes, context);
  };
  return {
    currentId: current.id.toString('hex'),
    mac: (purpose, text) => {
      const mac = Buffer.allocUnsafe(macBytes);
      macFor(purpose)(text, mac, 0);
      return mac;
    },
    writeMac: (purpose, text, into, at) => macFor(purpose)(text, into, at),
    encrypt,
    decrypt,
    wrapSubjectKey: (key, id) => encrypt(key, `subject-key/${id}`),
    unwrapSubjectKey: (wrapped, id) => decrypt(wrapped, `subject-key/${id}`),
    derivePassword: (name) => derive(oldest, `password/${name}`).toString('base64url'),
    deriveSecret: (name) => derive(oldest, `secret/${name}`),
  };
}

const parsedKey = (text: string): Buffer => Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64url');

/** Makes the master key on the first start; two processes that start at once agree on one. */
const masterKeyFile = (home: string): string => {
  const path = join(home, 'keys', 'master.key');
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    try {
      writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if (!existsSync(path)) throw error;
    }
  }
  return path;
};

/**
 * Opens the key ring that the settings name. The text holds one key a line, newest first (spaces and commas part too).
 * @throws FichaError `master-key-invalid`, `master-key-unreadable`
 */
export function openKeyRing(source: KeySource): KeyRing {
  const text = source.masterKey ?? readKeyFile(source.masterKeyFile ?? masterKeyFile(source.home));
  return keyRingOf(
    text
      .split(/[\s,]+/)
      .filter((line) => line !== '')
      .map(parsedKey),
  );
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new FichaError('master-key-unreadable', `FICHA_MASTER_KEY_FILE: ${path} cannot be read by this user`);
  }
}
