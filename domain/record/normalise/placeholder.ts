import { fold } from './fold.ts';

const words = new Set(
  'n/a na nd n.d. none null nil test prueba prova essai unknown desconocido sconosciuto inconnu x xx xxx - -- . ? sin nombre anonymous anonimo no tiene'.split(
    ' ',
  ),
);

/** Whether a text stands for "nothing is known here": n/a, test, ---, xxx. */
export function isPlaceholder(text: string): boolean {
  const folded = fold(text).trim();
  return folded === '' || words.has(folded) || /^(.)\1{3,}$/.test(folded);
}

/** noemail@..., test@test.com, sincorreo@...: addresses typed to get past a form. */
export function isPlaceholderEmail(email: string): boolean {
  const [local = '', domain = ''] = email.split('@');
  return (
    /^(no-?e?-?mail|sin-?(correo|email|mail)|senza-?(email|mail)|sans-?(email|mail)|none|null|n\/?a|noreply|no-reply|test|prueba|prova|asdf+|xxx+|aaa+)$/.test(
      local,
    ) || /^(no-?e?mail|none|test|nomail|noemail)\./.test(domain)
  );
}

/** 000000000, 123456789, 999999999: digits that no telephone has. */
export function isPlaceholderDigits(digits: string): boolean {
  return /^(\d)\1{5,}$/.test(digits) || '01234567890123'.includes(digits) || '98765432109876'.includes(digits);
}

/**
 * Dates that forms, spreadsheets and databases fill in by themselves: the epochs of Excel, Mac, SQL Server and Unix among them. A few
 * people were born on one; losing their date costs less than joining strangers by it.
 */
const filledInDates = new Set(
  '1900-01-01 1899-12-30 1899-12-31 1901-01-01 1904-01-01 1111-11-11 1753-01-01 1800-01-01 1970-01-01 2000-01-01 9999-12-31'.split(
    ' ',
  ),
);

/** Whether a calendar date, YYYY-MM-DD, stands for "not known": 1900-01-01 and its like. */
export function isPlaceholderDate(date: string): boolean {
  return filledInDates.has(date);
}
