import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { RejectedDraft } from '../kit/contract.ts';
import type { Card } from './api.ts';
import type { CardDavSettings } from './settings.ts';
import { type CardLine, cardLines, categoriesOf, hasCategory, partsOf, textsOf } from './vcard.ts';

const filled = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
    ),
  );

const dateOf = (text: string | undefined): string | undefined => {
  const [, year, month, day] = /^(\d{4})-?(\d\d)-?(\d\d)/.exec(text ?? '') ?? [];
  return year === undefined || month === undefined || day === undefined ? undefined : `${year}-${month}-${day}`;
};

function addressOf(line: CardLine): Record<string, unknown> {
  const [, extended = '', street = '', city, region, postcode, country = ''] = partsOf(line);
  const code = /^[A-Za-z]{2}$/.test(country) ? country.toUpperCase() : undefined; // a name stays in the raw card
  return filled({ street: [street, extended].filter((part) => part !== '').join(', '), city, region, postcode, country: code });
}

export const phonesIn = (lines: readonly CardLine[]): string[] => textsOf(lines, 'TEL').map((text) => text.replace(/^tel:/i, ''));
export const emailsIn = (lines: readonly CardLine[]): string[] =>
  textsOf(lines, 'EMAIL').map((text) => text.replace(/^mailto:/i, ''));

/** Whether a card is a company: it says so, or it has no name of a person beside that of an organisation. */
function isCompany(lines: readonly CardLine[]): boolean {
  if (/^org$/i.test(textsOf(lines, 'KIND')[0] ?? '') || /^company$/i.test(textsOf(lines, 'X-ABSHOWAS')[0] ?? '')) return true;
  const [organisation = ''] = partsOf(lines.find(({ name }) => name === 'ORG'));
  const named = partsOf(lines.find(({ name }) => name === 'N')).some((part) => part !== '');
  return organisation !== '' && !named && textsOf(lines, 'FN')[0] === organisation;
}

/** Every line by its property, as the card has it; pictures are left to the export. */
export function fieldsOf(lines: readonly CardLine[]): Record<string, readonly string[]> {
  const names = [...new Set(lines.map(({ name }) => name))].filter(
    (name) => !['BEGIN', 'END', 'PHOTO', 'LOGO', 'SOUND'].includes(name),
  );
  return Object.fromEntries(names.map((name) => [name, textsOf(lines, name)]));
}

export const consentId = (name: string, purpose: string): string => `${name}:email:${purpose}`;

function consentOf({ name }: Card, lines: readonly CardLine[], settings: CardDavSettings, now: Date): SourceRecordDraft[] {
  const { optOutCategory, purpose } = settings;
  if (!hasCategory(lines, optOutCategory)) return [];
  const said = { purpose, channel: 'email', answer: 'denied', at: now.toISOString(), atKnown: false, how: 'category' };
  return [
    {
      kind: 'consent',
      externalId: consentId(name, purpose),
      raw: { CATEGORIES: categoriesOf(lines) },
      canonical: { clientExternalId: name, ...said },
    },
  ];
}

/** The records of one card: a person or a company and what it says of being contacted; none for a group; or why it cannot be read. */
export function draftsOf(card: Card, settings: CardDavSettings, now: Date): readonly (SourceRecordDraft | RejectedDraft)[] {
  const lines = cardLines(card.text);
  if (lines === undefined)
    return [
      { externalId: card.name, reasonCode: 'card-unreadable', reason: 'it is no vCard: BEGIN or END is missing', raw: card.text },
    ];
  if (/^group$/i.test(textsOf(lines, 'KIND')[0] ?? textsOf(lines, 'X-ADDRESSBOOKSERVER-KIND')[0] ?? '')) return [];
  const [familyName, givenName] = partsOf(lines.find(({ name }) => name === 'N'));
  const [organisation] = partsOf(lines.find(({ name }) => name === 'ORG'));
  const [fullName] = textsOf(lines, 'FN');
  const shared = {
    emails: emailsIn(lines),
    phones: phonesIn(lines),
    addresses: lines
      .filter(({ name }) => name === 'ADR')
      .map(addressOf)
      .filter((one) => Object.keys(one).length > 0),
    notes: textsOf(lines, 'NOTE').join('\n'),
  };
  const company = isCompany(lines);
  const named = (givenName ?? '') !== '' || (familyName ?? '') !== '';
  const own = company
    ? { companyName: organisation ?? fullName, website: textsOf(lines, 'URL')[0] }
    : {
        ...(named ? { givenName, familyName } : { fullName }),
        companyName: organisation,
        role: textsOf(lines, 'TITLE')[0],
        birthDate: dateOf(textsOf(lines, 'BDAY')[0]),
        language: /^[a-z]{2}/i.exec(textsOf(lines, 'LANG')[0] ?? '')?.[0].toLowerCase(),
      };
  const record: SourceRecordDraft = {
    kind: company ? 'company' : 'person',
    externalId: card.name,
    raw: fieldsOf(lines),
    canonical: filled({ ...shared, ...own }),
  };
  return [record, ...consentOf(card, lines, settings, now)];
}
