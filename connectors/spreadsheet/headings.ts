import { FichaError } from '../../domain/record/error.ts';
import { cellText, type SheetRow } from './row.ts';
import type { SheetSettings } from './settings.ts';

/** Fields that a column can hold: canonical ones, and what only a sheet has. */
export type SheetField =
  | 'key'
  | 'givenName'
  | 'familyName'
  | 'fullName'
  | 'emails'
  | 'phones'
  | 'taxId'
  | 'birthDate'
  | 'street'
  | 'city'
  | 'postcode'
  | 'region'
  | 'country'
  | 'language'
  | 'companyName'
  | 'role'
  | 'website'
  | 'sector'
  | 'notes'
  | 'acquisitionSource'
  | 'optOut'
  | 'optIn';

/** Headings by field, in Spanish, Italian, French and English, folded: lower case, no accents, words parted by one blank. */
const known: Readonly<Record<SheetField, string>> = {
  key: 'codigo|cod|id|ref|referencia|riferimento|reference|codice|code|identificador|identifiant|numero cliente|n cliente|num cliente|numero de cliente|codice cliente|codigo cliente|code client|numero client|customer id|client id|customer number|key|clave|chiave|cle',
  givenName: 'nombre|nombre de pila|nome|prenom|first name|given name|firstname|forename',
  familyName:
    'apellidos|apellido|primer apellido|segundo apellido|apellido 1|apellido 2|cognome|nom|nom de famille|last name|surname|family name|lastname',
  fullName:
    'nombre completo|nombre y apellidos|apellidos y nombre|nome e cognome|cognome e nome|nome completo|nominativo|nom complet|nom et prenom|nom prenom|prenom nom|full name|name|contacto|persona de contacto|contatto|referente|contact|contact name|cliente|client|customer',
  emails:
    'correo|correo electronico|correo e|email|e mail|mail|emails|courriel|adresse email|adresse e mail|adresse mail|posta elettronica|indirizzo email|indirizzo e mail|email address|e mail address|email 1|email 2|correo 2|email2',
  phones:
    'telefono|tel|tfno|tlf|tlfno|movil|telefono movil|celular|telefono fijo|fijo|cellulare|cell|numero di telefono|telefono cellulare|telefono fisso|telephone|telephone portable|tel portable|portable|telephone fixe|mobile|mobile phone|phone|phone number|telephone number|telefono 1|telefono 2|telefono2|phone 2',
  taxId:
    'nif|cif|dni|nie|nif cif|cif nif|dni nif|nif dni|codice fiscale|cod fiscale|partita iva|p iva|piva|siren|siret|vat|vat number|vat id|tax id|n tva|numero tva|tva|tva intracommunautaire',
  birthDate:
    'fecha de nacimiento|fecha nacimiento|f nacimiento|nacimiento|data di nascita|data nascita|nascita|date de naissance|naissance|ne le|birth date|birthdate|date of birth|birthday|dob',
  street: 'direccion|calle|domicilio|indirizzo|via|adresse|rue|adresse postale|address|street|street address',
  city: 'ciudad|poblacion|localidad|municipio|citta|comune|localita|ville|commune|city|town',
  postcode: 'cp|c p|codigo postal|cod postal|cap|codice postale|code postal|zip|zip code|postcode|postal code',
  region: 'provincia|region|comunidad|comunidad autonoma|regione|departement|province|state|county',
  country: 'pais|paese|nazione|pays|country|stato',
  language: 'idioma|lingua|langue|language',
  companyName:
    'empresa|compania|razon social|sociedad|nombre empresa|azienda|ditta|ragione sociale|societa|entreprise|societe|raison sociale|company|company name|organization|organisation|organizacion|organizzazione',
  role: 'cargo|puesto|ruolo|mansione|fonction|poste|role|job title|position',
  website: 'web|sitio web|pagina web|sito|sito web|site|site web|website|url',
  sector: 'sector|settore|secteur|industry|actividad',
  notes:
    'notas|nota|observaciones|comentarios|note|commenti|osservazioni|annotazioni|notes|remarques|commentaires|observations|comments|remarks',
  acquisitionSource: 'origen|procedencia|origine|provenienza|fonte|provenance|source|lead source',
  optOut:
    'baja publicidad|no publicidad|sin publicidad|no desea publicidad|baja|no contactar|lista robinson|no pubblicita|non contattare|disiscritto|pas de publicite|ne pas contacter|desabonne|desinscrit|opposition|opt out|optout|unsubscribed|do not contact|no advertising|no marketing',
  optIn:
    'acepta publicidad|acepta comunicaciones|consentimiento|consiente|acepta marketing|consenso|consenso marketing|accetta pubblicita|consentement|accepte publicite|opt in|optin|consent|marketing consent|accepts marketing',
};

