import { CommandFailed } from '../connection.ts';
import { type Encoding, textOf } from './text-file.ts';

/** One object of a JSON Lines file as flat parts: each maps a key to its values. */
export interface JsonRow {
  readonly line: number;
  /** The object itself, then each object inside its arrays: a features format holds one name or address in each. */
  readonly parts: readonly ReadonlyMap<string, readonly string[]>[];
}

function flat(object: Readonly<Record<string, unknown>>): ReadonlyMap<string, readonly string[]>[] {
  const own = new Map<string, readonly string[]>();
  const inner: ReadonlyMap<string, readonly string[]>[] = [];
  for (const [key, value] of Object.entries(object)) {
    const texts: string[] = [];
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one === 'string' || typeof one === 'number') texts.push(String(one));
      else if (typeof one === 'object' && one !== null) inner.push(...flat(one as Readonly<Record<string, unknown>>));
    }
    if (texts.length > 0) own.set(key, texts);
  }
  return own.size > 0 ? [own, ...inner] : inner;
}

/** The objects of a JSON Lines file, in batches. Empty lines are left out. */
export async function* jsonRows(path: string, encoding: Encoding): AsyncGenerator<JsonRow[]> {
  let rest = '';
  let line = 0;
  const read = (text: string): JsonRow[] => {
    line += 1;
    return text.trim() === '' ? [] : [{ line, parts: flat(objectOf(path, line, text)) }];
  };
  for await (const piece of textOf(path, encoding)) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    const rows = lines.flatMap(read);
    if (rows.length > 0) yield rows;
  }
  const last = read(rest);
  if (last.length > 0) yield last;
}

function objectOf(path: string, line: number, text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // the parser's own message repeats the text, which is personal data
    throw new CommandFailed(`json-broken: ${path}, line ${line}: not JSON. One whole object a line is expected (JSON Lines).`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CommandFailed(`json-no-object: ${path}, line ${line}: an object with the fields of one record is expected.`);
  return value as Readonly<Record<string, unknown>>;
}
