import { normaliseEmail } from '../domain/record/normalise/email.ts';
import { normalisePhone } from '../domain/record/normalise/phone.ts';
import { normaliseTaxId } from '../domain/record/normalise/tax-id.ts';

/** How an identifier is written when it is compared. */
const normaliseBy = {
  email: (value: string) => normaliseEmail(value)?.value,
  phone: (value: string, country: string | undefined) => normalisePhone(value, country)?.value,
  'tax-id': (value: string, country: string | undefined) => normaliseTaxId(value, country)?.value,
  'external-id': (value: string) => value,
} as const;

export type IdentifierKind = keyof typeof normaliseBy;

export interface Identifier {
  readonly kind: IdentifierKind;
  /** As it is compared; null when it cannot be read as one: nobody carries it. */
  readonly value: string | null;
}

/** An identifier as it was given in `by`, in any format. */
export function identifierOf(by: unknown): Identifier {
  // the schema has checked its shape
  const { kind, value, country } = by as {
    readonly kind: IdentifierKind;
    readonly value: string;
    readonly country?: string | null;
  };
  return { kind, value: normaliseBy[kind](value, country ?? undefined) ?? null };
}

/** What a text in the search box may be besides a name; a text that is none of them costs no query. */
export function identifiersIn(text: string, country = 'ES'): Identifier[] {
  const candidates: readonly (readonly [IdentifierKind, string | undefined])[] = [
    ['email', text.includes('@') ? normaliseBy.email(text) : undefined],
    ['phone', /^[+(\d][\d\s().-]{5,}$/.test(text) ? normaliseBy.phone(text, country) : undefined],
    ['tax-id', /\d{6,}/.test(text.replaceAll(/[\s.-]/g, '')) ? normaliseBy['tax-id'](text, undefined) : undefined],
    ['external-id', /^[a-z0-9-]+:\S+$/.test(text) ? text : undefined],
  ];
  return candidates.flatMap(([kind, value]) => (value === undefined ? [] : [{ kind, value }]));
}
