import {
  type GraphQLArgument,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { limits } from './limits.ts';

const head = `# The read API

Made from the schema by \`npm run generate\`; do not edit. How to ask: [docs/how-to/read-clients.md](../how-to/read-clients.md).
There are queries only. One question may hold at most ${limits.tokens} tokens, ${limits.depth} levels, ${limits.fields} fields, ${limits.roots} fields of the root and
${limits.aliases} names of its own, and may ask for at most ${limits.cost} values; a page has at most ${limits.pageSize} rows.
`;

const cell = (text: string | null | undefined): string => (text ?? '').replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');

const signature = (name: string, args: readonly GraphQLArgument[]): string =>
  args.length === 0 ? name : `${name}(${args.map((arg) => `${arg.name}: ${String(arg.type)}`).join(', ')})`;

/** docs/reference/graphql.md: every type and field with its description, as Markdown. */
export function referencePage(schema: GraphQLSchema): string {
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .sort((one, other) => Number(other.name === 'Query') - Number(one.name === 'Query') || (one.name < other.name ? -1 : 1));
  const sections = types.map((type) => {
    const rows = isEnumType(type)
      ? type.getValues().map(({ name, description }) => `| \`${name}\` | | ${cell(description)} |`)
      : isObjectType(type)
        ? Object.values(type.getFields()).map(
            (field) => `| \`${signature(field.name, field.args)}\` | \`${String(field.type)}\` | ${cell(field.description)} |`,
          )
        : isInputObjectType(type)
          ? Object.values(type.getFields()).map(
              (field) => `| \`${field.name}\` | \`${String(field.type)}\` | ${cell(field.description)} |`,
            )
          : [];
    return [`\n## ${type.name}`, cell(type.description), '', '| field | type | |', '|---|---|---|', ...rows].join('\n');
  });
  return `${head}${sections.join('\n')}\n`;
}
