import {
  mistyped,
  pick,
  type Random,
  randomFrom,
  type SampleCompany,
  type SamplePerson,
  type SampleWorld,
} from './sample-world.ts';

/** A party of the ERP: a person or a company with its sales. */
export interface ErpSeed {
  readonly truth: string;
  readonly kind: 'person' | 'company';
  readonly name: string;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly taxId: string | undefined;
  readonly street: string | undefined;
  readonly city: string;
  readonly postcode: string;
  readonly country: string;
  /** Truth id of the company that employs this person. */
  readonly worksFor: string | undefined;
  readonly sales: readonly { readonly date: string; readonly amountCents: number }[];
}

/** A member of the mailer's list. */
export interface MailerSeed {
  readonly truth: string;
  readonly email: string;
  readonly name: string | undefined;
  readonly optedOut: boolean;
}

/** A requestor of the helpdesk with tickets. */
export interface HelpdeskSeed {
  readonly truth: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string | undefined;
  readonly tickets: readonly { readonly subject: string; readonly text: string; readonly open: boolean }[];
}

/** A row of the workbook of old leads. */
export interface SheetSeed {
  readonly truth: string;
  readonly id: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string | undefined;
  readonly phone: string | undefined;
  readonly birthDate: string | undefined;
  readonly taxId: string | undefined;
  readonly city: string;
  readonly postcode: string;
  readonly country: string;
  readonly company: string | undefined;
  readonly noAdvertising: boolean;
}

export interface SampleSeeds {
  readonly erp: readonly ErpSeed[];
  readonly mailer: readonly MailerSeed[];
  readonly helpdesk: readonly HelpdeskSeed[];
  readonly sheet: readonly SheetSeed[];
}

const typoShare = 0.12;

const maybeMistyped = (random: Random, text: string): string => (random() < typoShare ? mistyped(random, text) : text);

const monthsBack = (random: Random, months: number): string => {
  const at = new Date(Date.UTC(2026, 10 - Math.floor(random() * months), 1 + Math.floor(random() * 28)));
  return at.toISOString().slice(0, 10);
};

const salesOf = (random: Random, most: number): ErpSeed['sales'] =>
  Array.from({ length: Math.floor(random() * (most + 1)) }, () => ({
    date: monthsBack(random, 14),
    amountCents: 500 + Math.floor(random() ** 3 * 200_000),
  }));

function erpPerson(random: Random, person: SamplePerson): ErpSeed {
  return {
    truth: person.truth,
    kind: 'person',
    name: `${maybeMistyped(random, person.givenName)} ${person.familyName}`,
    emails: random() < 0.8 ? [person.email] : [],
    phones: random() < 0.85 ? [person.phone] : [],
    taxId: random() < 0.7 ? person.taxId : undefined,
    street: person.street,
    city: person.city,
    postcode: person.postcode,
    country: person.country,
    worksFor: person.company?.truth,
    sales: salesOf(random, 4),
  };
}

function erpCompanies(random: Random, company: SampleCompany): ErpSeed[] {
  const written = (name: string, withTaxId: boolean): ErpSeed => ({
    truth: company.truth,
    kind: 'company',
    name,
    emails: [`info@${company.domain}`],
    phones: [company.phone],
    taxId: withTaxId ? company.taxId : undefined,
    street: undefined,
    city: company.city,
    postcode: company.postcode,
    country: company.country,
    worksFor: undefined,
    sales: salesOf(random, 6),
  });
  const [first = '', ...others] = company.spellings;
  const doubled = others.filter(() => random() < 0.3).slice(0, 2);
  return [written(first, true), ...doubled.map((name) => written(name, random() < 0.5))];
}

function mailerMember(random: Random, person: SamplePerson): MailerSeed {
  const given = person.nickname && random() < 0.3 ? person.nickname : person.givenName;
  return {
    truth: person.truth,
    email: random() < 0.2 ? person.email.toUpperCase() : person.email,
    name: random() < 0.9 ? maybeMistyped(random, `${given} ${person.familyName}`) : undefined,
    optedOut: random() < 0.06,
  };
}

const subjects = ['Factura', 'Problema di accesso', 'Livraison', 'Cambio de dirección', 'Rimborso', 'Garantie'];

function helpdeskUser(random: Random, person: SamplePerson): HelpdeskSeed {
  const count = 1 + Math.floor(random() * 2);
  return {
    truth: person.truth,
    name: maybeMistyped(random, `${person.givenName} ${person.familyName}`),
    email: person.email,
    phone: random() < 0.5 ? person.phone : undefined,
    tickets: Array.from({ length: count }, () => ({
      subject: pick(random, subjects),
      text: `${person.givenName} ${person.familyName}, ${person.phone}`,
      open: random() < 0.3,
    })),
  };
}

function sheetRow(random: Random, person: SamplePerson, place: number): SheetSeed {
  const local = random() < 0.5 ? person.phone.slice(3).replaceAll(/(\d{3})(?=\d)/g, '$1 ') : person.phone;
  return {
    truth: person.truth,
    id: `L-${String(place).padStart(5, '0')}`,
    givenName: maybeMistyped(random, person.givenName),
    familyName: person.familyName.toUpperCase(),
    email: random() < 0.75 ? person.email : undefined,
    phone: random() < 0.7 ? local : undefined,
    birthDate: random() < 0.8 ? person.birthDate : undefined,
    taxId: random() < 0.3 ? person.taxId : undefined,
    city: person.city,
    postcode: person.postcode,
    country: person.country,
    company: person.company?.spellings.at(-1),
    noAdvertising: random() < 0.05,
  };
}

/** What each of the four sample systems holds of the world. The same world and seed give the same records everywhere. */
export function sampleSeeds(world: SampleWorld, seed = 7): SampleSeeds {
  const random = randomFrom(seed);
  const erp: ErpSeed[] = world.companies.flatMap((company) => erpCompanies(random, company));
  const mailer: MailerSeed[] = world.companies
    .filter(() => random() < 0.5)
    .map(({ truth, domain }) => ({ truth, email: `info@${domain}`, name: undefined, optedOut: false }));
  const helpdesk: HelpdeskSeed[] = [];
  const sheet: SheetSeed[] = [];
  for (const [place, person] of world.people.entries()) {
    if (random() < 0.6) erp.push(erpPerson(random, person));
    if (random() < 0.55) mailer.push(mailerMember(random, person));
    if (random() < 0.35) helpdesk.push(helpdeskUser(random, person));
    if (random() < 0.4) sheet.push(sheetRow(random, person, place));
  }
  return { erp, mailer, helpdesk, sheet };
}
