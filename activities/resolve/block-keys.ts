import { type BlockLimits, forEachMatchKey, isBroad, type MatchKey } from '../../domain/identity/match-keys.ts';
import { type MatchRecord, matchRecordVersion } from '../../domain/identity/match-record.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { Tx } from '../../store/database.ts';
import type { StoredKey } from '../../store/read/match.ts';
import { exchangeKeys, replaceForms } from '../../store/write/match.ts';
import type { RecordsAtHand } from './records-at-hand.ts';

/** What a key is made of: 0 parts of names, dates and places, 1 a tax id or company name, 2 an e-mail or telephone, 3 too little to lead to many. */
type KeyClass = 0 | 1 | 2 | 3;

const classes: Partial<Readonly<Record<MatchKey['kind'], KeyClass>>> = { email: 2, phone: 2, 'tax-id': 1, 'company-name': 1 };
const broadClass = 3;
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
export const isIdentifying = (key: string): boolean => classOf(key) === classes['tax-id'] || isContact(key);

/** How many records may share this key before it leads to none of them. */
export const largestBlockOf = (key: string, { largestBlock, largestBroadBlock }: BlockLimits): number =>
  classOf(key) === broadClass ? largestBroadBlock : largestBlock;

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
    hash[7] = ((hash[7] ?? 0) & otherBits) | (isBroad(kind) ? broadClass : (classes[kind] ?? 0));
    const key = hash.readBigInt64BE().toString();
    this.#known.set(text, key);
    return key;
  }
}

/** The keys of one record. */
export interface KeysOfRecord {
  readonly recordId: string;
  readonly keys: readonly string[];
}

/** What became of the keys of the records that changed. */
export interface ChangedKeys {
  /** The keys that they have now. */
  readonly present: readonly KeysOfRecord[];
  readonly removed: readonly StoredKey[];
  readonly added: readonly StoredKey[];
}

/** The keys of a record as it is compared, each once. */
function keysOfForm(form: MatchRecord, hashed: HashedKeys): ReadonlySet<string> {
  const keys = new Set<string>();
  forEachMatchKey(form, (kind, part, behind) => {
    keys.add(hashed.of(behind === undefined ? `${kind}:${part}` : `${kind}:${part}|${behind}`, kind));
  });
  return keys;
}

/** The keys that changed records have and had. @param records read by `loadChanged` */
export function changedKeys(changed: readonly string[], records: RecordsAtHand, hashed: HashedKeys): ChangedKeys {
  const present: KeysOfRecord[] = [];
  const removed: StoredKey[] = [];
  const added: StoredKey[] = [];
  for (const recordId of changed) {
    const form = records.get(recordId)?.form;
    const now = form === undefined ? new Set<string>() : keysOfForm(form, hashed);
    const before = new Set(records.keysOf(recordId));
    present.push({ recordId, keys: [...now] });
    for (const key of before) if (!now.has(key)) removed.push({ recordId, key });
    for (const key of now) if (!before.has(key)) added.push({ recordId, key });
  }
  return { present, removed, added };
}

/** Writes the keys of changed records, and the records as they are compared. */
export function writeKeys(tx: Tx, records: RecordsAtHand, { present, removed, added }: ChangedKeys): void {
  exchangeKeys(tx, removed, added);
  const forms = present.flatMap(({ recordId, keys }) => {
    const form = records.get(recordId)?.form;
    return form === undefined ? [] : [{ recordId, form, keys }];
  });
  const living = new Set(forms.map(({ recordId }) => recordId));
  const gone = present.flatMap(({ recordId }) => (living.has(recordId) ? [] : [recordId]));
  replaceForms(tx, forms, gone, matchRecordVersion);
}

/** By how much the block of each key grew; a key that is given and taken equally often is left out. */
export function growthOf({ removed, added }: ChangedKeys): Map<string, number> {
  const growth = new Map<string, number>();
  for (const { key } of added) growth.set(key, (growth.get(key) ?? 0) + 1);
  for (const { key } of removed) growth.set(key, (growth.get(key) ?? 0) - 1);
  for (const [key, grown] of growth) if (grown === 0) growth.delete(key);
  return growth;
}
