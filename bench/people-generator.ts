import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { fold } from '../domain/record/normalise/fold.ts';
import { greatCities, nameStocks, shortForms, syllables } from './people-names.ts';
import { Random } from './random.ts';

/** One record of an invented person; empty text where it is missing. */
export interface PersonRow {
  readonly uniqueId: string;
  readonly cluster: string;
  readonly source: string;
  readonly givenName: string;
  readonly surname: string;
  readonly birthDate: string;
  readonly email: string;
  readonly phone: string;
  readonly taxId: string;
  readonly postcode: string;
  readonly city: string;
}

interface Person {
  readonly givenName: string;
  readonly surname: string;
  readonly birthDate: string;
  readonly emails: readonly [string, string];
  readonly phones: readonly [string, string];
  readonly taxId: string;
  readonly places: readonly [Place, Place];
}

interface Place {
  readonly postcode: string;
  readonly city: string;
}

const systems = ['crm', 'erp', 'mailer', 'sheet', 'helpdesk'];
/** Mailboxes that everybody's records carry, and what is typed to get past a form. */
const noMailbox = ['contabilidad@acme.it', 'info@empresa.es', 'no@no.com', 'n/a'];
/** Records are put out of order inside a stretch of this many, so that memory stays flat. */
const stretch = 50_000;

/** Shares counted in the synthetic100k set of the project, whose making this follows. */
const share = {
  anotherMember: 0.29,
  sharedPhone: 0.58,
  sharedEmail: 0.12,
  namesake: 0.035,
  inventedGiven: 0.3,
  inventedFamily: 0.42,
  greatCity: 0.41,
  anotherRecord: 0.47,
} as const;

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
const invented = (random: Random, least: number): string =>
  capital(Array.from({ length: least + random.below(3) }, () => random.of(syllables)).join(''));

function placeOf(random: Random, towns: readonly Place[]): Place {
  const [city, prefix] = random.chance(share.greatCity) ? random.of(greatCities) : ['', ''];
  if (city === '') {
    const town = random.of(towns);
    return { city: town.city, postcode: town.postcode + digits(random, 3) };
  }
  return { city, postcode: prefix + digits(random, 3) };
}

const digits = (random: Random, count: number): string => Array.from({ length: count }, () => random.below(10)).join('');
const mobile = (random: Random): string => `6${digits(random, 8)}`;

const letters = (name: string): string => fold(name).replaceAll(/[^a-z]/g, '');

function dateIn(random: Random, first: number, last: number): string {
  const day = new Date(Date.UTC(first + random.below(last - first), random.below(12), 1 + random.below(28)));
  return day.toISOString().slice(0, 10);
}

/** People who live together: one place, mostly one family name, sometimes one telephone, one mailbox, one name. */
function household(random: Random, towns: readonly Place[]): Person[] {
  const stock = nameStocks[random.of(['es', 'es', 'es', 'es', 'it', 'it', 'it', 'fr'] as const)];
  const surname = random.chance(share.inventedFamily) ? invented(random, 2) : random.of(stock.family);
  const place = placeOf(random, towns);
  const phone = mobile(random);
  const people: Person[] = [];
  do {
    const before = people.at(-1);
    const isNamesake = before !== undefined && random.chance(share.namesake);
    const drawn = random.chance(share.inventedGiven) ? invented(random, 2) : random.of(stock.given);
    const givenName = isNamesake ? before.givenName : drawn;
    // a parent and a child of one name are a generation apart
    const birthDate = isNamesake ? dateIn(random, 1975, 2007) : dateIn(random, 1930, 2005);
    const [given, family] = [letters(givenName), letters(surname)];
    const number = random.chance(0.1) ? '' : String(random.below(10_000));
    const own = `${given}.${family}${number}@${random.of(stock.domains)}`;
    people.push({
      givenName,
      surname,
      birthDate,
      emails: [
        before !== undefined && random.chance(share.sharedEmail) ? before.emails[0] : own,
        `${given.slice(0, 1)}${family}${random.below(1_000)}@${random.of(stock.domains)}`,
      ],
      phones: [
        before !== undefined && random.chance(share.sharedPhone) ? phone : people.length === 0 ? phone : mobile(random),
        mobile(random),
      ],
      // the letter is drawn too: like the set it follows, most ids fail their check
      taxId: digits(random, 8) + random.of(Array.from('TRWAGMYFPDXBNJZSQVHLCKE')),
      places: [place, placeOf(random, towns)],
    });
  } while (random.chance(share.anotherMember) && people.length < 6);
  return people;
}

/** A slip of the hand: a letter lost, doubled, swapped with the next, or another one. */
function slip(random: Random, text: string, alphabet: string): string {
  const at = random.below(text.length);
  const [before, letter, behind] = [text.slice(0, at), text[at] ?? '', text.slice(at + 1)];
  switch (random.below(4)) {
    case 0:
      return before + behind;
    case 1:
      return before + letter + letter + behind;
    case 2:
      return before + behind.slice(0, 1) + letter + behind.slice(1);
    default:
      return before + random.of(Array.from(alphabet)) + behind;
  }
}

