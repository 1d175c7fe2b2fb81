import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { CommandFailed, exitCodes, ownConnectors, type Trying } from './connection.ts';
import { addLooks, probe } from './connector-look.ts';
import { doneOr } from './dry-run.ts';
import { type Output, print, table } from './print.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What works on connectors: all of their kit, so it is loaded only when one of these commands runs. */
const tools = () => import('../runtime/connector-tools.ts');

async function lint(names: readonly string[], options: Output): Promise<void> {
  const { connectorNames, lintConnector } = await tools();
  const own = ownConnectors();
  const asked = names.length === 0 ? connectorNames(own) : names;
  const found = asked.map((name) => ({ name, problem: lintConnector(name, own) }));
  print(options, found, () => found.map(({ name, problem }) => problem ?? `${name}: fine`));
  if (found.some(({ problem }) => problem !== null)) throw new CommandFailed('', exitCodes.failed);
}

async function runSuite(names: readonly string[], options: Output): Promise<void> {
  if (names.length === 0)
    throw new CommandFailed('names-missing: which connector? Or look at an account: --link <file>', exitCodes.usage);
  const runner = `${root}node_modules/vitest/vitest.mjs`;
  if (!existsSync(runner))
    throw new CommandFailed(
      'suite-missing: the acceptance suite needs a checkout of the project with its development packages',
      exitCodes.failed,
    );
  const unknown = names.find((name) => !existsSync(`${root}connectors/${name}`));
  if (unknown !== undefined)
    throw new CommandFailed(
      `connector-unknown: connectors/ has no "${unknown}"; \`ficha connector list\` says which there are, one of your own is tried with --link <file>`,
      exitCodes.usage,
    );
  const files = names.map((name) => `connectors/${name}/`);
  const { status } = spawnSync(process.execPath, [runner, 'run', ...files], {
    cwd: root,
    stdio: options.json ? ['inherit', process.stderr, 'inherit'] : 'inherit',
    env: { ...process.env, FICHA_WRITE_RESULTS: '1' },
  });
  const { suiteResults, writePages } = await tools();
  const results = suiteResults();
  if (options.json) print(options, Object.fromEntries(names.map((name) => [name, results[name] ?? null])), () => []);
  if (status !== 0) throw new CommandFailed('', exitCodes.failed);
  writePages();
}

async function create(
  name: string,
  { own, dryRun = false, ...output }: Output & Trying & { readonly own?: boolean },
): Promise<void> {
  const { isCheckout, writeOwnScaffold, writeScaffold } = await tools();
  if (own !== true && isCheckout()) {
    const files = writeScaffold(name, { dryRun });
    if (dryRun) return wouldWrite(files, output);
    return print(output, { files }, () => [...files, `Next: ficha connector test ${name}; then docs/connectors/author-guide.md`]);
  }
  const files = writeOwnScaffold(name, ownConnectors(), dryRun);
  if (dryRun) return wouldWrite(files, output);
  const next = `make the manifest say what the system's pages say; ficha connector lint ${name}; ficha connector test --link <file>`;
  print(output, { files }, () => [...files, `Next: ${next}`]);
}

const wouldWrite = (files: readonly string[], output: Output): void =>
  print(output, { files, dryRun: true }, () => doneOr({ dryRun: true }, `To be written: ${files.join(', ')}.`, []));

async function docs(options: Output & { readonly check?: boolean; readonly into?: string }): Promise<void> {
  const { isCheckout, stalePages, writeOwnPages, writePages } = await tools();
  if (options.check !== true) {
    const own = writeOwnPages(ownConnectors());
    const pages = own.length + (isCheckout() || options.into !== undefined ? writePages(options.into) : 0);
    return print(options, { pages }, () => [`${pages} pages written`, ...own]);
  }
  const stale = stalePages(options.into);
  if (options.json) print(options, { stale }, () => []);
  if (stale.length > 0)
    throw new CommandFailed(
      `docs-stale: ${stale.join(', ')}: run \`ficha connector docs\` and commit what it writes`,
      exitCodes.failed,
    );
}

async function list(options: Output): Promise<void> {
  const { connectorNames, manifestOf } = await tools();
  const folder = ownConnectors();
  const theirs = connectorNames();
  const rows = connectorNames(folder).map((name) => {
    const { title, version, erase, consent, hooks = [] } = manifestOf(name, folder);
    return {
      name,
      own: !theirs.includes(name),
      title,
      version,
      erases: erase !== undefined || hooks.includes('erase'),
      optsOut: consent !== undefined || hooks.includes('suppress'),
      hooks: hooks.length,
    };
  });
  const cells = rows.map((row) => [
    row.name,
    row.own ? 'own' : 'Ficha',
    `${row.version}`,
    row.optsOut ? 'yes' : 'no',
    row.erases ? 'yes' : 'no',
    `${row.hooks}`,
    row.title,
  ]);
  print(options, rows, () =>
    table(['name', 'from', 'version', 'opts out', 'erases', 'hooks', 'title'], cells, 'There is no connector.'),
  );
}

/** `ficha connector new | lint | test | docs | list | discover`. */
export function addConnector(program: Command): void {
  const connector = program
    .command('connector')
    .description('connectors: start one, check it, test it, see what an account offers');
  connector
    .command('new')
    .description(
      'a connector: in a checkout with its twin and test, else its manifest in your own folder (FICHA_HOME/connectors)',
    )
    .argument('<name>')
    .option('--own', 'in your own folder, in a checkout too')
    .option('--dry-run', 'name the files that would be written; write none')
    .option('--json', 'print JSON')
    .action(async (name: string, options: Output & Trying & { readonly own?: boolean }) => await create(name, options));
  connector
    .command('lint')
    .description('checks manifests: names or files; all when none is given')
    .argument('[names...]')
    .option('--json', 'print JSON')
    .action(async (names: readonly string[], options: Output) => await lint(names, options));
  connector
    .command('test')
    .description(
      'runs the acceptance suite against the twin and writes its results; with --link looks at a real account, writing nothing',
    )
    .argument('[names...]')
    .option('--link <file>', 'a link file, as for `ficha system link`: for a connector of your own, which has no twin')
    .option('--json', 'print JSON')
    .action(async (names: readonly string[], options: Output & { readonly link?: string }) =>
      options.link === undefined ? await runSuite(names, options) : await probe(options.link, options),
    );
  connector
    .command('docs')
    .description('writes a page for each connector and the acceptance table')
    .option('--check', 'write nothing; fail when a page is stale')
    .option('--into <folder>', 'another folder than docs/connectors')
    .option('--json', 'print JSON')
    .action(async (options: Output & { readonly check?: boolean; readonly into?: string }) => await docs(options));
  connector
    .command('list')
    .description('every connector and what it can do')
    .option('--json', 'print JSON')
    .action(async (options: Output) => await list(options));
  addLooks(connector);
}
