import type { Command } from 'commander';
import { command, type Trying } from './connection.ts';
import { doneOr, dryRunOption } from './dry-run.ts';
import { type Output, print } from './print.ts';

interface Waiting {
  readonly id: string;
  readonly way: string;
  readonly caller: string;
  readonly type: string;
  readonly waitsFor: 'officer' | 'request' | 'link';
  readonly receivedAt: string;
}

const waitsFor: Readonly<Record<Waiting['waitsFor'], string>> = {
  officer: 'you: the shop left; erase its clients and pause its system, then `ficha request intake-done`',
  request: 'the end of another request of the same person; it opens by itself',
  link: 'the person, who must follow the link in the mail',
};

/** `ficha request intakes|intake-done`. */
export function addIntakes(request: Command): void {
  request
    .command('intakes')
    .description('what came in by form, OpenDSR or a shop and is not a request yet')
    .option('--json', 'print JSON')
    .action(async (options: Output) => {
      const { intakes } = await command<{ readonly intakes: readonly Waiting[] }>('dpo', 'GET', '/v1/intakes');
      print(options, { intakes }, () =>
        intakes.length === 0
          ? ['Nothing waits. Ways in: docs/how-to/let-requests-in.md']
          : intakes.map(
              (one) =>
                `${one.id}  ${one.receivedAt.slice(0, 10)}  ${one.way}:${one.caller}  ${one.type}  waits for ${waitsFor[one.waitsFor]}`,
            ),
      );
    });
  request
    .command('intake-done')
    .description('you did what a shop that left asks for')
    .argument('<intake-id>', 'from `ficha request intakes`')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (id: string, options: Output & Trying) => {
      const answer = await command<unknown>('dpo', 'POST', `/v1/intakes/${encodeURIComponent(id)}/settle`, {}, options);
      print(options, answer, () => doneOr(options, 'It would be noted.', ['Noted in the audit log.']));
    });
}
