import { readFileSync, writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { breakingChanges, landedSchema } from './breaking-changes.ts';
import { referencePage } from './reference-page.ts';
import { schema } from './schema.ts';

/**
 * Writes graphql/schema.graphql and docs/reference/graphql.md from the code. With --check it writes nothing and fails when a committed
 * file differs, or when a caller of the schema that last landed would lose something.
 */
const printed: readonly (readonly [string, string])[] = [
  ['schema.graphql', `${printSchema(lexicographicSortSchema(schema))}\n`],
  ['../docs/reference/graphql.md', referencePage(schema)],
];
const check = process.argv.includes('--check');
for (const [name, text] of printed) {
  const file = new URL(name, import.meta.url);
  if (!check) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`schema-drift: graphql/${name} is not what the code says; run \`npm run generate\` and commit it\n`);
    process.exitCode = 1;
  }
}
if (check) {
  const landed = landedSchema();
  if (landed === undefined)
    process.stderr.write('schema-history: no commit before this one, breaking changes are not looked for\n');
  for (const change of landed === undefined ? [] : breakingChanges(landed, schema)) {
    process.stderr.write(
      `schema-breaking: ${change} Keep it, or list this line in graphql/accepted-breaking-changes.txt and say so in CHANGELOG.md\n`,
    );
    process.exitCode = 1;
  }
}
