import { type Evidence, type EvidenceField, evidenceFields } from './evidence.ts';

/**
 * What two records that share a key can be: one person, two of one household, two people with the same names at two places, two with one
 * family name in one town, two with one given name in one town (neighbours), or two born on one day. The kinds of different people agree in different things: a household in telephone and
 * address, namesakes in the name; weighed as one kind, each would hide the others.
 */
export const relations = ['same', 'household', 'namesake', 'town', 'neighbour', 'birthday'] as const;
export type Relation = (typeof relations)[number];

/** How often records agree at each level, for each relation; of each field the shares of the levels that are known add up to one. */
export type LevelShares = { readonly [Field in EvidenceField]: Readonly<Record<string, number>> };

/** How common names are among the people. */
export interface NameCounts {
  /** How many people carry a name (`sorted`), about. */
  readonly counts: ReadonlyMap<string, number>;
  /** How many carry the name of a usual record: the geometric mean over the records. */
  readonly usual: number;
}

/** What matching knows of the data: shipped, or learnt from the records by `learnModel`. */
export interface MatchModel {
  /** How many of the compared pairs are of each relation. */
  readonly share: Readonly<Record<Relation, number>>;
  readonly levels: Readonly<Record<Relation, LevelShares>>;
  /** Undefined: not counted, so that every name weighs the same. */
  readonly names?: NameCounts;
  /**
   * Whether all other evidence may outvote birth dates that contradict. Only a model that was learnt from many pairs knows whether its
   * data have parents and children of one name.
   */
  readonly outvotesDates: boolean;
  /**
   * Whether all other evidence may outvote two tax ids that are no slip of each other: only where hardly two people share a home, and so all
   * else that can agree.
   */
  readonly outvotesTaxIds: boolean;
}

const idsOfTwo = { equal: 0.0002, typed: 0.0003, slip: 0.0005, slips: 0.002, differ: 0.6, conflict: 0.397 };

/** Birth dates of two people who have no more in common than where and how they live. */
const birthOfTwo = {
  equal: 0.001,
  swapped: 0.0005,
  slip: 0.003,
  slips: 0.012,
  decade: 0.003,
  yearOnly: 0.01,
  year: 0.02,
  differ: 0.9505,
};

/**
 * The model that ships: what the fields mean, in shares set by hand, for people who live together, move, marry and mistype. With it the
 * first fifty records already work.
 */
export const shippedModel: MatchModel = {
  outvotesDates: false,
  outvotesTaxIds: false,
  share: { same: 0.35, household: 0.1, namesake: 0.2, town: 0.2, neighbour: 0.1, birthday: 0.05 },
  levels: {
    same: {
      given: { equal: 0.72, variant: 0.09, typo: 0.1, similar: 0.03, initial: 0.06, differ: 0.01 },
      family: { equal: 0.8, variant: 0.05, typo: 0.1, similar: 0.03, initial: 0.01, differ: 0.01 },
      birth: { equal: 0.84, swapped: 0.01, slip: 0.08, slips: 0.02, decade: 0.005, yearOnly: 0.03, year: 0.005, differ: 0.01 },
      taxId: { equal: 0.45, typed: 0.45, slip: 0.07, slips: 0.01, differ: 0.019, conflict: 0.001 },
      email: { ownMade: 0.5, own: 0.22, shared: 0.03, local: 0.02, slip: 0.05, differ: 0.18 },
      phone: { own: 0.75, shared: 0.02, slip: 0.02, differ: 0.21 },
      place: { postcode: 0.75, city: 0.12, slip: 0.05, differ: 0.08 },
      street: { equal: 0.75, similar: 0.15, differ: 0.1 },
    },
    household: {
      given: { equal: 0.05, variant: 0.01, typo: 0.02, similar: 0.05, initial: 0.05, differ: 0.82 },
      family: { equal: 0.9, variant: 0.02, typo: 0.06, similar: 0.01, initial: 0.005, differ: 0.005 },
      birth: { equal: 0.01, swapped: 0.001, slip: 0.003, slips: 0.01, decade: 0.05, yearOnly: 0.01, year: 0.02, differ: 0.896 },
      taxId: idsOfTwo,
      email: { ownMade: 0.02, own: 0.05, shared: 0.03, local: 0.003, slip: 0.01, differ: 0.887 },
      phone: { own: 0.45, shared: 0.05, slip: 0.01, differ: 0.49 },
      place: { postcode: 0.75, city: 0.1, slip: 0.05, differ: 0.1 },
      street: { equal: 0.7, similar: 0.1, differ: 0.2 },
    },
    namesake: {
      given: { equal: 0.7, variant: 0.08, typo: 0.03, similar: 0.03, initial: 0.05, differ: 0.11 },
      family: { equal: 0.85, variant: 0.02, typo: 0.05, similar: 0.02, initial: 0.01, differ: 0.05 },
      birth: { ...birthOfTwo },
      taxId: idsOfTwo,
      email: { ownMade: 0.004, own: 0.004, shared: 0.03, local: 0.03, slip: 0.003, differ: 0.929 },
      phone: { own: 0.015, shared: 0.03, slip: 0.005, differ: 0.95 },
      place: { postcode: 0.05, city: 0.12, slip: 0.01, differ: 0.82 },
      street: { equal: 0.01, similar: 0.02, differ: 0.97 },
    },
    town: {
      given: { equal: 0.02, variant: 0.01, typo: 0.01, similar: 0.02, initial: 0.02, differ: 0.92 },
      family: { equal: 0.93, variant: 0.02, typo: 0.02, similar: 0.01, initial: 0.005, differ: 0.015 },
      birth: { ...birthOfTwo },
      taxId: idsOfTwo,
      email: { ownMade: 0.001, own: 0.004, shared: 0.02, local: 0.005, slip: 0.003, differ: 0.967 },
      phone: { own: 0.008, shared: 0.02, slip: 0.003, differ: 0.969 },
      place: { postcode: 0.15, city: 0.75, slip: 0.03, differ: 0.07 },
      street: { equal: 0.02, similar: 0.03, differ: 0.95 },
    },
    neighbour: {
      given: { equal: 0.9, variant: 0.03, typo: 0.02, similar: 0.01, initial: 0.02, differ: 0.02 },
      family: { equal: 0.01, variant: 0.01, typo: 0.005, similar: 0.02, initial: 0.005, differ: 0.95 },
      birth: { ...birthOfTwo },
      taxId: idsOfTwo,
      email: { ownMade: 0.0002, own: 0.003, shared: 0.02, local: 0.003, slip: 0.003, differ: 0.9708 },
      phone: { own: 0.005, shared: 0.02, slip: 0.003, differ: 0.972 },
      place: { postcode: 0.3, city: 0.6, slip: 0.03, differ: 0.07 },
      street: { equal: 0.02, similar: 0.03, differ: 0.95 },
    },
    birthday: {
      given: { equal: 0.06, variant: 0.02, typo: 0.02, similar: 0.1, initial: 0.05, differ: 0.75 },
      family: { equal: 0.03, variant: 0.01, typo: 0.02, similar: 0.1, initial: 0.01, differ: 0.83 },
      birth: { equal: 0.9, swapped: 0.002, slip: 0.01, slips: 0.01, decade: 0.002, yearOnly: 0.06, year: 0.008, differ: 0.008 },
      taxId: idsOfTwo,
      email: { ownMade: 0.001, own: 0.004, shared: 0.02, local: 0.01, slip: 0.005, differ: 0.96 },
      phone: { own: 0.005, shared: 0.02, slip: 0.005, differ: 0.97 },
      place: { postcode: 0.05, city: 0.1, slip: 0.03, differ: 0.82 },
      street: { equal: 0.02, similar: 0.03, differ: 0.95 },
    },
  },
};

