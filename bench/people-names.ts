/** Names that the invented people of `people-generator.ts` have; each language's commonest, with the short forms that records carry. */
interface NameStock {
  readonly given: readonly string[];
  readonly family: readonly string[];
  readonly domains: readonly string[];
}

export const nameStocks: Readonly<Record<'es' | 'it' | 'fr', NameStock>> = {
  es: {
    given:
      'Laura Ana Isabel Carmen Cristina Elena Marta Sara Paula Raquel Antonio Manuel Juan Francisco Javier Alejandro David Daniel María Carlos Miguel Rafael Pablo Lucía Sergio José Jesús'.split(
        ' ',
      ),
    family:
      'Moreno Ruiz Alonso Romero Navarro Gil Torres Sánchez Molina Martínez Martín Ramos Blanco Fernández Pérez Serrano Rodríguez López Gómez Díaz González García Álvarez Jiménez Hernández Gutiérrez Morales Muñoz Vázquez Domínguez'.split(
        ' ',
      ),
    domains: ['gmail.com', 'hotmail.com', 'outlook.es', 'telefonica.net'],
  },
  it: {
    given:
      'Giulia Federica Chiara Francesca Luca Andrea Elisa Martina Marco Matteo Alessandro Giuseppe Stefano Giovanni Roberto Paolo Sara Laura Elena Francesco'.split(
        ' ',
      ),
    family:
      'Bianchi Russo Colombo Esposito Rossi Romano Ferrari Ricci Marino Greco Bruno Costa Mancini Conti Gallo Rizzo Lombardi DeLuca Moretti Giordano'.split(
        ' ',
      ),
    domains: ['libero.it', 'yahoo.it', 'gmail.com', 'hotmail.com'],
  },
  fr: {
    given:
      'Camille Marie Manon Emma Julie Sophie Thomas Léa Nicolas Julien Chloé Pierre Jean Hugo Antoine Maxime Lucas Quentin'.split(
        ' ',
      ),
    family:
      'Dubois Bernard Richard Simon Durand Petit Leroy Robert David Bertrand Moreau Lefebvre Michel Laurent Roux Fournier Girard Lambert Mercier Dupont'.split(
        ' ',
      ),
    domains: ['orange.fr', 'free.fr', 'gmail.com', 'hotmail.com'],
  },
};

/** What people call each other, by the folded name. */
export const shortForms: Readonly<Record<string, readonly string[]>> = {
  jose: ['Pepe'],
  francisco: ['Paco', 'Fran'],
  antonio: ['Toni'],
  manuel: ['Manolo'],
  juan: ['Juanito'],
  isabel: ['Isa'],
  alejandro: ['Alex'],
  alessandro: ['Sandro', 'Ale'],
  rafael: ['Rafa'],
  javier: ['Javi'],
  cristina: ['Cris'],
  daniel: ['Dani'],
  miguel: ['Miki'],
  giuseppe: ['Beppe'],
  giovanni: ['Gianni'],
  francesca: ['Fra'],
  francesco: ['Franco'],
  roberto: ['Berto'],
  nicolas: ['Nico'],
  thomas: ['Tom'],
  maxime: ['Max'],
  julie: ['Juju'],
};

/** Cities with the first two digits of their postcodes. */
export const greatCities: readonly (readonly [string, string])[] = [
  ['Madrid', '28'],
  ['Barcelona', '08'],
  ['Valencia', '46'],
  ['Sevilla', '41'],
  ['Bilbao', '48'],
  ['Roma', '00'],
  ['Milano', '20'],
  ['Napoli', '80'],
  ['Torino', '10'],
  ['Paris', '75'],
  ['Lyon', '69'],
  ['Lille', '59'],
  ['Nantes', '44'],
];

export const syllables =
  'ba be bi bo ca co cu da de do el es fa fe fi fo ga gal gi go her in ja jo la le li lo lu ma me men mi mo na ne ni no or pa per po ra re ri ro sa se sel ta te ti to ul va ve vi vo za ze zo'.split(
    ' ',
  );
