import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { confirmed, type Confirming } from './confirm.ts';
import { command, CommandFailed, exitCodes, type Trying } from './connection.ts';
import { counted } from './counted.ts';
import { doneOr, dryRunOption } from './dry-run.ts';
import { type Output, print } from './print.ts';

interface Readmitting extends Output, Confirming, Trying {
  readonly email?: readonly string[];
  readonly phone?: readonly string[];
  readonly taxId?: readonly string[];
  readonly givenAt: string;
  readonly how: string;
  readonly proof?: string;
}

const identifiersOf = ({ email = [], phone = [], taxId = [] }: Readmitting) => [
  ...email.map((value) => ({ kind: 'email', value })),
  ...phone.map((value) => ({ kind: 'phone', value })),
  ...taxId.map((value) => ({ kind: 'tax-id', value })),
];

/** `ficha request readmit`. */
export function addReadmission(request: Command): void {
  request
    .command('readmit')
    .description(
      'somebody who was erased became a client again by an act of their own: what systems bring of them is written from now on',
    )
    .option('--email <address...>', 'their addresses')
    .option('--phone <number...>', 'their telephones')
    .option('--tax-id <id...>', 'their tax ids')
    .requiredOption('--given-at <time>', 'when they said so, after the erasure')
    .addOption(
      new Option('--how <how>', 'where they said it')
        .choices(['form', 'paper', 'in-person', 'phone', 'email', 'contract'])
        .makeOptionMandatory(),
    )
    .option('--proof <file>', 'what proves it; its SHA-256 is noted, the file stays with you')
    .option('--yes', 'do it without asking')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (options: Readmitting) => {
      const identifiers = identifiersOf(options);
      if (identifiers.length === 0)
        throw new CommandFailed('whom: give --email, --phone or --tax-id of the person', exitCodes.usage);
      const { givenAt, how, proof, json, dryRun = false } = options;
      await confirmed(
        'Let the person in again? What systems bring of them is then kept, and only another erasure ends it.',
        options,
      );
      const proofSha256 =
        proof === undefined ? {} : { proofSha256: createHash('sha256').update(readFileSync(proof)).digest('hex') };
      const body = { identifiers, givenAt, how, ...proofSha256 };
      const { lifted } = await command<{ readonly lifted: number }>('dpo', 'POST', '/v1/readmissions', body, { dryRun });
      const identified = counted(lifted, 'identifier');
      print(json === undefined ? {} : { json }, { lifted, ...(dryRun ? { dryRun } : {}) }, () =>
        doneOr({ dryRun }, `${identified} could come in again.`, [
          `${identified} may come in again. Opt-outs of before the erasure still hold; a new yes is recorded with \`ficha consent\`.`,
        ]),
      );
    });
}
