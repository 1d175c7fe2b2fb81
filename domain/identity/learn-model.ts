import { type EvidenceField, evidenceFields, evidenceLevels, evidenceOfPattern } from './evidence.ts';
import {
  type LevelShares,
  type MatchModel,
  type NameCounts,
  type Relation,
  relations,
  shareOf,
  shippedModel,
} from './match-model.ts';

/** How many compared pairs have each pattern of evidence; see `patternOf`. */
export type PatternCounts = ReadonlyMap<number, number>;

const rounds = 40;
/** The shipped levels count as so many pairs of the data at hand, of each relation: they steer, and do not outvote. */
const shippedPairs = 0.01;
const fewestPairs = 300;
/**
 * So many pairs can show that hardly any are of a household, say: from here on the shipped shares of the relations count as few pairs, and
 * evidence may outvote birth dates that contradict. Fewer pairs may lack parent and child by chance.
 */
const tellingPairs = 3_000;
const sharesOfTelling = 10;
/** Fewer of the compared pairs than that are of one household: hardly two people are alike in all but their ids. */
const fewHouseholds = 0.02;
/** A clerk mistypes the family name of two people as often as of one; most of it is sure, since keys find such pairs less often. */
const typosOfTwo = 0.75;

/** Expected numbers of pairs, for each relation by the place of a level. */
type Counts = Readonly<Record<Relation, Float64Array>>;

/** Every level of every field but `missing`, one behind the other: tables are read by their place here. */
const knownLevels = evidenceFields.flatMap((field) =>
  evidenceLevels[field].filter((level) => level !== 'missing').map((level) => ({ field, level })),
);
const placeOfLevel = new Map<string, number>(knownLevels.map(({ field, level }, place) => [`${field} ${level}`, place]));

/** The patterns with their numbers, in a form that forty rounds read fast. */
interface CountedPatterns {
  /** For each pattern, field by field, the place of its level; -1 where it is missing. */
  readonly places: Int8Array;
  readonly counts: readonly number[];
}

function countedPatterns(counts: PatternCounts): CountedPatterns {
  const sorted = [...counts].sort(([one], [other]) => one - other);
  const places = new Int8Array(sorted.length * evidenceFields.length);
  for (const [at, [pattern]] of sorted.entries()) {
    const evidence = evidenceOfPattern(pattern);
    for (const [nth, field] of evidenceFields.entries())
      places[at * evidenceFields.length + nth] = placeOfLevel.get(`${field} ${evidence[field]}`) ?? -1;
  }
  return { places, counts: sorted.map(([, count]) => count) };
}

const forEachRelation = <Value>(of: (relation: Relation) => Value): Record<Relation, Value> => ({
  same: of('same'),
  household: of('household'),
  namesake: of('namesake'),
  town: of('town'),
  neighbour: of('neighbour'),
  birthday: of('birthday'),
});

interface Expected {
  readonly counts: Counts;
  readonly shares: Record<Relation, number>;
}

/** As how many pairs the shipped model counts. */
interface Strength {
  readonly ofLevels: number;
  readonly ofShares: number;
}

/** The shipped levels of a relation as so many pairs. */
const shippedCounts = (relation: Relation, pairs: number): Float64Array =>
  Float64Array.from(knownLevels, ({ field, level }) => (shippedModel.levels[relation][field][level] ?? 0) * pairs);

/** How many pairs of each relation and level are to be expected, if the model were right. */
function expectation(model: MatchModel, patterns: CountedPatterns, { ofLevels, ofShares }: Strength): Expected {
  const counts = forEachRelation((relation) => shippedCounts(relation, ofLevels));
  const shares = forEachRelation((relation) => shippedModel.share[relation] * ofShares);
  const tables = relations.map((relation) => ({
    relation,
    share: model.share[relation],
    shareOf: Float64Array.from(knownLevels, ({ field, level }) => shareOf(model, relation, field, level)),
    counts: counts[relation],
  }));
  const likely = new Float64Array(tables.length);
  const fields = evidenceFields.length;
  for (const [at, count] of patterns.counts.entries()) {
    const places = patterns.places.subarray(at * fields, (at + 1) * fields);
    let all = 0;
    for (const [nth, table] of tables.entries()) {
      let product = table.share;
      for (const place of places) if (place >= 0) product *= table.shareOf[place] ?? 1;
      likely[nth] = product;
      all += product;
    }
    for (const [nth, table] of tables.entries()) {
      const expected = (count * (likely[nth] ?? 0)) / all;
      shares[table.relation] += expected;
      for (const place of places) if (place >= 0) table.counts[place] = (table.counts[place] ?? 0) + expected;
    }
  }
  return { counts, shares };
}

