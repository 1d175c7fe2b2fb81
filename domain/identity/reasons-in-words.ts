import { type EvidenceField, evidenceLevels } from './evidence.ts';
import { fieldWeight, shippedModel } from './match-model.ts';

/** What is known of a pair beyond its stored evidence: numbers for the words. */
export interface PairFacts {
  /** How many clients carry an identifier that the two have in common, the most shared one. */
  readonly emailSharedBy?: number;
  readonly phoneSharedBy?: number;
  /** Whole days between the birth dates. */
  readonly birthDaysApart?: number;
}

/** One field of the evidence, for a person to read. */
export interface Reason {
  readonly field: string;
  /** As the engine stored it. */
  readonly level: string;
  readonly speaks: 'for' | 'against' | 'neither';
  readonly words: string;
  /** Names the words, so that they can be said in another language: `birth:slip`, or with a number `birth:yearsApart`. */
  readonly code: string;
  /** The number in the words, where there is one. */
  readonly number: number | null;
  /** Match weight in bits, where the engine stored one: positive speaks for one client. */
  readonly weight: number | null;
}

type Words = readonly [speaks: Reason['speaks'], words: string];

const words: Readonly<Record<string, Words>> = {
  'name:equal': ['for', 'same name'],
  'name:differ': ['against', 'different names'],
  'given:equal': ['for', 'same given name'],
  'given:variant': ['for', 'given names that are short for each other, or one is a part of the other'],
  'given:typo': ['for', 'given names a slip of the hand apart'],
  'given:similar': ['neither', 'given names that resemble each other'],
  'given:initial': ['for', 'the given name of one is the initial of the other'],
  'given:differ': ['against', 'different given names'],
  'family:equal': ['for', 'same family name'],
  'family:variant': ['for', 'the family name of one is a part of the other'],
  'family:typo': ['for', 'family names a slip of the hand apart'],
  'family:similar': ['neither', 'family names that resemble each other'],
  'family:initial': ['for', 'the family name of one is the initial of the other'],
  'family:differ': ['against', 'different family names'],
  'birth:equal': ['for', 'same birth date'],
  'birth:swapped': ['for', 'same birth date with day and month swapped'],
  'birth:slip': ['for', 'birth dates one digit apart'],
  'birth:slips': ['neither', 'birth dates two digits apart'],
  'birth:decade': ['against', 'birth dates one digit apart, but ten years or more'],
  'birth:yearOnly': ['for', 'same birth year, the day is not known'],
  'birth:year': ['against', 'same birth year, another day'],
  'birth:differ': ['against', 'birth dates differ'],
  'taxId:equal': ['for', 'same valid tax id'],
  'taxId:typed': ['for', 'same tax id, its check digits not confirmed'],
  'taxId:slip': ['for', 'tax ids one character apart'],
  'taxId:slips': ['for', 'tax ids two characters apart'],
  'taxId:differ': ['against', 'different tax ids, not both confirmed by their check digits'],
  'taxId:conflict': ['against', 'two different tax ids, each valid by its check digits'],
  'email:ownMade': ['for', 'same e-mail address, made of the name'],
  'email:own': ['for', 'same e-mail address'],
  'email:shared': ['neither', 'same e-mail address, but several people use it'],
  'email:local': ['for', 'same mailbox name at two providers'],
  'email:slip': ['for', 'e-mail addresses one character apart'],
  'email:differ': ['against', 'different e-mail addresses'],
  'phone:own': ['for', 'same telephone'],
  'phone:shared': ['neither', 'same telephone, but several people use it'],
  'phone:slip': ['for', 'telephones one digit apart'],
  'phone:differ': ['against', 'different telephones'],
  'place:postcode': ['for', 'same postcode'],
  'place:city': ['for', 'same town'],
  'place:slip': ['for', 'postcodes or towns one character apart'],
  'place:differ': ['against', 'different towns'],
  'street:equal': ['for', 'same street and number'],
  'street:similar': ['for', 'nearly the same street and number'],
  'street:differ': ['against', 'different streets'],
  'domain:equal': ['for', 'same web or mail domain'],
};

const silent = new Set(['missing', 'none', 'false', 'null', 'undefined']);
const daysOfYear = 365.25;

interface Counted {
  readonly code: string;
  readonly number: number;
  readonly words: string;
}

/** A stretch of days in the unit that a person would use. */
function stretch(days: number): Counted {
  const years = Math.round(days / daysOfYear);
  if (days >= 2 * daysOfYear) return { code: 'birth:yearsApart', number: years, words: `birth dates differ by ${years} years` };
  return { code: 'birth:daysApart', number: days, words: `birth dates differ by ${days === 1 ? '1 day' : `${days} days`}` };
}

