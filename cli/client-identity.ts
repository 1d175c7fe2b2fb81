import type { Command } from 'commander';
import { command, query, type Trying } from './connection.ts';
import { question } from './question.ts';
import { doneOr, dryRunOption } from './dry-run.ts';
import { type Output, print, table } from './print.ts';
import { type Pair, pairFields, reasonLines } from './review-page.ts';

interface Why {
  readonly sameClient: boolean;
  readonly answer: string;
  readonly byHand: string | null;
  readonly pair: Pair | null;
  readonly path: readonly Pair[];
}

interface Step {
  readonly at: string;
  readonly cause: string;
  readonly recordId: string;
  readonly linkedSystemId: string;
  readonly externalId: string;
  readonly withRecordId: string | null;
  readonly ruleInWords: string | null;
  readonly decisionId: string | null;
  readonly decidedBy: string | null;
  readonly reasons: Pair['reasons'];
}

interface History {
  readonly clientId: string;
  readonly steps: readonly Step[];
  readonly decisions: readonly {
    readonly id: string;
    readonly kind: string;
    readonly answer: string;
    readonly decidedBy: string;
    readonly at: string;
    readonly undoneAt: string | null;
  }[];
}

interface Effect {
  readonly decisionId: string | null;
  readonly parts: readonly {
    readonly clientId: string | null;
    readonly records: number;
    readonly sales: number;
    readonly interactions: number;
    readonly consents: number;
    readonly suppressions: number;
  }[];
}

const why = question(`query ($one: String!, $other: String!) { why(one: $one, other: $other) { sameClient answer byHand
  pair { ${pairFields} } path { ${pairFields} } } }`);
const how = question(`query ($id: ID!) { clientHistory(id: $id) { clientId
  steps { at cause recordId linkedSystemId externalId withRecordId ruleInWords decisionId decidedBy reasons { speaks words weight } }
  decisions { id kind answer decidedBy at undoneAt } } }`);

const effectLines = (effect: Effect, done: string): string[] => [
  ...table(
    ['client', 'records', 'sales', 'interactions', 'consent events', 'suppressions'],
    effect.parts.map((part) => [
      part.clientId ?? (effect.parts.length > 1 ? '(a client of its own)' : '(one client)'),
      ...[part.records, part.sales, part.interactions, part.consents, part.suppressions].map(String),
    ]),
    '',
  ),
  '',
  ...(effect.decisionId === null
    ? ['Nothing changed yet. Say it again with --yes to do it.']
    : [`${done} Take it back: ficha client undo ${effect.decisionId}`]),
];

/** `ficha client why|how|split|merge|link|undo`. Splits and merges show their effect and do nothing without --yes. */
export function addClientIdentity(client: Command): void {
  addReads(client);
  client
    .command('split')
    .description('part records from a client: they become a client of their own')
    .argument('<client-id>')
    .argument('<record...>', 'those that go: their number, or <linked system>:<external id>')
    .option('--yes', 'do it; without it only the effect is shown')
    .option('--json', 'print JSON')
    .action(async (clientId: string, records: readonly string[], options: Output & { readonly yes?: boolean }) => {
      const body = { clientId, records, dryRun: !options.yes };
      const effect = await command<Effect>('data-team', 'POST', '/v1/client-splits', body);
      print(options, effect, () => effectLines(effect, 'Split.'));
    });
  client
    .command('merge')
    .description('make several clients one; the larger keeps its id')
    .argument('<client-id...>', 'two to ten')
    .option('--yes', 'do it; without it only the effect is shown')
    .option('--json', 'print JSON')
    .action(async (clientIds: readonly string[], options: Output & { readonly yes?: boolean }) => {
      const effect = await command<Effect>('data-team', 'POST', '/v1/client-merges', { clientIds, dryRun: !options.yes });
      print(options, effect, () => effectLines(effect, 'Merged.'));
    });
  client
    .command('link')
    .description('say of two records that they are one client, or that they are not')
    .argument('<one>')
    .argument('<other>')
    .argument('<answer>', 'same or different')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (one: string, other: string, answer: string, options: Output & Trying) => {
      const effect = await command<Effect>('data-team', 'POST', '/v1/record-links', { one, other, answer }, options);
      print(options, effect, () =>
        doneOr(options, 'It would be noted, and the records resolved again.', [
          `Noted. Take it back: ficha client undo ${effect.decisionId ?? ''}`,
        ]),
      );
    });
  client
    .command('undo')
    .description('take back a split, a merge, a link or an answer; `ficha client how` lists them')
    .argument('<decision-id>')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (decisionId: string, options: Output & Trying) => {
      const undone = await command<unknown>('data-team', 'POST', '/v1/identity-undos', { decisionId }, options);
      print(options, undone, () =>
        doneOr(options, 'It would be taken back, and the records resolved again.', [
          'Taken back. The records are resolved again.',
        ]),
      );
    });
}

function addReads(client: Command): void {
  client
    .command('why')
    .description('why two records are one client, or why not')
    .argument('<one>', 'number of a record, or <linked system>:<external id>')
    .argument('<other>')
    .option('--json', 'print JSON')
    .action(async (one: string, other: string, options: Output) => {
      const { why: told } = await query<{ readonly why: Why }>('data-team', why, { one, other });
      print(options, told, () => [
        told.answer,
        ...(told.pair === null ? [] : reasonLines(told.pair)),
        ...told.path.flatMap((pair) => [`${pair.one} - ${pair.other}: ${pair.ruleInWords}`, ...reasonLines(pair)]),
      ]);
    });
  client
    .command('how')
    .description('how a client grew, step by step, and what people decided of it')
    .argument('<client-id>')
    .option('--json', 'print JSON')
    .action(async (id: string, options: Output) => {
      const { clientHistory } = await query<{ readonly clientHistory: History }>('data-team', how, { id });
      print(options, clientHistory, () => historyLines(clientHistory));
    });
}

function historyLines({ steps, decisions }: History): string[] {
  const told = steps.flatMap((step) => [
    `${step.at.slice(0, 16)}  ${step.cause.padEnd(7)}  ${step.recordId} ${step.linkedSystemId}:${step.externalId}` +
      `${step.withRecordId === null ? '' : ` with ${step.withRecordId}`}${step.ruleInWords === null ? '' : `: ${step.ruleInWords}`}` +
      `${step.decidedBy === null ? '' : ` (${step.decidedBy}, ${step.decisionId ?? ''})`}`,
    ...reasonLines(step),
  ]);
  const decided = decisions.map(({ id, kind, answer, decidedBy, at, undoneAt }) => [
    id,
    at.slice(0, 16),
    kind,
    answer,
    decidedBy,
    undoneAt ? 'undone' : 'in force',
  ]);
  return [
    ...(told.length === 0 ? ['No such client, or nothing is known of it.'] : told),
    ...(decided.length === 0 ? [] : ['', ...table(['decision', 'at', 'kind', 'answer', 'by', 'state'], decided, '')]),
  ];
}
