/** What one mailing list of the ERP means for consent. */
export interface FollowedList {
  /** Its name in Tryton; `*` is every list that is not named. */
  readonly name: string;
  readonly purpose: string;
  /** Addresses on it were confirmed by their owner, so that being on it is consent. */
  readonly optIn: boolean;
}

/** Settings of one linked Tryton, valid against the manifest. */
export interface TrytonSettings {
  readonly url: string;
  readonly database: string;
  readonly user: string;
  readonly lists: readonly FollowedList[];
  /** How long a transaction may stay open: what it writes is stamped with its start. */
  readonly lookBackMs: number;
  /** Names of party categories that say what a party is. */
  readonly companyCategories: readonly string[];
  readonly personCategories: readonly string[];
  /** Names of the relation types that go from a person to the company they work for. */
  readonly employmentRelations: readonly string[];
}

const folded = (names: unknown, otherwise: readonly string[]): readonly string[] =>
  ((names as readonly string[] | undefined) ?? otherwise).map((name) => name.toLowerCase()); // valid against the manifest's schema

/** The settings with what is left out filled in; names in lower case. */
export function trytonSettings(config: Readonly<Record<string, unknown>>): TrytonSettings {
  const lists = (config.lists ?? []) as readonly { readonly name: string; readonly purpose?: string; readonly optIn?: boolean }[]; // valid, too
  const followed = lists.map(({ name, purpose, optIn }) => ({ name, purpose: purpose ?? 'marketing', optIn: optIn ?? false }));
  return {
    url: String(config.url).replace(/\/+$/, ''),
    database: String(config.database),
    user: String(config.user),
    lists: followed.some(({ name }) => name === '*')
      ? followed
      : [...followed, { name: '*', purpose: 'marketing', optIn: false }],
    lookBackMs: Number(config.lookBackSeconds ?? 300) * 1000,
    companyCategories: folded(config.companyCategories, ['Company', 'Empresa', 'Entreprise', 'Azienda']),
    personCategories: folded(config.personCategories, ['Person', 'Persona', 'Personne']),
    employmentRelations: folded(config.employmentRelations, [
      'Employee of',
      'Works for',
      'Empleado de',
      'Employé de',
      'Dipendente di',
    ]),
  };
}

/** What a list of this name means. */
export const listNamed = ({ lists }: TrytonSettings, name: unknown): FollowedList | undefined =>
  lists.find((list) => list.name === name) ?? lists.find((list) => list.name === '*');

/** Every purpose that a list may serve, each once. */
export const purposesOf = ({ lists }: TrytonSettings): readonly string[] => [...new Set(lists.map(({ purpose }) => purpose))];
