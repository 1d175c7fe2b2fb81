import { type Command, Option } from 'commander';
import { type AddressLine, addressesIn } from './address-file.ts';
import { command, exitCodes } from './connection.ts';
import { type Output, print } from './print.ts';

/** Well below the 1 MiB that a command may hold, also with long addresses. */
const batchSize = 5_000;
/** So many line numbers are read by people; --json holds all. */
const mostShown = 20;

interface Done {
  readonly listed?: number;
  readonly known?: number;
  readonly delisted?: number;
  readonly unreadable: readonly number[];
}

interface Sum {
  readonly done: number;
  readonly notThere: number;
  readonly unreadableLines: readonly number[];
}

interface Sending {
  readonly country?: string;
  readonly dryRun?: boolean;
}

/** Sends the lines of a file in batches; in a dry run it only reads them. @returns what became of them, with the lines that are neither an address nor a number */
async function sendLines(file: string, path: string, order: object, { country, dryRun = false }: Sending): Promise<Sum> {
  const { lines, unreadable } = addressesIn(file);
  let sum: Sum = { done: dryRun ? lines.length : 0, notThere: 0, unreadableLines: unreadable };
  for (let start = dryRun ? lines.length : 0; start < lines.length; start += batchSize) {
    const batch: readonly AddressLine[] = lines.slice(start, start + batchSize);
    const identifiers = batch.map(({ address }) => ({ address, ...(country === undefined ? {} : { country }) }));
    const one = await command<Done>('dpo', 'POST', path, { ...order, identifiers });
    const done = one.listed ?? one.delisted ?? 0;
    sum = {
      done: sum.done + done,
      notThere: sum.notThere + (one.known ?? batch.length - one.unreadable.length - done),
      unreadableLines: [...sum.unreadableLines, ...one.unreadable.flatMap((place) => batch[place]?.line ?? [])],
    };
  }
  const unreadableLines = [...sum.unreadableLines].sort((one, other) => one - other);
  if (unreadableLines.length > 0) process.exitCode = exitCodes.failed;
  return { ...sum, unreadableLines };
}

const aboutUnreadable = ({ unreadableLines: lines }: Sum): readonly string[] =>
  lines.length === 0
    ? []
    : [
        `${lines.length === 1 ? '1 line holds' : `${lines.length} lines hold`} neither an address nor a number and ${lines.length === 1 ? 'was' : 'were'} left out: ${lines.slice(0, mostShown).join(', ')}${lines.length > mostShown ? '… (--json names all)' : ''}.`,
      ];

interface Given extends Output, Sending {
  readonly reason: string;
}

const countryOption = (): Option => new Option('--country <code>', 'of telephone numbers without +prefix');
const fileWords = 'CSV (first column) or plain text, one address a line; - is the standard input';

/** `ficha consent exclude|delist`: a CSV of oppositions, such as a Robinson list. */
export function addExclude(consent: Command): void {
  consent
    .command('exclude')
    .description('put a CSV of addresses or numbers (first column) on the suppression list; every linked system is told')
    .argument('<file>', fileWords)
    .option(
      '--reason <reason>',
      'exclusion-list, opt-out, complaint, hard-bounce, ended-relation, no-interest, unconfirmed',
      'exclusion-list',
    )
    .addOption(countryOption())
    .option('--dry-run', 'read the file, say how many lines it holds and which cannot be read; send nothing')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExit code 1 when a line holds neither an address nor a number; the others are listed all the same.')
    .action(async (file: string, { json, reason, ...sending }: Given) => {
      const sum = await sendLines(file, '/v1/exclusions', { reason }, sending);
      const { done: listed, notThere: known, unreadableLines } = sum;
      const dryRun = sending.dryRun === true;
      print(json ? { json } : {}, { listed, known, unreadableLines, dryRun }, () => [
        dryRun ? `${listed} would be sent; nothing was.` : `${listed} listed, ${known} known before.`,
        ...aboutUnreadable(sum),
      ]);
    });
  consent
    .command('delist')
    .description('take addresses or numbers off the suppression list for one reason; audited. A person\u2019s own no stays')
    .argument('<file>', fileWords)
    .addOption(
      new Option('--reason <reason>', 'for which they were listed')
        .choices(['exclusion-list', 'complaint', 'hard-bounce', 'ended-relation', 'no-interest', 'unconfirmed'])
        .default('exclusion-list'),
    )
    .addOption(
      new Option('--because <why>', 'why they come off')
        .choices(['listed-by-mistake', 'off-the-list', 'address-works', 'asked-by-the-person'])
        .makeOptionMandatory(),
    )
    .option('--reference <reference>', 'where the proof is, as ticket/4711; no personal data')
    .addOption(countryOption())
    .option('--dry-run', 'read the file, say how many lines it holds and which cannot be read; send nothing')
    .option('--json', 'print JSON')
    .action(
      async (
        file: string,
        { json, country, dryRun = false, ...order }: Given & { readonly because: string; readonly reference?: string },
      ) => {
        const sum = await sendLines(file, '/v1/exclusions/delist', order, {
          ...(country === undefined ? {} : { country }),
          dryRun,
        });
        const { done: delisted, notThere: notListed, unreadableLines } = sum;
        print(json ? { json } : {}, { delisted, notListed, unreadableLines, dryRun }, () => [
          dryRun
            ? `${delisted} would be sent; nothing was.`
            : `${delisted} taken off, ${notListed} did not stand there for this reason.`,
          ...aboutUnreadable(sum),
        ]);
      },
    );
}
