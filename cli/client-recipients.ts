import { type Command, Option } from 'commander';
import { command, type Trying } from './connection.ts';
import { doneOr, dryRunOption } from './dry-run.ts';
import { type Output, print, table } from './print.ts';

interface Recipient {
  readonly place: string;
  readonly title: string | null;
  readonly givenAt: string;
  readonly by: 'package' | 'note';
}

interface Noting extends Output, Trying {
  readonly title?: string;
  readonly givenAt?: string;
  readonly mistaken?: true;
}

const listed = (recipients: readonly Recipient[]): string[] =>
  table(
    ['receiver', 'called', 'given at', 'known by'],
    recipients.map(({ place, title, givenAt, by }) => [place, title ?? '', givenAt, by]),
    'Nobody was given data of this client, as far as Ficha knows.',
  );

/** `ficha client recipients|given-to`: to whom data of a client was given (GDPR art. 19). */
export function addClientRecipients(client: Command): void {
  client
    .command('recipients')
    .description('other controllers that were given data of a client: by a package of Ficha, or as noted')
    .argument('<client-id>')
    .option('--json', 'print JSON')
    .action(async (clientId: string, options: Output) => {
      const path = `/v1/recipients/${encodeURIComponent(clientId)}`;
      const { recipients } = await command<{ readonly recipients: readonly Recipient[] }>('dpo', 'GET', path);
      print(options, { recipients }, () => listed(recipients));
    });
  client
    .command('given-to')
    .description(
      'note another controller that was given data of a client outside Ficha: named in the next answer of access, told of a later erasure, correction or restriction',
    )
    .argument('<client-id>')
    .argument('<place>', 'its internet host, or a short code; never the name of a person')
    .option('--title <name>', 'how it is called in the answer to the person')
    .option('--given-at <time>', 'when it was given the data; now when left out')
    .addOption(new Option('--mistaken', 'the note was a mistake: take it back').conflicts(['title', 'givenAt']))
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (clientId: string, place: string, { json, dryRun = false, ...said }: Noting) => {
      const body = { clientId, place, ...said };
      const noted = await command<{ readonly recipients: readonly Recipient[] }>('dpo', 'POST', '/v1/recipients', body, {
        dryRun,
      });
      print(json === undefined ? {} : { json }, noted, () =>
        doneOr({ dryRun }, 'It would be noted.', [said.mistaken ? 'Taken back.' : 'Noted.', ...listed(noted.recipients)]),
      );
    });
}