const fieldOf = new Map(
  Object.entries(known).flatMap(([field, names]) => names.split('|').map((name) => [name, field as SheetField] as const)),
);

/** A heading as it is compared. */
export const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();

/** The columns of one sheet. */
export interface Headings {
  readonly sheet: string;
  readonly row: number;
  /** Heading of each column as written; made unique. */
  readonly names: readonly string[];
  readonly columns: ReadonlyMap<SheetField, readonly number[]>;
}

function namesOf(rows: readonly SheetRow[], at: number): string[] {
  const width = Math.max(...rows.map(({ cells }) => cells.length), 0);
  const seen = new Map<string, number>();
  return Array.from({ length: width }, (_, column) => {
    // a heading merged over two rows stands in the upper one
    const own = cellText(rows[at]?.cells[column]);
    const name =
      (own === '' && at > 0 && rows[at]?.number === (rows[at - 1]?.number ?? 0) + 1
        ? cellText(rows[at - 1]?.cells[column])
        : own) || `column ${column + 1}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

function columnsOf(names: readonly string[], settings: SheetSettings): Map<SheetField, number[]> {
  const wanted = new Map(Object.entries(settings.columns).map(([field, heading]) => [folded(heading), field as SheetField])); // unknown ones match nothing
  const columns = new Map<SheetField, number[]>();
  names.forEach((name, column) => {
    const field = wanted.get(folded(name)) ?? fieldOf.get(folded(name.replace(/ \(\d+\)$/, '')));
    if (field !== undefined) columns.set(field, [...(columns.get(field) ?? []), column]);
  });
  const alone =
    columns.has('fullName') || columns.has('givenName') === columns.has('familyName')
      ? undefined
      : columns.has('givenName')
        ? 'givenName'
        : 'familyName';
  if (alone !== undefined) {
    columns.set('fullName', columns.get(alone) ?? []); // "Nombre", "Nom" alone is the whole name
    columns.delete(alone);
  }
  return columns;
}

const isSure = (columns: ReadonlyMap<SheetField, unknown>): boolean =>
  ['givenName', 'familyName', 'fullName', 'emails', 'phones', 'taxId', 'companyName'].some((field) =>
    columns.has(field as SheetField),
  );

/** The headings among the first rows of a sheet: the row that names the most fields. Undefined when none does. */
export function headingsAmong(rows: readonly SheetRow[], settings: SheetSettings): Headings | undefined {
  let best: Headings | undefined;
  rows.forEach((row, at) => {
    if (settings.headerRow !== undefined && row.number !== settings.headerRow) return;
    const names = namesOf(rows.slice(0, at + 1), at);
    const columns = columnsOf(names, settings);
    const enough =
      settings.headerRow !== undefined || columns.size >= 2 || row.cells.filter((cell) => cellText(cell) !== '').length === 1;
    if (!isSure(columns) || !enough) return;
    if (best === undefined || columns.size > best.columns.size) best = { sheet: row.sheet, row: row.number, names, columns };
  });
  return best;
}

/** @throws FichaError `heading-missing` for a heading of the settings that the sheet does not have */
export function checkHeadings({ names, row }: Headings, settings: SheetSettings): void {
  const there = new Set(names.map(folded));
  const missing = Object.values(settings.columns).filter((heading) => !there.has(folded(heading)));
  if (missing.length > 0) {
    throw new FichaError(
      'heading-missing',
      `the linked sheet has no column "${missing[0] ?? ''}" in row ${row}; see config.columns and config.key`,
    );
  }
}
