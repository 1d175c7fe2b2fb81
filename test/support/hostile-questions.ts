import { fc } from '@fast-check/vitest';
import { schema } from '../../graphql/schema.ts';
import { people } from './read-people.ts';

const names = Object.values(schema.getTypeMap()).flatMap((type) => ('getFields' in type ? Object.keys(type.getFields()) : []));
const name = fc.oneof(
  fc.constantFrom(...names, '__typename', '__schema', '__type', 'password', 'golden'),
  fc.stringMatching(/^[_a-zA-Z][_a-zA-Z0-9]{0,70}$/),
);
const text = fc.oneof(
  fc.constantFrom(...Object.values(people), '%', "' or 1=1 --", '"', '\\u0000', '$1', '*', ':*', '../../etc/passwd'),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
);
const literal = fc.oneof(
  text.map((value) => JSON.stringify(value)),
  fc.integer().map(String),
  fc.constantFrom('null', 'true', '[]', '{}', 'EMAIL', '1e999', '[[[[1]]]]', '$v'),
);
const args = fc.array(
  fc.tuple(fc.constantFrom('id', 'by', 'first', 'after', 'search', 'filter', 'before', 'kind', 'x'), literal),
  { maxLength: 3 },
);
const written = (given: readonly (readonly [string, string])[]) =>
  given.length === 0 ? '' : `(${given.map(([key, value]) => `${key}: ${value}`).join(', ')})`;
const directive = fc.constantFrom(
  '',
  ' @include(if: true)',
  ' @skip(if: $v)',
  ' @x',
  ' @defer',
  ' @stream',
  ' @include(if: true) @include(if: true)',
);

const { set } = fc.letrec<{ set: string; field: string }>((tie) => ({
  set: fc.array(tie('field'), { minLength: 1, maxLength: 4 }).map((all) => `{ ${all.join(' ')} }`),
  field: fc.oneof(
    { maxDepth: 8, depthSize: 'large' },
    fc.tuple(name, args, directive).map(([field, given, how]) => `${field}${written(given)}${how}`),
    fc.tuple(name, name, args, tie('set')).map(([alias, field, given, below]) => `${alias}: ${field}${written(given)} ${below}`),
    tie('set').map((below) => `... on Client ${below}`),
    fc.constantFrom('...A', '...B', '... on Query { clients { edges { node { name } } } }'),
  ),
}));

const around = (inside: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    `query ($v: Boolean) ${inside} fragment A on Client { ...B } fragment B on Client { ...A }`,
    `{ client(id: "${people.ana}") ${inside} }`,
    `{ clients(first: 100) { edges { node ${inside} } } }`,
    `mutation ${inside}`,
    `subscription ${inside}`,
    `query A ${inside} query B ${inside}`,
    `{ ${Array.from({ length: 100 }, (_, n) => `a${n}: client(id: "${people.blocked}") ${inside}`).join(' ')} }`,
    `${'{ client '.repeat(500)}${inside}${'}'.repeat(500)}`,
  );
const hostile = fc.oneof(
  { weight: 8, arbitrary: set.chain(around) },
  { weight: 1, arbitrary: text },
  { weight: 1, arbitrary: set },
);

/** Questions that ask too much, too deep, too wide, in circles or nonsense, made of the schema's own names; the same for one seed. */
export const hostileQuestions = (count: number, seed: number): readonly string[] => fc.sample(hostile, { numRuns: count, seed });
