import { TrytonStore, type TwinRow } from './store.ts';
import { twinModels } from './schema.ts';
import { fromWire, toWire, type TwinValue } from './wire.ts';

export interface QueryContext {
  readonly activeTest: boolean;
}

type Domain = readonly unknown[];

/** `%` is any text, `_` any one letter. */
const likePattern = (text: unknown): RegExp => {
  const escaped = String(text).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('%', '[^]*').replaceAll('_', '[^]')}$`, 'iu');
};

function compare(held: TwinValue, operator: string, asked: unknown): boolean {
  const value = held ?? null;
  if (operator === '=') return value === (asked ?? null);
  if (operator === '!=') return value !== (asked ?? null);
  if (operator === 'in') return (asked as unknown[]).includes(value); // Tryton takes a list here
  if (operator === 'not in') return !(asked as unknown[]).includes(value);
  if (value === null) return false;
  if (operator === 'ilike') return likePattern(asked).test(String(value));
  const [left, right] = typeof value === 'number' ? [value, Number(asked)] : [String(value), String(asked)];
  switch (operator) {
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    default:
      throw new TypeError(`operator ${operator}`);
  }
}

/** Searches and reads as Tryton does: dotted paths, inactive rows hidden unless asked for, offset paging without a total. */
export class TrytonQuery {
  readonly #store: TrytonStore;

  constructor(store: TrytonStore) {
    this.#store = store;
  }

  search(model: string, domain: Domain, context: QueryContext): TwinRow[] {
    const hideInactive =
      context.activeTest && 'active' in (twinModels[model] ?? {}) && !JSON.stringify(domain).includes('"active"');
    return [...this.#store.table(model).values()].filter(
      (row) => (!hideInactive || row['active'] !== false) && this.#holds(model, row, domain, context),
    );
  }

  /** Rows in the asked order, `null` values last, then by id as they came. */
  sorted(rows: readonly TwinRow[], order: readonly (readonly [string, string | null])[] | null): TwinRow[] {
    const by = order ?? [];
    return [...rows].sort((a, b) => {
      for (const [name, way] of by) {
        const [left, right] = [a[name] ?? null, b[name] ?? null];
        if (left === right) continue;
        if (left === null || right === null) return left === null ? 1 : -1;
        const less = typeof left === 'number' ? left < Number(right) : String(left) < String(right);
        return less === (way ?? 'ASC').startsWith('ASC') ? -1 : 1;
      }
      return a.id - b.id;
    });
  }

  /** One row with the asked fields; `party.name` comes back under `party.`, as a row or a list of rows. */
  read(model: string, row: TwinRow, fields: readonly string[], context: QueryContext): Record<string, unknown> {
    const shown: Record<string, unknown> = { id: row.id };
    const nested = new Map<string, string[]>();
    for (const path of fields) {
      const dot = path.indexOf('.');
      if (dot < 0) shown[path] = this.#value(model, row, path, context);
      else nested.set(path.slice(0, dot), [...(nested.get(path.slice(0, dot)) ?? []), path.slice(dot + 1)]);
    }
    for (const [name, rest] of nested) {
      const field = this.#store.field(model, name);
      if (!('model' in field)) throw new TypeError(`'${name}'`);
      const targets = this.#targets(model, row, name, context).map((target) => this.read(field.model, target, rest, context));
      shown[`${name}.`] = field.kind === 'one' ? (targets[0] ?? null) : targets;
    }
    return shown;
  }

  #value(model: string, row: TwinRow, name: string, context: QueryContext): unknown {
    const field = this.#store.field(model, name);
    if (field.kind === 'many') return this.#targets(model, row, name, context).map((target) => target.id);
    if (field.kind === 'links') return row[name] ?? [];
    return toWire(field.kind, row[name]);
  }

  #targets(model: string, row: TwinRow, name: string, context: QueryContext): TwinRow[] {
    const field = this.#store.field(model, name);
    if (field.kind === 'many') {
      return this.#store.children(field, row.id).filter((child) => !context.activeTest || child['active'] !== false);
    }
    if (!('model' in field)) return [];
    const ids = field.kind === 'links' ? ((row[name] as number[] | undefined) ?? []) : [row[name]]; // kept as ids only
    return ids.flatMap((id) => this.#store.row(field.model, id) ?? []);
  }

  #holds(model: string, row: TwinRow, domain: Domain, context: QueryContext): boolean {
    const [first, ...rest] = domain;
    if (first === undefined) return true;
    if (first === 'OR') return rest.some((part) => this.#holds(model, row, part as Domain, context)); // parts are domains
    if (first === 'AND') return rest.every((part) => this.#holds(model, row, part as Domain, context));
    if (typeof first !== 'string') return domain.every((part) => this.#holds(model, row, part as Domain, context));
    const [operator, asked] = rest;
    const dot = first.indexOf('.');
    if (dot < 0) return compare(row[first], String(operator), fromWire(asked));
    const name = first.slice(0, dot);
    const field = this.#store.field(model, name);
    if (!('model' in field)) throw new TypeError(`'${name}'`);
    const clause = [first.slice(dot + 1), operator, asked];
    return this.#targets(model, row, name, context).some((target) => this.#holds(field.model, target, clause, context));
  }
}