const sharing = (number: number | undefined, code: string, what: string): Counted | undefined =>
  number !== undefined && number > 2 ? { code, number, words: `same ${what}, but ${number} clients share it` } : undefined;

/** The words of a level with the numbers that are known. */
function counted(key: string, facts: PairFacts): Counted | undefined {
  if (key.startsWith('email:')) return sharing(facts.emailSharedBy, 'email:sharedBy', 'e-mail address');
  if (key.startsWith('phone:')) return sharing(facts.phoneSharedBy, 'phone:sharedBy', 'telephone');
  if (key === 'birth:differ' && facts.birthDaysApart) return stretch(facts.birthDaysApart);
  return undefined;
}

/** Every code that a reason with words of its own can have. */
export const reasonCodes: readonly string[] = [
  ...Object.keys(words),
  'email:sharedBy',
  'phone:sharedBy',
  'birth:yearsApart',
  'birth:daysApart',
];

interface Stored {
  readonly level: string;
  readonly weight: number | null;
}

const isPersonal = (field: string): field is EvidenceField => Object.hasOwn(evidenceLevels, field);

/** A field of the evidence: a level, weighed as the shipped model does, or an object with level and weight. */
function storedOf(field: string, value: unknown): Stored | undefined {
  if (typeof value === 'string') {
    const isWeighed = isPersonal(field) && (evidenceLevels[field] as readonly string[]).includes(value);
    return { level: value, weight: isWeighed ? Math.round(fieldWeight(field, value, shippedModel) * 10) / 10 : null };
  }
  if (typeof value !== 'object' || value === null || !('level' in value)) return undefined;
  const { level, weight } = value as { readonly level: unknown; readonly weight?: unknown };
  return { level: String(level), weight: typeof weight === 'number' ? weight : null };
}

const bySign = (weight: number | null): Reason['speaks'] => {
  if (weight === null || weight === 0) return 'neither';
  return weight > 0 ? 'for' : 'against';
};

/**
 * The stored evidence of a pair, field by field, in words and numbers. What says nothing is left out; a level that has no words of its
 * own is shown as it is.
 * @param evidence as kept in match_decision or membership_change: an object by field, or a list of `{field, level, weight}`
 */
export function reasonsInWords(evidence: unknown, facts: PairFacts = {}): Reason[] {
  if (typeof evidence !== 'object' || evidence === null) return [];
  const fields: readonly (readonly [string, unknown])[] = Array.isArray(evidence)
    ? (evidence as readonly { readonly field?: string }[]).map((one) => [one.field ?? '', one] as const)
    : Object.entries(evidence);
  return fields.flatMap(([field, value]) => {
    const stored = storedOf(field, value);
    if (stored === undefined || silent.has(stored.level)) return [];
    const key = `${field}:${stored.level}`;
    const [speaks, said] = words[key] ?? [bySign(stored.weight), `${field}: ${stored.level.replaceAll('-', ' ')}`];
    const known = counted(key, facts) ?? { code: key, number: null, words: said };
    return [{ field, level: stored.level, speaks, weight: stored.weight, ...known }];
  });
}

const ruleWords: Readonly<Record<string, string>> = {
  'tax-id': 'the same valid tax id and nothing against it',
  'tax-id-with-conflict': 'the same tax id, but names or birth dates contradict',
  'tax-ids-differ': 'two valid tax ids differ',
  'tax-ids-far-apart': 'two tax ids differ by more than a slip',
  'birth-dates-differ': 'the birth dates differ',
  'names-differ': 'the names differ',
  'email-made-of-name': 'one has no name, and its e-mail address is made of the name of the other',
  'email-and-phone': 'one has no name, and both e-mail address and telephone are the same',
  'company-name-and-contact': 'the same company name, and a mailbox, telephone or domain in common',
  'company-name-and-place': 'the same company name at one place',
  weight: 'the match weights add up to enough',
  'weight-in-doubt': 'the match weights are high, but not enough to merge',
  'not-enough': 'too little in common',
  'must-link': 'a person said that they are the same',
  'cannot-link': 'a person said that they are not the same',
  'deleted-at-source': 'its system deleted it',
};

/** Every rule that has words of its own. */
export const ruleCodes: readonly string[] = Object.keys(ruleWords);

/** The rule that decided, in words. */
export function ruleInWords(rule: string): string {
  const held = rule.replace(/-held-by-(?:conflict|doubt)$/, '');
  const said = ruleWords[held] ?? held.replaceAll('-', ' ');
  if (held === rule) return said;
  return rule.endsWith('doubt')
    ? `${said}; but another client could be meant as well`
    : `${said}; but another record of one client contradicts the other`;
}
