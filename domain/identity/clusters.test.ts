import { expect, test } from 'vitest';
import { Clusters, type ComparedPair } from './clusters.ts';

const agrees: ComparedPair = {
  weight: 8,
  isApart: false,
  isLinked: false,
  contradictsAlone: false,
  contradictsInCluster: false,
  differ: [],
  agree: [],
};
const contradicts: ComparedPair = {
  ...agrees,
  weight: -8,
  contradictsAlone: true,
  contradictsInCluster: true,
  differ: [true, false, false],
};

/** Clusters of so many records, of whom these pairs contradict each other. */
function clustersOf(count: number, apart: readonly string[]): Clusters {
  const compare = (one: number, other: number): ComparedPair =>
    apart.includes(`${Math.min(one, other)}-${Math.max(one, other)}`) ? contradicts : agrees;
  return new Clusters(count, compare);
}

test('a record that fits two clients who cannot be one leaves doubt', () => {
  const [parent, child, record] = [0, 1, 2];
  const clusters = clustersOf(3, ['0-1']);
  clusters.note(parent, record, 8);
  clusters.note(child, record, 8);
  expect(clusters.isDoubtful(child, record, 8)).toBe(true);
  expect(clusters.isDoubtful(record, child, 8)).toBe(true);
});

test('a stranger who resembles one record of a client, and cannot be it, raises no doubt', () => {
  const [named, nameless, record, stranger] = [0, 1, 2, 3];
  const clusters = clustersOf(4, ['0-3', '2-3']);
  expect(clusters.join(named, nameless)).toBe(true);
  clusters.note(nameless, stranger, 8);
  clusters.note(named, record, 8);
  expect(clusters.isDoubtful(named, record, 8)).toBe(false);
});
