import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { mayOrder, mayRead, type Ordering, type Reading, roles } from '../domain/access/role.ts';
import { triedDry } from './dry-run.ts';
import { openApi, type Route } from './open-api.ts';

/**
 * Writes docs/reference/commands.md and openapi.json from the routes and the schemas of their bodies; with --check fails when a committed file differs.
 * What a route takes and who may call it is read from its own code: `app.<method>(path)`, `demand(c, ordering)`, `bodyOf(c, schema)`.
 */
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

interface Field {
  readonly type?: string;
  readonly enum?: readonly (string | number)[];
  readonly const?: string | number;
  readonly $ref?: string;
  readonly description?: string;
}

interface BodySchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
}

/** Who may call a route: whoever may order this, or read that; undefined when nobody is asked for a token. */
function allowedIn(part: string): readonly string[] | undefined {
  const ordering = /demand\(c, '([^']+)'/.exec(part)?.[1] as Ordering | undefined; // the compiler checked the call
  const reading = /mayRead\(c\.get\('orderer'\)\.roles, '([^']+)'/.exec(part)?.[1] as Reading | undefined; // the same
  if (ordering !== undefined) return roles.filter((role) => mayOrder([role], ordering));
  return reading === undefined ? undefined : roles.filter((role) => mayRead([role], reading));
}

function commandsIn(source: string): Route[] {
  return source
    .split(/(?=app\.(?:get|post|put|delete)\()/)
    .slice(1)
    .map((part) => ({
      method: (/app\.([a-z]+)/.exec(part)?.[1] ?? '').toUpperCase(),
      path: (/\('([^']+)'/.exec(part)?.[1] ?? '').replaceAll(/\{[^}]*\}/g, ''),
      allowed: allowedIn(part),
      schema: /bodyOf<\w+>\(c, '([^']+)'/.exec(part)?.[1],
    }));
}

const typeOf = ({ type, enum: values, const: value, $ref: reference }: Field): string => {
  if (values !== undefined) return values.map((one) => `\`${String(one)}\``).join(', ');
  if (value !== undefined) return `\`${String(value)}\``;
  return type ?? reference?.replace(/^.*\//, '').replace('.schema.json', '') ?? 'any';
};

const inCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function section({ method, path, allowed, schema }: Route): string {
  const body =
    schema === undefined
      ? undefined
      : (JSON.parse(readFileSync(here(`../schemas/command/${schema}.schema.json`), 'utf8')) as BodySchema); // our own schema
  const fields = Object.entries(body?.properties ?? {}).map(([name, field]) => {
    const must = body?.required?.includes(name) === true ? 'yes' : '';
    return `| \`${name}\` | ${inCell(typeOf(field))} | ${must} | ${inCell(field.description ?? '')} |`;
  });
  const table = ['| field | type | required | |', '|---|---|---|---|', ...fields];
  return [
    `## ${method} ${path}`,
    ...(body?.description === undefined ? [] : [body.description]),
    `${allowed === undefined ? 'No token: the link in the path is the right.' : `Roles: ${allowed.join(', ')}.`}${triedDry.includes(`${method} ${path}`) ? ' `?dryRun=true` tries it.' : ''}`,
    ...(fields.length === 0
      ? []
      : [`Body: [schemas/command/${schema}.schema.json](../../schemas/command/${schema}.schema.json)`, table.join('\n')]),
  ].join('\n\n');
}

const folder = here('routes/');
const commands = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .flatMap((file) => commandsIn(readFileSync(`${folder}${file}`, 'utf8')))
  .sort((one, other) => (`${one.path} ${one.method}` < `${other.path} ${other.method}` ? -1 : 1));

const page = `# Command API

Made from the code by \`npm run generate\`; for machines: [openapi.json](openapi.json). JSON in and out, bearer token in \`authorization\`. Errors are \`{code, message}\`: 400 what you sent,
401 your token, 403 your role, 404 nothing there, 409 not now, 422 not allowed, 503 a server of yours does not answer, 500 with an id that the log explains.

Where it says so, \`?dryRun=true\` lets Ficha check and do everything and keep, tell and send nothing: the answer is the one that would have been given, with \`dryRun: true\`;
ids and links in it belong to nothing.

${commands.map(section).join('\n\n')}
`;

const { version } = JSON.parse(readFileSync(here('../package.json'), 'utf8')) as { readonly version: string }; // our own
const files = {
  'commands.md': page,
  'openapi.json': `${JSON.stringify(openApi(commands, version), null, 2)}\n`,
};
mkdirSync(here('../docs/reference/'), { recursive: true });
for (const [file, text] of Object.entries(files)) {
  const target = here(`../docs/reference/${file}`);
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    process.stderr.write(
      `reference-drift: docs/reference/${file} is not what the code says; run \`npm run generate\` and commit it\n`,
    );
    process.exitCode = 1;
  }
}
