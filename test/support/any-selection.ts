import { fc } from '@fast-check/vitest';
import { getNamedType, type GraphQLObjectType, isObjectType } from 'graphql';
import { schema } from '../../graphql/schema.ts';

/** A selection of a type: some of its fields, under their own or other names, in fragments or not, down to a depth. */
export const anySelection = (typeName: string, depth: number): fc.Arbitrary<string> => {
  const type = schema.getType(typeName) as GraphQLObjectType;
  const fields = Object.values(type.getFields()).filter(({ type: of }) => depth > 0 || !isObjectType(getNamedType(of)));
  const one = fc.constantFrom(...fields).chain((field) => {
    const below = getNamedType(field.type);
    const named = fc.constantFrom('', `x_${field.name}: `);
    const args = field.args.some(({ name }) => name === 'first') ? fc.constantFrom('', '(first: 2)') : fc.constant('');
    const inside = isObjectType(below) ? anySelection(below.name, depth - 1).map((text) => ` { ${text} }`) : fc.constant('');
    return fc.tuple(named, args, inside).map(([alias, given, text]) => `${alias}${field.name}${given}${text}`);
  });
  return fc
    .tuple(
      fc.uniqueArray(one, { minLength: 1, maxLength: 5, selector: (text) => text.split(/[ (:]/)[0] }),
      fc.boolean(),
      fc.boolean(),
    )
    .map(([texts, fragment, typename]) => {
      const all = [...texts, ...(typename ? ['__typename'] : [])].join(' ');
      return fragment ? `... on ${typeName} { ${all} }` : all;
    });
};
