import type { Mutation } from '../kit/twin.ts';
import { twinModels, type TwinField } from './schema.ts';
import { fromWire, type TwinValue } from './wire.ts';

export interface TwinRow {
  readonly id: number;
  [field: string]: TwinValue;
}

/** A refusal as Tryton words it, sent with HTTP 200. */
export class TwinUserError extends Error {}

/** What a Tryton holds, as it is kept over a restart, and the last time that it stamped. */
export interface TrytonState {
  tables: Map<string, Map<number, TwinRow>>;
  stamp: string;
}

type Values = Readonly<Record<string, unknown>>;
type Rule = (store: TrytonStore, row: TwinRow) => void;

/** Rows of every model, stamped as Tryton stamps them: `write_date` stays null until the first write after the creation. */
export class TrytonStore {
  readonly ledger: Mutation[] = [];
  /** Everything that outlives a restart. */
  readonly state: TrytonState = { tables: new Map(), stamp: '' };
  readonly #now: () => Date;
  readonly #rules: Readonly<Record<string, Rule>>;
  #tick = 0;

  /** @param rules what a model does to a row before it is stored: a computed copy, a normalised text */
  constructor(now: () => Date, rules: Readonly<Record<string, Rule>>) {
    this.#now = now;
    this.#rules = rules;
    this.beginTransaction();
  }

  /** One time for all that one call changes, later than every time before. */
  beginTransaction(): void {
    this.#tick = (this.#tick + 1) % 1000;
    const stamp = `${this.#now().toISOString().slice(0, -1)}${String(this.#tick).padStart(3, '0')}`;
    this.state.stamp =
      stamp > this.state.stamp
        ? stamp
        : `${this.state.stamp.slice(0, -6)}${String(Number(this.state.stamp.slice(-6)) + 1).padStart(6, '0')}`;
  }

  table(model: string): Map<number, TwinRow> {
    if (!(model in twinModels)) throw new TypeError(`'${model}'`);
    const table = this.state.tables.get(model) ?? new Map<number, TwinRow>();
    this.state.tables.set(model, table);
    return table;
  }

  field(model: string, name: string): TwinField {
    const field = twinModels[model]?.[name];
    if (field === undefined) throw new TypeError(`'${name}'`);
    return field;
  }

  row(model: string, id: unknown): TwinRow | undefined {
    return typeof id === 'number' ? this.table(model).get(id) : undefined;
  }

  rows(model: string, ids: readonly number[], doing: string): TwinRow[] {
    return ids.map((id) => {
      const row = this.row(model, id);
      if (row === undefined)
        throw new TwinUserError(`You are trying to ${doing} records "${id}" of "${model}" that don't exist.`);
      return row;
    });
  }

  /** The rows of a one-to-many field, oldest first. */
  children(field: Extract<TwinField, { kind: 'many' }>, id: number): TwinRow[] {
    return [...this.table(field.model).values()].filter((row) => row[field.inverse] === id);
  }

  create(model: string, values: Values): number {
    const table = this.table(model);
    const id = Math.max(0, ...[...table.keys()].slice(-1)) + 1;
    const row: TwinRow = { id, create_date: this.state.stamp, write_date: null };
    if (twinModels[model]?.['active']) row['active'] = true;
    table.set(id, row);
    try {
      this.#assign(model, row, values);
    } catch (error) {
      table.delete(id); // a refused creation leaves nothing behind
      throw error;
    }
    this.ledger.push({ verb: `${model}.create`, subject: `${model},${id}` });
    return id;
  }

  write(model: string, row: TwinRow, values: Values): void {
    row['write_date'] = this.state.stamp;
    this.#assign(model, row, values);
    this.ledger.push({ verb: `${model}.write`, subject: `${model},${row.id}` });
  }

  delete(model: string, ids: readonly number[]): void {
    for (const id of ids)
      if (this.table(model).delete(id)) this.ledger.push({ verb: `${model}.delete`, subject: `${model},${id}` });
  }

  /** Sets values below the ORM, as the erase wizard's SQL does: no rule runs, no stamp moves. */
  overwrite(model: string, row: TwinRow, values: Readonly<Record<string, TwinValue>>): void {
    Object.assign(row, values);
    this.ledger.push({ verb: `${model}.overwrite`, subject: `${model},${row.id}` });
  }

  dump(): string {
    return JSON.stringify([...this.state.tables].map(([model, rows]) => [model, [...rows.values()]]));
  }

  #assign(model: string, row: TwinRow, values: Values): void {
    const later: (() => void)[] = [];
    for (const [name, value] of Object.entries(values)) {
      const field = this.field(model, name);
      if (field.kind === 'many' || field.kind === 'links') {
        later.push(() => this.#change(field, row, name, value as readonly [string, ...unknown[]][])); // Tryton's list of commands
      } else row[name] = (fromWire(value) ?? null) as TwinValue; // tagged values are texts now
    }
    this.#rules[model]?.(this, row);
    for (const step of later) step();
  }

  /** Obeys the commands that Tryton takes for a list field: create, write, delete, add, remove. */
  #change(field: TwinField, row: TwinRow, name: string, commands: readonly (readonly [string, ...unknown[]])[]): void {
    for (const [verb, first, second] of commands) {
      const ids = first as number[]; // all verbs but `create` take ids first
      if (field.kind === 'links') {
        const held = (row[name] as number[] | undefined) ?? []; // kept as ids only
        row[name] = verb === 'remove' ? held.filter((id) => !ids.includes(id)) : [...new Set([...held, ...ids])];
      } else if (field.kind === 'many') {
        if (verb === 'create') {
          for (const child of first as Values[]) this.create(field.model, { ...child, [field.inverse]: row.id }); // Tryton's form of `create`
        } else if (verb === 'delete') this.delete(field.model, ids);
        else if (verb === 'write') {
          for (const child of this.rows(field.model, ids, 'write to')) this.write(field.model, child, second as Values); // and of `write`
        }
      }
    }
  }
}
