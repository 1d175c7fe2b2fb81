import { expect, test } from 'vitest';
import { Random } from '../../test/privacy-harness/random.ts';
import { mentionsIn, type Subject } from './mentions.ts';

const notes = process.env['FICHA_CHAOS_REPORT'] === undefined ? 2_000 : 20_000;
const random = new Random(20_261_123);

type Frame = readonly [string, string];

const givens = ['Ana', 'José', 'Lucía', 'Francisco', 'María', 'Giuseppe', 'Élodie', 'Antonio', 'Chloé', 'Manuel'] as const;
const families = [
  'Quijano',
  'Muñoz',
  'Rossi',
  'Durand',
  'Sainz',
  'Bianchi',
  'Fernández',
  'Lefèvre',
  'Esposito',
  'Iglesias',
] as const;
const around: readonly [Frame, ...Frame[]] = [
  ['Llama por la avería de', 'y pide cita'],
  ['Parla con', 'per la fattura'],
  ['Message de', 'concernant la livraison'],
  ['Cliente dice que avisemos a', 'mañana a las 9'],
  ['ref 4471/26, contacto', '(no urge)'],
];
const petOf: Readonly<Record<string, string>> = {
  José: 'Pepe',
  Francisco: 'Paco',
  Manuel: 'Manolo',
  María: 'Mari',
  Giuseppe: 'Beppe',
};

const slip = (word: string): string => {
  const at = random.between(1, word.length - 2);
  return random.next() < 0.5
    ? word.slice(0, at) + word.slice(at + 1)
    : `${word.slice(0, at)}${word[at + 1] ?? ''}${word[at] ?? ''}${word.slice(at + 2)}`;
};
const spaced = (digits: string): string =>
  random.oneOf([
    digits,
    digits.replaceAll(/(\d{3})(?=\d)/g, '$1 '),
    digits.replaceAll(/(\d{3})(?=\d)/g, '$1-'),
    `+34 ${digits}`,
    `0034${digits}`,
  ]);
const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '');

interface Person {
  readonly given: string;
  readonly first: string;
  readonly second: string;
  readonly email: string;
  readonly phone: string;
}
const person = (index: number): Person => ({
  given: random.oneOf(givens),
  first: random.oneOf(families),
  second: random.oneOf(families),
  email: `contacto${index}@example.org`,
  phone: `6${String(10_000_000 + index * 7_919).slice(-8)}`,
});

/** One way of speaking of a person, as people write notes. */
const saying = ({ given, first, second, email, phone }: Person): string =>
  random.oneOf([
    `${given} ${first}`,
    `${given} ${first} ${second}`,
    `${first} ${second}, ${given}`,
    plain(`${given} ${first}`).toUpperCase(),
    `${given.charAt(0)}. ${first}`,
    `${given} ${slip(first)}`,
    `${petOf[given] ?? given} ${first}`,
    `Sra. ${first}`,
    email,
    email.toUpperCase(),
    email.replace('@', ' (at) '),
    spaced(phone),
    spaced(phone),
  ]);

/** Somebody else in every part that a note could name: another given name, other family names. */
const stranger = (subject: Person, index: number): Person => {
  for (;;) {
    const other = person(index);
    if (
      other.given !== subject.given &&
      ![other.first, other.second].some((name) => name === subject.first || name === subject.second)
    )
      return other;
  }
};

test(`of ${notes} seeded notes at least 95 % of the mentions are found, and at least 90 % of what is found is one`, () => {
  let [hits, misses, wrong] = [0, 0, 0];
  for (let index = 0; index < notes; index += 1) {
    const someone = person(index);
    const subject: Subject = {
      names: [{ given: someone.given, family: `${someone.first} ${someone.second}` }],
      emails: [someone.email],
      phones: [`+34${someone.phone}`],
      taxIds: [],
    };
    const about = index % 2 === 0;
    const [before, after] = random.oneOf(around);
    const text = `${before} ${saying(about ? someone : stranger(someone, index + notes))} ${after}`;
    const found = mentionsIn(text, subject).length > 0;
    if (about && found) hits += 1;
    if (about && !found) misses += 1;
    if (!about && found) wrong += 1;
  }
  const recall = hits / (hits + misses);
  const precision = hits / (hits + wrong);
  expect(recall, `recall ${recall.toFixed(3)}, precision ${precision.toFixed(3)}`).toBeGreaterThanOrEqual(0.95);
  expect(precision).toBeGreaterThanOrEqual(0.9);
  process.stderr.write(`mentions: ${notes} notes, recall ${recall.toFixed(3)}, precision ${precision.toFixed(3)}\n`);
});
