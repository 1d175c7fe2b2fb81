import { type Evidence, type EvidenceField, evidenceFields, evidenceLevels, evidenceOfPattern } from './evidence.ts';
import {
  type LevelShares,
  likelihoods,
  type MatchModel,
  type NameCounts,
  type Relation,
  relations,
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

type Counts = Record<Relation, Record<EvidenceField, Record<string, number>>>;

const forEachRelation = <Value>(of: (relation: Relation) => Value): Record<Relation, Value> => ({
  same: of('same'),
  household: of('household'),
  namesake: of('namesake'),
  town: of('town'),
  birthday: of('birthday'),
});

function priorCounts(prior: MatchModel, pairs: number): Counts {
  return forEachRelation((relation) => {
    const fields = evidenceFields.map((field) => {
      const known = evidenceLevels[field].filter((level) => level !== 'missing');
      return [field, Object.fromEntries(known.map((level) => [level, (prior.levels[relation][field][level] ?? 0) * pairs]))];
    });
    return Object.fromEntries(fields) as Record<EvidenceField, Record<string, number>>; // every field was given
  });
}

interface Expected {
  readonly counts: Counts;
  readonly shares: Record<Relation, number>;
}

/** How many pairs of each relation and level are to be expected, if the model were right. */
function expectation(
  model: MatchModel,
  patterns: readonly (readonly [Evidence, number])[],
  prior: MatchModel,
  strength: number,
): Expected {
  const counts = priorCounts(prior, strength);
  const shares = forEachRelation((relation) => prior.share[relation] * strength);
  for (const [evidence, count] of patterns) {
    const likely = likelihoods(evidence, model);
    const all = relations.reduce((sum, relation) => sum + likely[relation], 0);
    for (const relation of relations) {
      const expected = (count * likely[relation]) / all;
      shares[relation] += expected;
      for (const field of evidenceFields) {
        const level = evidence[field];
        if (level !== 'missing') counts[relation][field][level] = (counts[relation][field][level] ?? 0) + expected;
      }
    }
  }
  return { counts, shares };
}

const inShares = (counts: Readonly<Record<string, number>>): Record<string, number> => {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return Object.fromEntries(Object.entries(counts).map(([level, count]) => [level, count / all]));
};

function maximisation({ counts, shares }: Expected): MatchModel {
  const all = relations.reduce((sum, relation) => sum + shares[relation], 0);
  const levels = forEachRelation((relation) => {
    const fields = evidenceFields.map((field) => [field, inShares(counts[relation][field])]);
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
  const patterns = [...counts]
    .sort(([one], [other]) => one - other)
    .map(([pattern, count]) => [evidenceOfPattern(pattern), count] as const);
  const pairs = patterns.reduce((sum, [, count]) => sum + count, 0);
  const strength = Math.max(fewestPairs, shippedPairs * pairs);
  let model = shippedModel;
  for (let round = 0; round < rounds; round += 1) model = maximisation(expectation(model, patterns, shippedModel, strength));
  return { ...model, names };
}