function inShares(counts: Float64Array, wanted: EvidenceField): Record<string, number> {
  const known = knownLevels.flatMap(({ field, level }, place) => (field === wanted ? { level, count: counts[place] ?? 0 } : []));
  const all = known.reduce((sum, { count }) => sum + count, 0);
  return Object.fromEntries(known.map(({ level, count }) => [level, count / all]));
}

function maximisation({ counts, shares }: Expected): MatchModel {
  const all = relations.reduce((sum, relation) => sum + shares[relation], 0);
  const levels = forEachRelation((relation) => {
    const fields = evidenceFields.map((field) => [field, inShares(counts[relation], field)]);
    return Object.fromEntries(fields) as Record<EvidenceField, Record<string, number>>; // every field was given
  });
  const { typo: typos = 0, equal = 1 } = levels.same.family;
  for (const relation of relations) {
    const family = levels[relation].family;
    if (relation !== 'same')
      family['typo'] = Math.max(family['typo'] ?? 0, ((typosOfTwo * typos) / equal) * (family['equal'] ?? 0));
  }
  return {
    share: forEachRelation((relation) => shares[relation] / all),
    levels: levels satisfies Record<Relation, LevelShares>,
    outvotesDates: false,
    outvotesTaxIds: false,
  };
}

/**
 * In what two people who are strangers agree no more often than any two do: all but what the key that they share asks for. Of namesakes
 * that is the name; of those in a town the family name and the town; so they are counted, not guessed by expectation.
 */
const byChance: Readonly<Partial<Record<Relation, readonly EvidenceField[]>>> = {
  namesake: ['birth', 'email', 'phone', 'place', 'street'],
  town: ['given', 'birth', 'email', 'phone', 'street'],
  neighbour: ['family', 'birth', 'email', 'phone', 'street'],
  // the key of a birth date asks for letters of a name too
  birthday: ['email', 'phone', 'place', 'street'],
};

interface Chance {
  readonly relation: Relation;
  readonly field: EvidenceField;
  readonly shares: Readonly<Record<string, number>>;
}

function chances(strangers: PatternCounts): Chance[] {
  const { places, counts } = countedPatterns(strangers);
  return relations.flatMap((relation) => {
    const fields = byChance[relation] ?? [];
    if (fields.length === 0) return [];
    const levels = shippedCounts(relation, fewestPairs);
    for (const [at, place] of places.entries())
      if (place >= 0) levels[place] = (levels[place] ?? 0) + (counts[Math.floor(at / evidenceFields.length)] ?? 0);
    return fields.map((field) => ({ relation, field, shares: inShares(levels, field) }));
  });
}

function withChances(model: MatchModel, known: readonly Chance[]): MatchModel {
  const levels = forEachRelation(
    (relation): Record<EvidenceField, LevelShares[EvidenceField]> => ({ ...model.levels[relation] }),
  );
  for (const { relation, field, shares } of known) levels[relation][field] = shares;
  return { ...model, levels };
}

/**
 * Learns from compared pairs, without labels, how often records of one person and of two agree at each level: expectation maximisation
 * over the relations, from the shipped model and held to it by 1 % of the pairs, 300 at least. What strangers agree in by chance is counted
 * from any two records. The result depends on the counts only, not on their order.
 * @param strangers patterns of any two records; see `anyTwo`
 * Cost: O(rounds x patterns); a million records have some thousand patterns.
 * @see A. Dempster, N. Laird, D. Rubin, Maximum likelihood from incomplete data via the EM algorithm, 1977
 * @see W. Winkler, Using the EM algorithm for weight computation in the Fellegi-Sunter model, 1988
 */
export function learnModel(counts: PatternCounts, strangers: PatternCounts, names: NameCounts): MatchModel {
  const patterns = countedPatterns(counts);
  const pairs = patterns.counts.reduce((sum, count) => sum + count, 0);
  const isTelling = pairs >= tellingPairs;
  const ofLevels = Math.max(fewestPairs, shippedPairs * pairs);
  const strength = { ofLevels, ofShares: isTelling ? sharesOfTelling : ofLevels };
  const known = chances(strangers);
  let model = withChances(shippedModel, known);
  for (let round = 0; round < rounds; round += 1)
    model = withChances(maximisation(expectation(model, patterns, strength)), known);
  const outvotesTaxIds = isTelling && model.share.household < fewHouseholds;
  return { ...model, names, outvotesDates: isTelling, outvotesTaxIds };
}
