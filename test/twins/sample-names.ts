/** Invented people and companies of the sample workspace: given names, family names, places by country. Nobody real. */
export interface NameSet {
  readonly country: 'ES' | 'IT' | 'FR';
  readonly given: readonly string[];
  readonly family: readonly string[];
  readonly places: readonly (readonly [city: string, postcode: string])[];
  readonly streets: readonly string[];
  readonly nicknames: Readonly<Record<string, string>>;
  readonly mailDomains: readonly string[];
}

export const nameSets: readonly NameSet[] = [
  {
    country: 'ES',
    given: [
      'María',
      'Ana',
      'Lucía',
      'Carmen',
      'José',
      'Francisco',
      'Javier',
      'Antonio',
      'Manuel',
      'Pablo',
      'Elena',
      'Beatriz',
      'Álvaro',
      'Iñigo',
      'Rocío',
      'Núria',
      'Jorge',
      'Sergio',
    ],
    family: [
      'García',
      'Fernández',
      'López',
      'Martínez',
      'Sánchez',
      'Pérez',
      'Gómez',
      'Ruiz',
      'Hernández',
      'Díaz',
      'Moreno',
      'Muñoz',
      'Álvarez',
      'Romero',
      'Navarro',
      'Torres',
      'Ibáñez',
      'Peña',
      'Cordero',
      'Vidal',
    ],
    places: [
      ['Madrid', '28013'],
      ['Sevilla', '41001'],
      ['Bilbao', '48005'],
      ['Valencia', '46002'],
      ['Zaragoza', '50001'],
      ['Málaga', '29005'],
    ],
    streets: ['Calle Mayor', 'Avenida de la Paz', 'Calle del Sol', 'Plaza Nueva', 'Paseo del Prado'],
    nicknames: { José: 'Pepe', Francisco: 'Paco', Manuel: 'Manolo' },
    mailDomains: ['correo.example', 'buzon.example', 'postal.example'],
  },
  {
    country: 'IT',
    given: [
      'Giulia',
      'Francesca',
      'Chiara',
      'Marco',
      'Luca',
      'Giuseppe',
      'Paolo',
      'Matteo',
      'Elisa',
      'Sara',
      'Niccolò',
      'Alessandro',
    ],
    family: [
      'Rossi',
      'Russo',
      'Ferrari',
      'Esposito',
      'Bianchi',
      'Romano',
      'Colombo',
      'Ricci',
      'Marino',
      'Greco',
      'Conti',
      "D'Angelo",
    ],
    places: [
      ['Milano', '20121'],
      ['Torino', '10121'],
      ['Napoli', '80133'],
      ['Bologna', '40121'],
      ['Firenze', '50122'],
    ],
    streets: ['Via Roma', 'Corso Italia', 'Via Garibaldi', 'Piazza Dante'],
    nicknames: { Giuseppe: 'Beppe', Alessandro: 'Sandro', Francesca: 'Franca' },
    mailDomains: ['posta.example', 'casella.example'],
  },
  {
    country: 'FR',
    given: ['Camille', 'Léa', 'Chloé', 'Manon', 'Jean', 'Pierre', 'Louis', 'Hugo', 'Françoise', 'Hélène', 'Benoît', 'Zoé'],
    family: [
      'Martin',
      'Bernard',
      'Dubois',
      'Durand',
      'Lefèvre',
      'Moreau',
      'Simon',
      'Laurent',
      'Michel',
      'Lefebvre',
      'Girard',
      'de La Tour',
    ],
    places: [
      ['Paris', '75011'],
      ['Lyon', '69002'],
      ['Marseille', '13006'],
      ['Lille', '59000'],
      ['Nantes', '44000'],
    ],
    streets: ['rue de la République', 'avenue Victor-Hugo', 'place du Marché', 'rue des Lilas'],
    nicknames: { Françoise: 'Fanfan', Benoît: 'Ben' },
    mailDomains: ['courriel.example', 'boite.example'],
  },
];

export const companyWords = [
  'Norte',
  'Aurora',
  'Delta',
  'Iberia',
  'Lumen',
  'Vega',
  'Costa',
  'Prisma',
  'Solaria',
  'Atlas',
  'Meridiana',
  'Corvo',
  'Fontana',
  'Lys',
  'Brume',
  'Olivo',
  'Cobalto',
  'Zenit',
];
export const companyTrades = ['Logistics', 'Textil', 'Consulting', 'Alimentari', 'Conseil', 'Energía', 'Software', 'Transports'];
export const legalForms = { ES: ['S.L.', 'S.A.'], IT: ['S.r.l.', 'S.p.A.'], FR: ['SARL', 'SAS'] } as const;

/** Companies written in several ways, as people do. */
export const spellings: readonly (readonly string[])[] = [
  ['IBM', 'I.B.M.', 'I-B-M', 'IBM, S.A.'],
  ['SEAT', 'S.E.A.T.', 'SEAT S.A.', 'Seat'],
  ['ENI', 'E.N.I.', 'Eni S.p.A.', 'E-N-I'],
];
