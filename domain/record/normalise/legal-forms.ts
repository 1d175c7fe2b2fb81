/**
 * Legal forms of companies as they are written behind or before a name, folded and without dots; ES, FR, IT, PT, DE, AT, UK, IE, US, NL,
 * BE, CH and the Nordic ones that trade here. Forms of several words come first, longest first.
 */
export const legalPhrases: readonly string[] = [
  'sociedad anonima unipersonal',
  'sociedad anonima deportiva',
  'sociedad anonima laboral',
  'sociedad anonima',
  'sociedad de responsabilidad limitada',
  'sociedad limitada nueva empresa',
  'sociedad limitada profesional',
  'sociedad limitada unipersonal',
  'sociedad limitada laboral',
  'sociedad limitada',
  'sociedad cooperativa andaluza',
  'sociedad cooperativa limitada',
  'sociedad cooperativa',
  'sociedad civil particular',
  'sociedad civil',
  'comunidad de bienes',
  'union temporal de empresas',
  'agrupacion de interes economico',
  'societe a responsabilite limitee',
  'societe par actions simplifiee unipersonnelle',
  'societe par actions simplifiee',
  'societe anonyme',
  'societe civile immobiliere',
  'societe en nom collectif',
  'entreprise unipersonnelle a responsabilite limitee',
  'groupement d interet economique',
  'societa a responsabilita limitata semplificata',
  'societa a responsabilita limitata',
  'societa per azioni',
  'societa in nome collettivo',
  'societa in accomandita semplice',
  'societa cooperativa sociale',
  'societa cooperativa',
  'sociedade unipessoal limitada',
  'sociedade por quotas',
  'sociedade anonima',
  'unipessoal limitada',
  'unipessoal lda',
  'gesellschaft mit beschrankter haftung',
  'gesellschaft mbh',
  'aktiengesellschaft',
  'kommanditgesellschaft',
  'gmbh and co kgaa',
  'gmbh and co kg',
  'ag and co kg',
  'gmbh co kgaa',
  'gmbh co kg',
  'ag co kg',
  'ug haftungsbeschrankt',
  'ohg mbh',
  'public limited company',
  'private limited company',
  'limited liability company',
  'limited liability partnership',
  'limited partnership',
  'incorporated company',
  'pty ltd',
  'co ltd',
  'co inc',
  's coop and',
  's coop',
  'soc coop',
  'srl unipersonale',
  'srl semplificata',
  'spa unipersonale',
];

export const legalForms: ReadonlySet<string> = new Set(
  // ES
  (
    'sl slu slp slpu sll slne srl sa sau sal sad sca sc scp scoop sccl coop cb aie ute ' +
    // IT
    'srls spa sas snc sapa scarl scrl scpa ss onlus ' +
    // FR, BE, LU
    'sarl eurl sasu sci scm selarl selas scop gie ei eirl sprl bvba ' +
    // PT
    'lda ltda unipessoal sgps ' +
    // DE, AT, CH
    'gmbh mbh ag ug kg kgaa ohg gbr ek ev eg ' +
    // UK, IE, US, Nordic, NL
    'ltd limited plc llp llc lp inc incorporated corp corporation co company cic pc pllc dac bv nv vof se ab as asa aps oy oyj'
  ).split(' '),
);

/** Forms that stand in front of a name: "SARL Dupont", "Ets Martin". */
export const leadingForms: ReadonlySet<string> = new Set(
  'sarl eurl sas sasu sci scp selarl ets etablissements ste societe gie firma ditta soc'.split(' '),
);
