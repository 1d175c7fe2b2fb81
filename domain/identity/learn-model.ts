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
/** The shipped model counts as so many pairs of the data at hand: it steers, and does not outvote. */
const shippedPairs = 0.05;
const fewestPairs = 300;
/** A clerk mistypes the family name of two people as often as of one; half of it is sure, since keys find such pairs less often. */
const typosOfTwo = 0.5;

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
  birthday: of('birthday'),
});

interface Expected {
  readonly counts: Counts;
  readonly shares: Record<Relation, number>;
}

/** How many pairs of each relation and level are to be expected, if the model were right. */
function expectation(model: MatchModel, patterns: CountedPatterns, prior: MatchModel, strength: number): Expected {
  const counts = forEachRelation((relation) =>
    Float64Array.from(knownLevels, ({ field, level }) => (prior.levels[relation][field][level] ?? 0) * strength),
  );
  const shares = forEachRelation((relation) => prior.share[relation] * strength);
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
  return { share: forEachRelation((relation) => shares[relation] / all), levels: levels satisfies Record<Relation, LevelShares> };
}

/**
 * Learns from compared pairs, without labels, how often records of one person and of two agree at each level: expectation maximisation
 * over the relations, from the shipped model and held to it by 5 % of the pairs, 300 at least. The result depends on the counts
 * only, not on their order.
 * Cost: O(rounds x patterns); a million records have some thousand patterns.
 * @see A. Dempster, N. Laird, D. Rubin, Maximum likelihood from incomplete data via the EM algorithm, 1977
 * @see W. Winkler, Using the EM algorithm for weight computation in the Fellegi-Sunter model, 1988
 */
export function learnModel(counts: PatternCounts, names: NameCounts): MatchModel {
  const patterns = countedPatterns(counts);
  const pairs = patterns.counts.reduce((sum, count) => sum + count, 0);
  const strength = Math.max(fewestPairs, shippedPairs * pairs);
  let model = shippedModel;
  for (let round = 0; round < rounds; round += 1) model = maximisation(expectation(model, patterns, shippedModel, strength));
  return { ...model, names };
}
