import type { Command } from 'commander';
import { confirmed, type Confirming } from './confirm.ts';
import { command, type Trying } from './connection.ts';
import { doneOr, dryRunOption } from './dry-run.ts';
import { type Output, print, table } from './print.ts';

interface SpecialValue {
  readonly id: string;
  readonly clientId: string | null;
  readonly linkedSystemId: string;
  readonly field: string;
  readonly category: string;
  readonly state: string;
  readonly basis: string | null;
  readonly since: string;
}

/** `ficha consent special list|release|drop`: data of special categories that arrived without a basis. */
export function addSpecial(consent: Command): void {
  const special = consent
    .command('special')
    .description('special categories (health, religion...): what is kept aside for want of a basis, and your word on it');
  special
    .command('list')
    .description('what is kept aside, and what may be held and why; never a value')
    .option('--json', 'print JSON')
    .action(async (options: Output) => {
      const { values } = await command<{ readonly values: readonly SpecialValue[] }>('dpo', 'GET', '/v1/special-data');
      const cells = values.map((one) => [
        one.id,
        one.state,
        one.category,
        `${one.linkedSystemId}: ${one.field}`,
        one.clientId ?? 'not resolved yet',
        one.basis ?? '',
      ]);
      print(options, { values }, () =>
        table(
          ['id', 'state', 'category', 'where', 'client', 'basis'],
          cells,
          'Nothing. `specialFields` of policies/consent.json names the fields that hold special categories.',
        ),
      );
    });
  const settle = async (body: object, options: Output & Trying, would: string, said: string): Promise<void> => {
    const done = await command<object>('dpo', 'POST', '/v1/special-data', body, options);
    print(options, done, () => doneOr(options, would, [said]));
  };
  special
    .command('release')
    .description('record the basis that allows to hold one value; it joins the golden record')
    .argument('<id>', 'from `ficha consent special list`')
    .requiredOption('--basis <text>', 'GDPR art. 9(2) basis and where it is documented; no personal data')
    .option('--yes', 'do it without asking')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (id: string, { basis, ...options }: Output & Confirming & Trying & { readonly basis: string }) => {
      await confirmed('Hold this value under that basis? The word of the DPO stands, and is audited.', options);
      const would = 'It would be held under this basis.';
      await settle({ id, answer: 'release', basis }, options, would, 'Held under this basis from now on.');
    });
  special
    .command('drop')
    .description('drop one value: it stays out until its system shows another one')
    .argument('<id>', 'from `ficha consent special list`')
    .option('--yes', 'do it without asking')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (id: string, options: Output & Confirming & Trying) => {
      await confirmed('Drop this value? Nothing brings it back here.', options);
      await settle({ id, answer: 'drop' }, options, 'It would be dropped.', 'Dropped. Delete it in its system too.');
    });
}
