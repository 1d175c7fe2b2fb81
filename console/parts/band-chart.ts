import { html } from 'hono/html';
import type { Html, View } from '../view.ts';

/** One published figure. */
export interface Cell {
  readonly month: string;
  readonly country: string | null;
  readonly channel: string | null;
  readonly sector: string | null;
  readonly source: string | null;
  readonly ageBand: string | null;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly suppressed: boolean;
  readonly rest: boolean;
}

const width = 640;
const height = 220;
const left = 64;
const bottom = 24;

/** A point a month with the band in which the true figure lies in 95 of 100 cases. A month that is not shown leaves a gap. */
export function bandChart({ t }: View, cells: readonly Cell[]): Html {
  const shown = cells.filter(({ value }) => value !== null);
  const top = Math.max(...shown.map(({ high, value }) => high ?? value ?? 0), 1);
  const floor = Math.min(...shown.map(({ low, value }) => low ?? value ?? 0), 0);
  const x = (place: number): number => left + ((place + 0.5) * (width - left)) / cells.length;
  const y = (value: number): number => 8 + ((top - value) * (height - bottom - 16)) / (top - floor);
  const tick = (value: number): Html =>
    html`<line x1="${left}" x2="${width}" y1="${y(value)}" y2="${y(value)}" class="grid"/><text x="${left - 6}" y="${y(value) + 4}" text-anchor="end">${t.number(value, { notation: 'compact', maximumFractionDigits: 1 })}</text>`;
  const mark = (cell: Cell, place: number): Html => {
    if (cell.value === null) return html`<text x="${x(place)}" y="${y(floor) - 4}" text-anchor="middle" class="gap">–</text>`;
    const band =
      cell.low === null || cell.high === null
        ? html``
        : html`<line x1="${x(place)}" x2="${x(place)}" y1="${y(cell.low)}" y2="${y(cell.high)}" class="band"/>`;
    return html`${band}<circle cx="${x(place)}" cy="${y(cell.value)}" r="4" class="point"/>`;
  };
  return html`<svg viewBox="0 0 ${width} ${height}" class="chart" role="img" aria-label="${t('metrics.chart')}">
${[floor, (floor + top) / 2, top].map(tick)}
${cells.map(mark)}
${cells.map((cell, place) => (cells.length > 12 && place % 3 !== 0 ? html`` : html`<text x="${x(place)}" y="${height - 6}" text-anchor="middle">${cell.month.slice(2)}</text>`))}
</svg>`;
}
