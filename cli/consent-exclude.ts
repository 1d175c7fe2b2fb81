import type { Command } from 'commander';
import { command } from './connection.ts';
import { type Output, print } from './print.ts';
import { readText } from './read-file.ts';

/** Well below the 1 MiB that a command may hold, also with long addresses. */
const batchSize = 5_000;

interface Listed {
  readonly listed: number;
  readonly known: number;
  readonly unreadable: readonly number[];
}

/** The first cell of every line, without quotes; empty lines and a heading without @ or digit are left out. */
const cellsOf = (text: string): readonly string[] =>
  text
    .split(/\r?\n/)
    .map((line) => (line.split(/[;,\t]/)[0] ?? '').replaceAll('"', '').trim())
    .filter((cell) => /[@\d]/.test(cell));

/** `ficha consent exclude`: a CSV of oppositions, such as a Robinson list. */
export function addExclude(consent: Command): void {
  consent
    .command('exclude')
    .description('put a CSV of addresses or numbers (first column) on the suppression list; every linked system is told')
    .argument('<file>', 'CSV or plain text, one address a line')
    .option(
      '--reason <reason>',
      'exclusion-list, opt-out, complaint, hard-bounce, ended-relation, no-interest, unconfirmed',
      'exclusion-list',
    )
    .option('--country <code>', 'of telephone numbers without +prefix')
    .option('--json', 'print JSON')
    .action(async (file: string, { json, reason, country }: Output & { readonly reason: string; readonly country?: string }) => {
      const cells = cellsOf(readText(file));
      const sum = { listed: 0, known: 0, unreadable: 0 };
      for (let start = 0; start < cells.length; start += batchSize) {
        const identifiers = cells
          .slice(start, start + batchSize)
          .map((address) => ({ address, ...(country === undefined ? {} : { country }) }));
        const done = await command<Listed>('dpo', 'POST', '/v1/exclusions', { reason, identifiers });
        sum.listed += done.listed;
        sum.known += done.known;
        sum.unreadable += done.unreadable.length;
      }
      print(json ? { json } : {}, sum, () => [
        `${sum.listed} listed, ${sum.known} known before, ${sum.unreadable} that are neither an address nor a number.`,
      ]);
    });
}
