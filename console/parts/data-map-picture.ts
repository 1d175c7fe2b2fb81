import { html } from 'hono/html';
import type { DataMapLine } from '../pages/data.ts';
import type { Html, View } from '../view.ts';

const rowHeight = 44;
const width = 640;

/** Systems on the left, kinds of data on the right, a line as thick as there are records. The table below says the same in words. */
export function dataMapPicture({ t }: View, lines: readonly DataMapLine[]): Html {
  const systems = [...new Map(lines.map(({ linkedSystemId, title }) => [linkedSystemId, title]))];
  const kinds = [...new Set(lines.map(({ kind }) => kind))];
  const height = Math.max(systems.length, kinds.length) * rowHeight + 20;
  const place = (index: number, count: number): number => ((index + 0.5) * height) / count;
  const most = Math.max(...lines.map(({ records }) => records), 1);
  const stroke = (records: number): string => (1 + (11 * Math.log1p(records)) / Math.log1p(most)).toFixed(1);
  const line = ({ linkedSystemId, kind, records }: DataMapLine): Html => {
    const from = place(
      systems.findIndex(([id]) => id === linkedSystemId),
      systems.length,
    );
    const to = place(kinds.indexOf(kind), kinds.length);
    return html`<path d="M200 ${from} C320 ${from} 320 ${to} 440 ${to}" class="flow" stroke-width="${stroke(records)}"/>`;
  };
  const box = (x: number, y: number, label: string): Html =>
    html`<g><rect x="${x}" y="${y - 16}" width="200" height="32" rx="6" class="box"/><text x="${x + 100}" y="${y + 5}" text-anchor="middle">${label.length > 24 ? `${label.slice(0, 23)}…` : label}</text></g>`;
  return html`<svg viewBox="0 0 ${width} ${height}" class="map" role="img" aria-label="${t('data.mapPicture')}">
${lines.map(line)}
${systems.map(([, title], index) => box(0, place(index, systems.length), title))}
${kinds.map((kind, index) => box(440, place(index, kinds.length), t.code('kind', kind)))}
</svg>`;
}
