/** Canonical street types, each with the ways in which it is written, folded and without dots; es, ca, it, fr, pt, de, en. */
const types: Readonly<Record<string, string>> = {
  calle: 'calle cl c carrer cr',
  avenida: 'avenida avda avd av avinguda avenue ave aven viale vle avenida',
  plaza: 'plaza pza plz pl plaça placa piazza pzza pza place piazzale ple praca platz square sq',
  paseo: 'paseo po pso pg passeig passeggiata promenade prom passeio',
  carretera: 'carretera ctra crta carrera road rd route rte strada strada rodovia',
  camino: 'camino cno cami chemin che chem ch caminho lane ln weg',
  ronda: 'ronda rda',
  travesia: 'travesia trv trva travessera traverse trav tra traversa travessa',
  glorieta: 'glorieta gta rond-point',
  urbanizacion: 'urbanizacion urb lotissement lot',
  poligono: 'poligono pol polig',
  barrio: 'barrio bo bda barriada quartier quai',
  cuesta: 'cuesta cta salita',
  pasaje: 'pasaje pje psje passage pass vicolo vico galleria',
  via: 'via v',
  corso: 'corso cso cs',
  largo: 'largo lgo',
  contrada: 'contrada cda localita loc frazione fraz',
  rue: 'rue r rua',
  boulevard: 'boulevard bd bld boul blvd bulevar',
  allee: 'allee all allees alameda alam',
  impasse: 'impasse imp',
  cours: 'cours crs',
  strasse: 'strasse str straße',
  gasse: 'gasse',
  street: 'street st',
  drive: 'drive dr',
  court: 'court ct',
  crescent: 'crescent cres crst',
  close: 'close clo',
  terrace: 'terrace ter terr tce',
  circuit: 'circuit cct circ',
  parade: 'parade pde',
  highway: 'highway hwy',
  parkway: 'parkway pkwy',
  grove: 'grove gr',
  gardens: 'gardens gdns',
};

export const streetTypes: ReadonlyMap<string, string> = new Map(
  Object.entries(types).flatMap(([type, forms]) => forms.split(' ').map((form) => [form, type] as const)),
);

/** German street types are the end of the word: Hardenbergstr., Hauptstraße. */
export const joinedTypes: readonly (readonly [RegExp, string])[] = [
  [/^(\p{L}{3,}?)(?:strasse|str)$/u, 'strasse'],
  [/^(\p{L}{3,}?)gasse$/u, 'gasse'],
];

/** Words between type and name that people leave out. */
export const smallWords: ReadonlySet<string> = new Set(
  'de del la las el los les le d l du des da do dos das dei degli della delle dello di al alla of the i y e et und'.split(' '),
);

/** Words that shorten what stands in street names. */
export const wordForms: ReadonlyMap<string, string> = new Map(
  Object.entries({
    sta: 'santa',
    sto: 'santo',
    ste: 'sainte',
    gral: 'general',
    gen: 'general',
    dr: 'doctor',
    dra: 'doctora',
    prof: 'professor',
    ntra: 'nuestra',
    sra: 'senora',
    mtro: 'maestro',
    ing: 'ingeniero',
    fco: 'francisco',
    ma: 'maria',
    mt: 'mount',
    ft: 'fort',
    n: 'north',
    s: 'south',
    w: 'west',
  }),
);

/** What follows is a door and not the street: floor, flat, staircase. */
export const unitWords: ReadonlySet<string> = new Set(
  (
    'piso pta puerta esc escalera planta bajo bajos entlo entresuelo atico izq izda izquierda dcha derecha dup portal bloque bl ' +
    'int interno scala sc piano p apt apto appt appartement apartment flat unit suite ste bat batiment etage esc rez hinterhaus stock wohnung andar fraccao bis ter quater'
  ).split(' '),
);

/** Words that say "number" and nothing else. */
export const numberWords: ReadonlySet<string> = new Set('n no num numero nr nro numeros nº n° numero'.split(' '));

/** "without number", in its ways of writing. */
export const noNumber = /\b(?:s\/?n|snc|sin numero|senza numero)\b/gu;

/** Names of cities that are written in two languages, each to one of them. */
const cityForms: Readonly<Record<string, string>> = {
  milano: 'milan mailand',
  roma: 'rome',
  napoli: 'naples napoles',
  torino: 'turin',
  firenze: 'florence florencia florenz',
  venezia: 'venice venecia venise venedig',
  genova: 'genoa genes',
  padova: 'padua padoue',
  mantova: 'mantua',
  siracusa: 'syracuse',
  bolzano: 'bozen',
  sevilla: 'seville siviglia',
  zaragoza: 'saragossa saragosse saragozza',
  cordoba: 'cordova cordoue',
  cadiz: 'cadix cadice',
  barcelona: 'barcelone barcellona',
  'la coruna': 'a coruna|coruna',
  ourense: 'orense',
  girona: 'gerona gerone',
  lleida: 'lerida',
  donostia: 'san sebastian|donostia san sebastian|saint sebastien',
  vitoria: 'vitoria gasteiz|gasteiz',
  pamplona: 'iruna|pamplona iruna|pampelune',
  bilbao: 'bilbo',
  alicante: 'alacant',
  elche: 'elx',
  valencia: 'valence espagne|valencia espana',
  castellon: 'castellon de la plana|castello de la plana|castello',
  palma: 'palma de mallorca',
  lyon: 'lione|lyons',
  marseille: 'marsella|marsiglia|marseilles',
  nice: 'niza|nizza',
  bordeaux: 'burdeos',
  toulouse: 'tolosa',
  paris: 'parigi',
  strasbourg: 'estrasburgo|strasburgo|strassburg',
  lisboa: 'lisbon|lisbonne|lisbona|lissabon',
  porto: 'oporto',
  koln: 'cologne|colonia|koeln',
  munchen: 'munich|monaco di baviera|muenchen',
  wien: 'vienna|viena|vienne autriche',
  geneve: 'geneva|ginebra|ginevra|genf',
  london: 'londres|londra',
  bruxelles: 'brussels|bruselas|brussel',
};

/** Names that hold spaces are parted by `|`, the others by a space. */
const formsOf = (forms: string): string[] => forms.split(forms.includes('|') ? '|' : ' ');

export const cityNames: ReadonlyMap<string, string> = new Map(
  Object.entries(cityForms).flatMap(([city, forms]) => formsOf(forms).map((form) => [form, city] as const)),
);
