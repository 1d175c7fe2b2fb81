import {
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLString,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Asked } from '../store/read/ficha/compile.ts';

/** Writes one value as JSON, as its type serializes it. */
type Write = (value: unknown) => string;

/** What only the executor can answer; it says what is wrong with it. */
const notHere = (): never => {
  throw new NotInMemory();
};

/** A field has no answer at once, or a wrong one. */
export class NotInMemory extends Error {}

/**
 * How an object whose fields ask nothing of anybody is written: each resolver is called as the executor calls it and must answer at once.
 * A table of thousands of cells costs a tenth of what the executor takes for it.
 * @param asked what is asked of the object; its fields take no arguments
 * @throws NotInMemory from what it returns, when a resolver answers later, or nothing where there must be something
 */
export function objectWriter(type: GraphQLObjectType, asked: readonly Asked[]): Write {
  const fields = asked.map(({ key, field, below }) => {
    const lead = `${JSON.stringify(key)}:`;
    if (field === '__typename') return () => `${lead}${JSON.stringify(type.name)}`;
    const declared = type.getFields()[field] ?? notHere();
    const write = writerOf(declared.type, below);
    const { resolve } = declared;
    // without arguments and without a look at the document there is nothing else that a resolver is told
    const valueOf = (parent: Readonly<Record<string, unknown>>): unknown =>
      resolve === undefined ? parent[field] : resolve(parent, {}, undefined, undefined as never);
    return (parent: Readonly<Record<string, unknown>>) => lead + write(valueOf(parent));
  });
  return (value) => {
    let text = '{';
    for (const [place, field] of fields.entries()) {
      text += (place === 0 ? '' : ',') + field(value as Readonly<Record<string, unknown>>);
    }
    return `${text}}`;
  };
}

function writerOf(type: GraphQLOutputType, below: readonly Asked[]): Write {
  if (isNonNullType(type)) {
    const write = writerOf(type.ofType, below);
    return (value) => (value === null || value === undefined ? notHere() : write(value));
  }
  const write = isListType(type)
    ? listWriter(writerOf(type.ofType as GraphQLOutputType, below))
    : isObjectType(type)
      ? objectWriter(type, below)
      : isLeafType(type)
        ? leafWriter(type)
        : notHere();
  return (value) => {
    if (value === null || value === undefined) return 'null';
    return value instanceof Promise ? notHere() : write(value);
  };
}

const listWriter =
  (write: Write): Write =>
  (value) =>
    Array.isArray(value) ? `[${value.map(write).join(',')}]` : notHere();

const mostTexts = 1_000;

/** A table says the same months and countries again and again: each text is quoted once. */
function leafWriter(type: GraphQLLeafType): Write {
  const quoted = new Map<string, string>();
  return (value) => {
    if (type === GraphQLFloat && typeof value === 'number' && Number.isFinite(value)) return `${value}`;
    if (type === GraphQLBoolean && typeof value === 'boolean') return value ? 'true' : 'false';
    if (type !== GraphQLString || typeof value !== 'string') return JSON.stringify(type.serialize(value));
    const known = quoted.get(value);
    if (known !== undefined) return known;
    const text = JSON.stringify(value);
    if (quoted.size < mostTexts) quoted.set(value, text);
    return text;
  };
}
