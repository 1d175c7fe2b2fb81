import { fold } from './fold.ts';

const words = new Set(
  (
    'n/a na n.a. nd n.d. n/d ns nc none null nil nan undefined test testing prueba pruebas prova essai demo dummy unknown desconocido desconocida ' +
    'sconosciuto sconosciuta inconnu inconnue unbekannt x xx xxx - -- --- . .. ... ? ?? * anonymous anonimo anonyme ninguno ninguna nessuno nessuna aucun ' +
    'aucune tbd pendiente varios asdf asdfg qwerty aaa sin no'
  ).split(' '),
);
const phrases = new Set([
  'sin nombre',
  'sin apellido',
  'sin apellidos',
  'sin datos',
  'sin especificar',
  'no consta',
  'no tiene',
  'no disponible',
  'no aplica',
  'no procede',
  'no name',
  'not available',
  'not applicable',
  'not known',
  'non disponibile',
  'non pervenuto',
  'senza nome',
  'non renseigne',
  'non communique',
  'sans nom',
  'first name',
  'last name',
  'nombre apellidos',
]);

/** No placeholder is longer. */
const longestPlaceholder = 24;

/** Whether a text stands for "nothing is known here": n/a, test, ---, xxx. */
export function isPlaceholder(text: string): boolean {
  if (text.length > longestPlaceholder) return false;
  const folded = fold(text).trim();
  return folded === '' || words.has(folded) || phrases.has(folded) || /^(.)\1{3,}$/.test(folded) || !/[\p{L}\p{N}]/u.test(folded);
}

const placeholderLocals =
  /^(no-?e?-?mail|no-?tiene|no-?aplica|no-?correo|no-?consta|no-?disponible|ninguno|nessuna?|aucun|sin-?(correo|e?-?mail|datos)|senza-?(email|mail)|sans-?(email|mail)|none|null|n\/?a|na|nd|noreply|no-?reply|unknown|desconocido|tests?|testing|prueba|prova|essai|asdf+|qwerty|xxx+|aaa+|abc|123+|correo|ejemplo|example|esempio|exemple|usuario|user)$/;
/** Domains that say "none" themselves, whoever stands before them. */
const placeholderDomains =
  /^(no-?e?-?mail|no-?tiene|none|test|prueba|nomail|noemail|sincorreo|sinemail|xxx+|asdf+|dominio|domain)\./;
/** Words that name somebody's mailbox elsewhere and nobody's here: test@test.com, user@mail.com is somebody's. */
const onlyWithEchoes = /^(correo|ejemplo|example|esempio|exemple|usuario|user|abc|na|nd|123+|unknown)$/;

/** noemail@..., test@test.com, sincorreo@..., a@a.com: addresses typed to get past a form. */
export function isPlaceholderEmail(email: string): boolean {
  const at = email.indexOf('@');
  const [local, domain] = [email.slice(0, at), email.slice(at + 1)];
  const dot = domain.indexOf('.');
  const name = dot < 0 ? domain : domain.slice(0, dot);
  const plain = local.replaceAll(/[._]/g, '');
  if (placeholderDomains.test(domain) || (plain === name && plain.length <= 4)) return true;
  return (
    placeholderLocals.test(plain) &&
    (!onlyWithEchoes.test(plain) || plain === name || /^(example|ejemplo|mail|email|correo)$/.test(name))
  );
}

/** 000000000, 123456789, 999999999: digits that no telephone has. */
export function isPlaceholderDigits(digits: string): boolean {
  return (
    /^(\d{0,3}?)(\d)\2{6,}$/.test(digits) ||
    /^(\d)\1{5,}$/.test(digits) ||
    '01234567890123'.includes(digits) ||
    '98765432109876'.includes(digits)
  );
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
