import type { Command } from 'commander';
import { problemsInWords, validatorFor } from '../platform/validate.ts';
import type { Link } from '../runtime/connector-tools.ts';
import { CommandFailed, exitCodes, ownConnectors } from './connection.ts';
import { offeredLines } from './offered.ts';
import { type Output, print } from './print.ts';
import { readYaml } from './read-file.ts';

/** Connectors and their kit, loaded only when an account is looked at. */
const tools = () => import('../runtime/connector-tools.ts');

const sign = { passed: '✓', failed: '✗', 'not declared': '–' } as const;

function linkIn(file: string): Link {
  const link = readYaml(file);
  const problems = validatorFor('command/link-system')(link);
  if (problems.length > 0) throw new CommandFailed(`not-a-link: ${file}: ${problemsInWords(problems)}`, exitCodes.usage);
  return link as Link; // the validator of that schema found no problem
}

/** Looks at the account of a link file, read only: what people without a twin test their manifest by. */
export async function probe(file: string, options: Output): Promise<void> {
  const probed = await (await tools()).probeLink(linkIn(file), ownConnectors());
  print(options, probed, () =>
    probed.map(({ title, outcome, say }) => `${sign[outcome]} ${title}${say === '' ? '' : `: ${say}`}`),
  );
  if (probed.some(({ outcome }) => outcome === 'failed')) throw new CommandFailed('', exitCodes.failed);
}

/** What linking the file would meet: whether it holds, and whether its account answers. Writes nothing. */
export async function lookAt(file: string, options: Output): Promise<void> {
  const system = await (await tools()).openUnlinked(linkIn(file), ownConnectors());
  const checked = await system.check();
  await system.close();
  print(options, { ...checked, dryRun: true }, () => [
    checked.ok ? 'It would be linked: the account answers.' : 'The account does not answer as it should; nothing was linked:',
    ...checked.problems.map(({ verb, say }) => `  ${verb}: ${say}`),
  ]);
  if (!checked.ok) throw new CommandFailed('', exitCodes.failed);
}

async function discover(file: string, options: Output): Promise<void> {
  const system = await (await tools()).openUnlinked(linkIn(file), ownConnectors());
  const checked = await system.check();
  const offered = (await system.discover?.()) ?? { parts: {}, missing: [] };
  await system.close();
  print(options, { check: checked, ...offered }, () => [
    checked.ok
      ? `The account answers${checked.account === undefined ? '' : `: ${checked.account}`}.`
      : 'The account does not answer as it should:',
    ...checked.problems.map(({ verb, say }) => `  ${verb}: ${say}`),
    ...offeredLines(offered),
  ]);
  if (!checked.ok) throw new CommandFailed('', exitCodes.failed);
}

/** `ficha connector discover`. */
export function addLooks(connector: Command): void {
  connector
    .command('discover')
    .description('what the account of a link file offers, before or after it is linked; writes nothing')
    .argument('<file>', 'as for `ficha system link`')
    .option('--json', 'print JSON')
    .action((file: string, options: Output) => discover(file, options));
}
