import { readFileSync, writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './schema.ts';

/** Writes graphql/schema.graphql from the code; with --check fails when the committed file differs. */
const file = new URL('schema.graphql', import.meta.url);
const printed = `${printSchema(lexicographicSortSchema(schema))}\n`;
if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== printed) {
    process.stderr.write(
      'schema-drift: graphql/schema.graphql is not what the code says; run `npm run generate` and commit it\n',
    );
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, printed);
}
