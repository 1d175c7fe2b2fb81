import { forEachMatchKey, type MatchKey } from '../../domain/identity/match-keys.ts';
import { matchRecordVersion } from '../../domain/identity/match-record.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { Db } from '../../store/database.ts';
import type { StoredKey } from '../../store/read/match.ts';
import { exchangeKeys, replaceForms } from '../../store/write/match.ts';
import type { RecordsAtHand } from './records-at-hand.ts';

/** What a key is made of: 0 parts of names, dates and places, 1 a tax id or company name, 2 an e-mail or telephone. */
type KeyClass = 0 | 1 | 2;

const classes: Partial<Readonly<Record<MatchKey['kind'], KeyClass>>> = { email: 2, phone: 2, 'tax-id': 1, 'company-name': 1 };
const classesOfKeys = 4;
const otherBits = 0xfc;

/** The two lowest bits of a stored key: its last two decimal digits tell them, since a hundred is divided by four. */
function classOf(key: string): number {
  const bits = Number(key.slice(-2).replace('-', '')) % classesOfKeys;
  return key.startsWith('-') && bits > 0 ? classesOfKeys - bits : bits;
}

/** Whether a key is that of an e-mail or telephone, which several people may use. */
export const isContact = (key: string): boolean => classOf(key) === classes.email;

/** Whether who shares this key is decided together, whatever else they have in common. */
export const isIdentifying = (key: string): boolean => classOf(key) !== 0;

/** Keyed hashes of key texts, each made once in a batch. */
export class HashedKeys {
  readonly #ring: KeyRing;
  readonly #known = new Map<string, string>();

  constructor(ring: KeyRing) {
    this.#ring = ring;
  }

  /** @param text `<kind>:<text>` of a match key @returns as it is stored; see `StoredKey` */
  of(text: string, kind: MatchKey['kind']): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const hash = this.#ring.mac('match', text);
    hash[7] = ((hash[7] ?? 0) & otherBits) | (classes[kind] ?? 0);
    const key = hash.readBigInt64BE().toString();
    this.#known.set(text, key);
    return key;
  }
}

/** What became of the keys of the records that changed. */
export interface ChangedKeys {
  /** The keys that they have now. */
  readonly present: readonly StoredKey[];
  readonly removed: readonly StoredKey[];
  readonly added: readonly StoredKey[];
}

const nameOf = ({ recordId, key }: StoredKey): string => `${recordId} ${key}`;

/** The keys that changed records have and had. @param records read by `loadChanged` */
export function changedKeys(changed: readonly string[], records: RecordsAtHand, hashed: HashedKeys): ChangedKeys {
  const present = new Map<string, StoredKey>();
  for (const recordId of changed) {
    const form = records.get(recordId)?.form;
    if (form === undefined) continue;
    forEachMatchKey(form, (kind, part, behind) => {
      const text = behind === undefined ? `${kind}:${part}` : `${kind}:${part}|${behind}`;
      const key = { recordId, key: hashed.of(text, kind) };
      present.set(nameOf(key), key);
    });
  }
  const before = new Map(records.keysOf(changed).map((key) => [nameOf(key), key]));
  return {
    present: [...present.values()],
    removed: [...before.values()].filter((key) => !present.has(nameOf(key))),
    added: [...present.values()].filter((key) => !before.has(nameOf(key))),
  };
}

/** Writes the keys of changed records, and the records as they are compared. */
export async function writeKeys(
  tx: Db,
  changed: readonly string[],
  records: RecordsAtHand,
  { present, removed, added }: ChangedKeys,
): Promise<void> {
  await exchangeKeys(tx, removed, added);
  const keysOf = new Map<string, string[]>();
  for (const { recordId, key } of present) {
    const known = keysOf.get(recordId);
    if (known === undefined) keysOf.set(recordId, [key]);
    else known.push(key);
  }
  const forms = changed.flatMap((recordId) => {
    const form = records.get(recordId)?.form;
    return form === undefined ? [] : [{ recordId, form, keys: keysOf.get(recordId) ?? [] }];
  });
  const living = new Set(forms.map(({ recordId }) => recordId));
  await replaceForms(
    tx,
    forms,
    changed.filter((id) => !living.has(id)),
    matchRecordVersion,
  );
}

/** By how much the block of each key grew; a key that is given and taken equally often is left out. */
export function growthOf({ removed, added }: ChangedKeys): Map<string, number> {
  const growth = new Map<string, number>();
  for (const { key } of added) growth.set(key, (growth.get(key) ?? 0) + 1);
  for (const { key } of removed) growth.set(key, (growth.get(key) ?? 0) - 1);
  for (const [key, grown] of growth) if (grown === 0) growth.delete(key);
  return growth;
}