const abc = 'abcdefghijlmnoprstuvz';
const accentless = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '');

function nameAs(random: Random, written: string): string {
  const bare = random.chance(0.35) ? accentless(written) : written;
  return random.chance(0.1) && bare.length > 3 ? slip(random, bare, abc) : bare;
}

function givenAs(random: Random, written: string): string {
  const short = shortForms[fold(written)];
  if (short !== undefined && random.chance(0.08)) return random.of(short);
  return random.chance(0.066) ? `${written.slice(0, 1)}.` : nameAs(random, written);
}

function emailAs(random: Random, emails: Person['emails']): string {
  if (random.chance(0.245)) return '';
  if (random.chance(0.04)) return random.of(noMailbox);
  const email = random.chance(0.12) ? emails[1] : emails[0];
  return random.chance(0.03) ? slip(random, email, abc) : email;
}

function phoneAs(random: Random, phones: Person['phones']): string {
  if (random.chance(0.3)) return '';
  if (random.chance(0.014)) return '600000000';
  const phone = random.chance(0.1) ? phones[1] : phones[0];
  return random.chance(0.3) ? `+34 ${phone.slice(0, 3)} ${phone.slice(3, 6)} ${phone.slice(6)}` : phone;
}

function birthAs(random: Random, date: string): string {
  if (random.chance(0.35)) return '';
  return random.chance(0.075) ? slip(random, date.replaceAll('-', ''), '0123456789') : date;
}

function recordOf(random: Random, person: Person): Omit<PersonRow, 'uniqueId' | 'cluster'> {
  const place = person.places[random.chance(0.1) ? 1 : 0] as Place; // one of two
  const isSwapped = random.chance(0.032);
  const [given, family] = [givenAs(random, person.givenName), nameAs(random, person.surname)];
  const taxId = random.chance(0.6) ? '' : random.chance(0.03) ? slip(random, person.taxId, '0123456789') : person.taxId;
  return {
    source: random.of(systems),
    givenName: isSwapped ? family : given,
    surname: isSwapped ? given : family,
    birthDate: birthAs(random, person.birthDate),
    email: emailAs(random, person.emails),
    phone: phoneAs(random, person.phones),
    taxId,
    postcode: random.chance(0.15) ? '' : place.postcode,
    city: random.chance(0.1) ? '' : place.city,
  };
}

/**
 * Records of invented Spanish, Italian and French people in five systems, the same for the same seed: typos, nicknames, swapped names,
 * missing fields, households that share telephone and mailbox, parents and children of one name, namesakes, shared mailboxes, placeholders.
 * The prefix of a longer run is not a shorter run: towns are drawn for the size.
 * @param records n >= 0 @param seed any whole number
 * Memory: one stretch of 50,000 records.
 */
export function* generatePeople(records: number, seed: number): Generator<PersonRow> {
  const random = new Random(seed);
  // as dense in people as the set it follows, whatever the size
  const towns = Array.from({ length: Math.max(20, Math.round(records / 250)) }, () => ({
    city: invented(random, 2),
    postcode: digits(random, 2),
  }));
  let [made, people] = [0, 0];
  let waiting: Omit<PersonRow, 'uniqueId'>[] = [];
  let given = 0;
  const numbered = (rows: Omit<PersonRow, 'uniqueId'>[]): PersonRow[] =>
    random.shuffle(rows).map((row) => ({ uniqueId: `r${(given += 1)}`, ...row }));
  while (made < records) {
    for (const person of household(random, towns)) {
      people += 1;
      let count = 1;
      while (count < 5 && random.chance(share.anotherRecord)) count += 1;
      for (let copy = 0; copy < count && made < records; copy += 1, made += 1)
        waiting.push({ cluster: `p${people}`, ...recordOf(random, person) });
    }
    if (waiting.length >= stretch) {
      yield* numbered(waiting);
      waiting = [];
    }
  }
  yield* numbered(waiting);
}

const header = 'unique_id,cluster,source,given_name,surname,birth_date,email,phone,tax_id,postcode,city';

/** Writes such records as CSV with the columns of synthetic100k; the column `cluster` is the key. */
export async function writePeople(path: string, records: number, seed: number): Promise<void> {
  const out = createWriteStream(path);
  let lines: string[] = [header];
  const flush = async (): Promise<void> => {
    const isRoomLeft = out.write(`${lines.join('\n')}\n`);
    lines = [];
    if (!isRoomLeft) await once(out, 'drain');
  };
  for (const row of generatePeople(records, seed)) {
    const { uniqueId, cluster, source, givenName, surname, birthDate, email, phone, taxId, postcode, city } = row;
    lines.push([uniqueId, cluster, source, givenName, surname, birthDate, email, phone, taxId, postcode, city].join(','));
    if (lines.length >= 5_000) await flush();
  }
  await flush();
  out.end();
  await once(out, 'finish');
}
