import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { problemsInWords, validatorFor } from '../platform/validate.ts';
import { connectorNames, manifestOf, openUnlinked, stalePages, writePages, writeScaffold } from '../runtime/connector-tools.ts';
import { CommandFailed, exitCodes } from './connection.ts';
import { type Output, print, table } from './print.ts';
import { readYaml } from './read-file.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function lint(names: readonly string[], options: Output): void {
  const asked = names.length === 0 ? connectorNames() : names;
  const found = asked.map((name) => {
    try {
      manifestOf(name);
      return { name, problem: null };
    } catch (error) {
      return { name, problem: error instanceof Error ? error.message : String(error) };
    }
  });
  print(options, found, () => found.map(({ name, problem }) => problem ?? `${name}: fine`));
  if (found.some(({ problem }) => problem !== null)) throw new CommandFailed('', exitCodes.failed);
}

function runSuite(names: readonly string[]): void {
  const runner = `${root}node_modules/vitest/vitest.mjs`;
  if (!existsSync(runner))
    throw new CommandFailed(
      'suite-missing: the acceptance suite needs a checkout of the project with its development packages',
      exitCodes.failed,
    );
  const files = names.map((name) => `connectors/${name}/`);
  const { status } = spawnSync(process.execPath, [runner, 'run', ...files], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, FICHA_WRITE_RESULTS: '1' },
  });
  if (status !== 0) throw new CommandFailed('', exitCodes.failed);
  writePages();
}

function docs(options: { readonly check?: boolean; readonly into?: string }): void {
  if (options.check !== true) {
    process.stdout.write(`${writePages(options.into)} pages written\n`);
    return;
  }
  const stale = stalePages(options.into);
  if (stale.length > 0)
    throw new CommandFailed(
      `docs-stale: ${stale.join(', ')}: run \`ficha connector docs\` and commit what it writes`,
      exitCodes.failed,
    );
}

function list(options: Output): void {
  const rows = connectorNames().map((name) => {
    const { title, version, erase, consent, hooks = [] } = manifestOf(name);
    return {
      name,
      title,
      version,
      erases: erase !== undefined || hooks.includes('erase'),
      optsOut: consent !== undefined || hooks.includes('suppress'),
      hooks: hooks.length,
    };
  });
  const cells = rows.map((row) => [
    row.name,
    `${row.version}`,
    row.optsOut ? 'yes' : 'no',
    row.erases ? 'yes' : 'no',
    `${row.hooks}`,
    row.title,
  ]);
  print(options, rows, () => table(['name', 'version', 'opts out', 'erases', 'hooks', 'title'], cells, 'There is no connector.'));
}

async function discover(file: string, options: Output): Promise<void> {
  const link = readYaml(file);
  const problems = validatorFor('command/link-system')(link);
  if (problems.length > 0) throw new CommandFailed(`not-a-link: ${file}: ${problemsInWords(problems)}`, exitCodes.usage);
  const system = await openUnlinked(link as Parameters<typeof openUnlinked>[0]); // the validator of that schema found no problem
  const checked = await system.check();
  const offered = (await system.discover?.()) ?? { parts: {}, missing: [] };
  await system.close();
  print(options, { check: checked, ...offered }, () => [
    checked.ok
      ? `The account answers${checked.account === undefined ? '' : `: ${checked.account}`}.`
      : 'The account does not answer as it should:',
    ...checked.problems.map(({ verb, say }) => `  ${verb}: ${say}`),
    ...Object.entries(offered.parts).flatMap(([part, items]) => [
      `${part}:`,
      ...items.map(({ name, label, type }) => `  ${[name, label, type].filter((one) => one !== undefined).join('  ')}`),
    ]),
    ...offered.missing.map(({ part, code }) => `${part}: not offered to this account (${code})`),
  ]);
  if (!checked.ok) throw new CommandFailed('', exitCodes.failed);
}

/** `ficha connector new | lint | test | docs | list | discover`. */
export function addConnector(program: Command): void {
  const connector = program
    .command('connector')
    .description('connectors: start one, check it, test it, see what an account offers');
  connector
    .command('new')
    .description('a connector, its twin and its test, which pass the acceptance suite as they are')
    .argument('<name>')
    .option('--json', 'print JSON')
    .action((name: string, options: Output) => {
      const files = writeScaffold(name);
      print(options, { files }, () => [...files, `Next: ficha connector test ${name}; then docs/connectors/author-guide.md`]);
    });
  connector
    .command('lint')
    .description('checks manifests: names or files; all when none is given')
    .argument('[names...]')
    .option('--json', 'print JSON')
    .action((names: readonly string[], options: Output) => lint(names, options));
  connector
    .command('test')
    .description('runs the acceptance suite and writes its results')
    .argument('<names...>')
    .action((names: readonly string[]) => runSuite(names));
  connector
    .command('docs')
    .description('writes a page for each connector and the acceptance table')
    .option('--check', 'write nothing; fail when a page is stale')
    .option('--into <folder>', 'another folder than docs/connectors')
    .action((options: { readonly check?: boolean; readonly into?: string }) => docs(options));
  connector
    .command('list')
    .description('every connector and what it can do')
    .option('--json', 'print JSON')
    .action((options: Output) => list(options));
  connector
    .command('discover')
    .description('what the account of a link file offers, before or after it is linked; writes nothing')
    .argument('<file>', 'as for `ficha system link`')
    .option('--json', 'print JSON')
    .action((file: string, options: Output) => discover(file, options));
}
