/** What a column can be, in the order in which the help lists them. */
export const fields = [
  'record_id',
  'system',
  'kind',
  'given_name',
  'family_name',
  'full_name',
  'company_name',
  'birth_date',
  'email',
  'phone',
  'tax_id',
  'passport',
  'driving_licence',
  'national_id',
  'street',
  'city',
  'postcode',
  'country',
] as const;

export type Field = (typeof fields)[number];

/** Headers that mean a field in the files people have, folded to letters and digits; the first of a file wins. */
const known: Readonly<Record<Field, string>> = {
  record_id: 'recordid uniqueid recid id rowid externalid customerid clientid',
  system: 'system source datasource sourcesystem sourcedataset',
  kind: 'kind recordtype entitytype',
  given_name: 'givenname firstname namefirst forename nombre prenom nome vorname',
  family_name: 'familyname surname lastname namelast apellidos apellido nomdefamille cognome nachname',
  full_name: 'fullname namefull name nombrecompleto nomcomplet nomecompleto displayname',
  company_name:
    'companyname nameorg company organisation organization businessname razonsocial raisonsociale ragionesociale empresa',
  birth_date: 'birthdate dateofbirth dob birthday fechanacimiento datedenaissance datadinascita geburtsdatum',
  email: 'email emailaddress mail correo courriel',
  phone: 'phone phonenumber telephone mobile telefono tel movil cellulare portable',
  tax_id: 'taxid taxidnumber nif vat vatnumber codicefiscale partitaiva siren siret socsecid ssnnumber',
  passport: 'passport passportnumber pasaporte passaporto passeport',
  driving_licence: 'drivinglicence drivinglicense driverslicense driverslicensenumber carnetdeconducir patente permisdeconduire',
  national_id: 'nationalid nationalidnumber',
  street: 'street addrline1 address addressline1 direccion adresse indirizzo addrfull',
  city: 'city addrcity town suburb locality ciudad ville citta comune stadt',
  postcode: 'postcode addrpostalcode postalcode zip zipcode codigopostal codepostal cap plz postcodefake',
  country: 'country addrcountry countrycode pais pays paese land',
};

const simple = (header: string): string =>
  header
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');

const meanings = new Map(fields.flatMap((field) => known[field].split(' ').map((name) => [name, field] as const)));

/** The field that a header means without a map: its own name or a common other one, whatever its case, accents and dashes. */
export function fieldOf(header: string): Field | undefined {
  return meanings.get(simple(header));
}