const leastShare = 1e-6;
/** How often records of a relation agree at this level; nothing is taken for impossible. */
export const shareOf = (model: MatchModel, relation: Relation, field: EvidenceField, level: string): number =>
  level === 'missing' ? 1 : Math.max(leastShare, model.levels[relation][field][level] ?? leastShare);

function likelihood(evidence: Evidence, model: MatchModel, relation: Relation): number {
  let product = model.share[relation];
  for (const field of evidenceFields) product *= shareOf(model, relation, field, evidence[field]);
  return product;
}

/** How likely the evidence is, together with each relation. */
export function likelihoods(evidence: Evidence, model: MatchModel): Record<Relation, number> {
  return {
    same: likelihood(evidence, model, 'same'),
    household: likelihood(evidence, model, 'household'),
    namesake: likelihood(evidence, model, 'namesake'),
    town: likelihood(evidence, model, 'town'),
    neighbour: likelihood(evidence, model, 'neighbour'),
    birthday: likelihood(evidence, model, 'birthday'),
  };
}

const mostTimes = 8;
/** Less than 1, because a common name is common among the people of one household too. */
const sharpness = 0.8;

/** How much more often than usual two people carry this name by chance; 1 where it differs. */
function chanceOfName({ given, family }: Evidence, times: number): number {
  if (given === 'differ' || family === 'differ') return 1;
  return Math.min(mostTimes, Math.max(1 / mostTimes, times)) ** sharpness;
}

const mostBits = 30;

/**
 * Match weight of two people's records: how much likelier the evidence says one person than any kind of two, in bits; 0 is even odds.
 * @param times how many times as many people as usual carry the commoner of the two names; 1 where they were not counted
 * @see I. Fellegi, A. Sunter, A theory for record linkage, 1969
 * @see W. Winkler, Frequency-based matching in the Fellegi-Sunter model, 1989, for names that are common or rare
 */
export function matchWeight(evidence: Evidence, model: MatchModel, times = 1): number {
  return weightOfLikely(evidence, likelihoods(evidence, model), times);
}

/** The same from likelihoods that are known: many pairs have the same evidence and other names. */
export function weightOfLikely(evidence: Evidence, likely: Readonly<Record<Relation, number>>, times: number): number {
  const { same, household, namesake, town, neighbour, birthday } = likely;
  const bits = Math.log2(same / (household + town + neighbour + birthday + namesake * chanceOfName(evidence, times)));
  return Math.max(-mostBits, Math.min(mostBits, bits));
}

/**
 * What one field says by itself, in bits: how much more often records of one person agree at this level than compared records of two.
 * The fields do not add up to the match weight, which weighs every kind of two people by itself.
 */
export function fieldWeight(field: EvidenceField, level: string, model: MatchModel): number {
  if (level === 'missing') return 0;
  const others = relations.filter((relation) => relation !== 'same');
  const shares = others.reduce((sum, relation) => sum + model.share[relation], 0);
  const ofTwo = others.reduce((sum, relation) => sum + model.share[relation] * shareOf(model, relation, field, level), 0);
  return Math.log2(shareOf(model, 'same', field, level) / (ofTwo / shares));
}
