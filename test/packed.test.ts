import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, extname, join, relative } from 'node:path';
import ts from 'typescript';
import { beforeAll, expect, test } from 'vitest';
import { pack, run, unpack } from './support/packed.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

let folder: string;
let ficha: string;
beforeAll(() => {
  folder = temporaryFolder();
  ficha = unpack(pack(folder), folder);
}, 300_000);

const packed = (): readonly string[] =>
  readdirSync(ficha, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ficha, join(entry.parentPath, entry.name)));

const asUser = (...args: readonly string[]): string =>
  run(process.execPath, [join(ficha, 'bin', 'ficha.cjs'), ...args], folder, { FICHA_HOME: join(folder, 'home') });

test('every module of the package finds what it imports: in the package, or among what a user gets', () => {
  const { dependencies } = JSON.parse(readFileSync(join(ficha, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const modules = packed().filter((file) => /\.(ts|cjs)$/.test(file));
  const missing = modules.flatMap((file) =>
    ts
      .preProcessFile(readFileSync(join(ficha, file), 'utf8'), true, true)
      .importedFiles.map(({ fileName }) => fileName)
      .filter((name) =>
        name.startsWith('.')
          ? !existsSync(join(ficha, dirname(file), name))
          : !isBuiltin(name) && dependencies[/^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? ''] === undefined,
      )
      .map((name) => `${file}: ${name}`),
  );
  expect(modules.length).toBeGreaterThan(400);
  expect(missing).toEqual([]);
});

test('nothing is packed but what runs: no tests, no tools of developers, no file of somebody', () => {
  const kinds = ['.ts', '.cjs', '.json', '.yaml', '.sql', '.md', '.css', '.graphql', '.svg', '.txt', '.xlsx', '', '.initialdata'];
  const odd = packed().filter(
    (file) =>
      !kinds.includes(extname(file)) ||
      /\.test\.|(^|\/)fixtures\/|(^|\/)print-|(^|\/)\./.test(file) ||
      (file.startsWith('test/') && !/^test\/twins\/(kit\/|mailman|request-tracker|tryton|sample-|twin-)/.test(file)),
  );
  expect(odd).toEqual([]);
  for (const file of [
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'store/migrations/0001-spine.sql',
    'connectors/tryton/manifest.yaml',
  ]) {
    expect(packed()).toContain(file);
  }
});

test('an installed ficha says its version, lists its connectors and resolves a file', () => {
  expect(asUser('--version').trim()).toMatch(/^\d+\.\d+\.\d+$/);
  expect(asUser('connector', 'list')).toContain('mailchimp');
  const people = join(folder, 'people.csv');
  writeFileSync(
    people,
    'record_id,system,kind,given_name,family_name,email\n' +
      'a,crm,person,Ana,Núñez Ortega,ana.nunez@quintana.example\n' +
      'b,shop,person,Ana,Nuñez,ana.nunez@quintana.example\n' +
      'c,crm,person,Luis,Gil,luis.gil@quintana.example\n',
  );
  const clusters = join(folder, 'clusters.csv');
  asUser('resolve', '--input', people, '--output', clusters);
  const of = new Map(
    readFileSync(clusters, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',') as [string, string]),
  );
  expect(of.get('a')).toBe(of.get('b'));
  expect(of.get('c')).not.toBe(of.get('a'));
});

test('a new connector of an installed ficha goes into the folder of its user, never into the package', () => {
  asUser('connector', 'new', 'acme-mailer');
  expect(existsSync(join(folder, 'home', 'connectors', 'acme-mailer', 'manifest.yaml'))).toBe(true);
  expect(packed().filter((file) => file.includes('acme-mailer'))).toEqual([]);
});
