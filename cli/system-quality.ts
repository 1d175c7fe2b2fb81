import type { Command } from 'commander';
import { query } from './connection.ts';
import { question } from './question.ts';
import { refuseUnknown } from './known-system.ts';
import { type Output, print, table } from './print.ts';
import { wholeNumber } from './whole-number.ts';

interface Quality {
  readonly day: string;
  readonly linkedSystemId: string;
  readonly records: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly identifiers: number;
  readonly invalidIdentifiers: number;
  readonly rejected: number;
  readonly completeness: number | null;
  readonly freshness: number | null;
}

interface Answer {
  readonly linkedSystems: readonly { readonly id: string }[];
  readonly dataQuality: readonly Quality[];
}

const asked = question(`query ($id: String, $days: Int) { linkedSystems { id } dataQuality(linkedSystemId: $id, days: $days) {
  day linkedSystemId records duplicates conflicts identifiers invalidIdentifiers rejected completeness freshness } }`);

const share = (value: number | null): string => (value === null ? '-' : `${Math.round(value * 100)} %`);

/** `ficha system quality [id]`: duplicates, completeness, freshness, invalid identifiers and conflicts, by day. */
export function addSystemQuality(system: Command): void {
  system
    .command('quality')
    .description('how good the data of each system is: duplicates, completeness, freshness, invalid identifiers, conflicts')
    .argument('[system-id]')
    .option('--days <n>', 'how many days back', wholeNumber(1, 366), 1)
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, options: Output & { readonly days: number }) => {
      const { linkedSystems, dataQuality } = await query<Answer>('data-team', asked, { id: id ?? null, days: options.days });
      refuseUnknown(id, linkedSystems);
      const cells = dataQuality.map((one) => [
        one.day,
        one.linkedSystemId,
        `${one.records}`,
        `${one.duplicates}`,
        share(one.completeness),
        share(one.freshness),
        `${one.invalidIdentifiers} of ${one.identifiers}`,
        `${one.conflicts}`,
        `${one.rejected}`,
      ]);
      print(options, dataQuality, () =>
        table(
          ['day', 'system', 'records', 'duplicates', 'complete', 'fresh', 'invalid ids', 'conflicts', 'aside'],
          cells,
          'Nothing measured yet: it is done once a day. Pull a system first: ficha sync <system-id>',
        ),
      );
    });
}
