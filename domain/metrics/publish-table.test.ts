import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { type NoisedFigures, publishTable, showThreshold } from './publish-table.ts';

const parameters = { leastClients: 10, shownByChance: 0.01, budget: 2, closesAfterDays: 10 };

const table = fc
  .tuple(
    fc.array(fc.tuple(fc.integer({ min: -50, max: 900 }), fc.integer({ min: -500, max: 90_000 })), {
      minLength: 2,
      maxLength: 30,
    }),
  )
  .map(([rows]) => {
    const noised = (values: readonly number[], scale: number): NoisedFigures => ({
      values,
      scale,
      total: values.reduce((sum, value) => sum + value, 0),
      totalScale: scale,
    });
    return {
      cells: rows.map((_, place) => [`v${place}`]),
      counts: noised(
        rows.map(([count]) => count),
        12,
      ),
      figures: noised(
        rows.map(([, figure]) => figure),
        300,
      ),
    };
  });

test.prop([table])(
  'a cell is shown exactly when its noised count reaches the threshold, with nothing but its noised figure',
  ({ cells, counts, figures }) => {
    const threshold = showThreshold(counts.scale, parameters);
    const published = publishTable(cells, figures, counts, parameters).filter(({ kind }) => kind === 'cell');
    expect(published.map(({ cell }) => cell)).toEqual(cells);
    for (const [place, { value }] of published.entries()) {
      expect(value).toBe((counts.values[place] ?? 0) >= threshold ? figures.values[place] : null);
    }
  },
);

test.prop([table])(
  'what is not shown is one rest, which must pass a threshold of its own; with everything shown there is none',
  ({ cells, counts, figures }) => {
    const published = publishTable(cells, figures, counts, parameters);
    const hidden = published.filter(({ kind, value }) => kind === 'cell' && value === null);
    const rest = published.filter(({ kind }) => kind === 'other');
    expect(rest).toHaveLength(hidden.length === 0 ? 0 : 1);
    const [one] = rest;
    if (one === undefined || one.value === null) return;
    const places = published.flatMap(({ kind, value }, place) => (kind === 'cell' && value === null ? [place] : []));
    expect(one.value).toBe(places.reduce((sum, place) => sum + (figures.values[place] ?? 0), 0));
    expect(places.reduce((sum, place) => sum + (counts.values[place] ?? 0), 0)).toBeGreaterThan(parameters.leastClients);
    expect(one.scale).toBeLessThanOrEqual(figures.scale * Math.sqrt(hidden.length) + 1e-9);
  },
);

test.prop([fc.integer({ min: 1, max: 500 })])('the threshold grows with the noise, and lies above k', (scale) => {
  expect(showThreshold(scale, parameters)).toBeGreaterThan(parameters.leastClients);
  expect(showThreshold(scale + 1, parameters)).toBeGreaterThan(showThreshold(scale, parameters));
});
