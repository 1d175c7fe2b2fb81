import { createRequire } from 'node:module';
import { attributeOf, escaped, piecesOf, tagOf } from './xml-elements.ts';
import { harmless } from './row.ts';

/** How exceljs 4.4.0 itself gives a cell its own form of a formula; it has no types. */
const { slideFormula } = createRequire(import.meta.url)('exceljs/lib/utils/shared-formula.js') as {
  slideFormula(formula: string, from: string, to: string): string;
};

/** A column's letters, from 0. */
export function columnName(column: number): string {
  const rest = Math.floor(column / 26);
  return (rest === 0 ? '' : columnName(rest - 1)) + String.fromCharCode(65 + (column % 26));
}

/** The column of an address such as `AB12`, from 0. */
export function columnOf(address: string): number {
  const letters = (/^[A-Z]+/i.exec(address)?.[0] ?? 'A').toUpperCase();
  let column = 0;
  for (let at = 0; at < letters.length; at += 1) column = column * 26 + letters.charCodeAt(at) - 64;
  return column - 1;
}

/** The row of an address. */
export const rowNumberOf = (address: string): number => Number(/\d+/.exec(address)?.[0] ?? 0);

interface Cell {
  readonly column: number;
  readonly text: string;
}

/** What the cells of one sheet lean on and leave behind, gathered while its rows are written. */
export class SheetCells {
  /** Places among the shared texts of cells that are emptied or written over. */
  readonly dropped = new Set<number>();
  /** Places among the shared texts of cells that stay. */
  readonly kept = new Set<number>();
  readonly #formulas = new Map<string, { readonly formula: string; readonly address: string }>();

  /** A row as it is, but for formulas that leaned on a cell that was emptied: each gets its own. */
  stays(row: string, number: number): string {
    if (this.#formulas.size === 0) {
      this.#keep(row);
      return row;
    }
    return this.#written(row, number, (cell) => this.#standingAlone(cell));
  }

  /** A row whose cells are empty and keep their look. */
  emptied(row: string, number: number): string {
    return this.#written(row, number, (cell) => {
      this.#drop(cell.text, `${columnName(cell.column)}${number}`);
      return `${tagOf(cell.text)
        .replace(/\/?>$/, '')
        .replaceAll(/\s(?:t|cm|vm|ph)\s*=\s*(?:"[^"]*"|'[^']*')/g, '')}/>`;
    });
  }

  /** A row with other texts in some of its cells. */
  changed(row: string, number: number, set: ReadonlyMap<number, string>): string {
    const left = new Map(set);
    const prefix = /^<([\w.-]+:)?row/.exec(row)?.[1] ?? '';
    const written = (column: number, text: string, style: string | undefined): string =>
      `<${prefix}c r="${columnName(column)}${number}"${style === undefined ? '' : ` s="${style}"`} t="inlineStr"><${prefix}is><${prefix}t xml:space="preserve">${escaped(harmless(text))}</${prefix}t></${prefix}is></${prefix}c>`;
    const before = (column: number): string => {
      const due = [...left].filter(([one]) => one < column).sort(([one], [other]) => one - other);
      for (const [one] of due) left.delete(one);
      return due.map(([one, text]) => written(one, text, undefined)).join('');
    };
    const cells = this.#written(row, number, (cell) => {
      const text = left.get(cell.column);
      left.delete(cell.column);
      if (text === undefined) return before(cell.column) + this.#standingAlone(cell);
      this.#drop(cell.text, `${columnName(cell.column)}${number}`);
      return before(cell.column) + written(cell.column, text, attributeOf(cell.text, 's'));
    });
    const tail = before(Number.POSITIVE_INFINITY);
    if (tail === '') return cells;
    const close = `</${prefix}row>`;
    return cells.endsWith(close) ? cells.slice(0, -close.length) + tail + close : `${cells.slice(0, -2)}>${tail}${close}`;
  }

  /** A row with each cell written by `write`; what stands between cells, and how many columns it says to span, goes as it is not needed. */
  #written(row: string, number: number, write: (cell: Cell) => string): string {
    let next = 0;
    const tag = tagOf(row);
    const inner = row.slice(tag.length).replace(/<\/(?:[\w.-]+:)?row>$/, '');
    const cells = piecesOf(inner, 'c').map((piece) => {
      if (piece.name === undefined) return piece.text;
      const address = attributeOf(piece.text, 'r');
      const column = address === undefined ? next : columnOf(address);
      next = column + 1;
      const named =
        address === undefined ? piece.text.replace(/^<((?:[\w.-]+:)?c)/, `<$1 r="${columnName(column)}${number}"`) : piece.text;
      return write({ column, text: named });
    });
    const spanless = tag.replace(/\sspans\s*=\s*(?:"[^"]*"|'[^']*')/, '');
    return spanless + cells.join('') + row.slice(tag.length + inner.length);
  }

  #keep(row: string): void {
    for (const [, tag = '', place] of row.matchAll(/<(?:[\w.-]+:)?c(\s[^>]*)>\s*<(?:[\w.-]+:)?v>(\d+)</g))
      if (/\st\s*=\s*["']s["']/.test(tag)) this.kept.add(Number(place));
  }

  #drop(cell: string, address: string): void {
    if (attributeOf(cell, 't') === 's') this.dropped.add(Number(/<(?:[\w.-]+:)?v>(\d+)</.exec(cell)?.[1]));
    const formula = piecesOf(cell, 'f').find(({ name }) => name !== undefined)?.text;
    const shared = formula === undefined ? undefined : attributeOf(formula, 'si');
    if (formula === undefined || shared === undefined || attributeOf(formula, 'ref') === undefined) return;
    const text = formula.slice(tagOf(formula).length).replace(/<\/(?:[\w.-]+:)?f>$/, '');
    this.#formulas.set(shared, { formula: text, address });
  }

  #standingAlone({ text }: Cell): string {
    this.#keep(text);
    const formula = this.#formulas.size === 0 ? undefined : piecesOf(text, 'f').find(({ name }) => name !== undefined)?.text;
    const leant = formula === undefined ? undefined : this.#formulas.get(attributeOf(formula, 'si') ?? '');
    if (formula === undefined || leant === undefined) return text;
    const prefix = /^<([\w.-]+:)?f/.exec(formula)?.[1] ?? '';
    const own = slideFormula(leant.formula, leant.address, attributeOf(text, 'r') ?? leant.address);
    return text.replace(formula, () => `<${prefix}f>${own}</${prefix}f>`);
  }
}
