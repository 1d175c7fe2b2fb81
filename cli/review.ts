import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { command, CommandFailed, exitCodes, query } from './connection.ts';
import { question } from './question.ts';
import { counted } from './counted.ts';
import { doneOr } from './dry-run.ts';
import { type Output, print, table } from './print.ts';
import { type Review, reviewFields, reviewPage } from './review-page.ts';
import { wholeNumber } from './whole-number.ts';

const listed = question(
  `query ($first: Int, $after: String) { reviewCount reviews(first: $first, after: $after) { edges { node { ${reviewFields} } } } }`,
);
const one = question(`query ($id: ID!) { review(id: $id) { ${reviewFields} } }`);

interface Listed {
  readonly reviewCount: number;
  readonly reviews: { readonly edges: readonly { readonly node: Review }[] };
}

type Answer = 'same' | 'different' | 'later';

interface AnswerOptions extends Output {
  readonly same?: boolean;
  readonly different?: boolean;
  readonly later?: boolean;
  readonly undo?: boolean;
  readonly days: number;
  readonly dryRun?: boolean;
}

interface Effect {
  readonly decisionId: string | null;
  readonly parts: readonly {
    readonly records: number;
    readonly sales: number;
    readonly interactions: number;
    readonly consents: number;
  }[];
}

/** `ficha review`: decide doubtful matches one after the other; `list`, `show` and `answer` for scripts. */
export function addReview(program: Command): void {
  const review = program
    .command('review')
    .description('doubtful matches: are these two clients one? Without a subcommand: one after the other')
    .addHelpText(
      'after',
      '\nOne answer settles every pair of records of the two clients, on every later run too, until it is undone.',
    )
    .action(async () => await oneByOne());
  review
    .command('list')
    .description('what waits, the most valuable doubt first')
    .option('--first <n>', 'how many at most', wholeNumber(1, 100), 20)
    .option('--json', 'print JSON')
    .action(async (options: Output & { readonly first: number }) => {
      const data = await query<Listed>('data-team', listed, { first: options.first });
      const found = data.reviews.edges.map(({ node }) => node);
      const cells = found.map(({ id, priority, records, pairs, reasonInWords }) => [
        id,
        priority.toFixed(1),
        String(records),
        String(pairs),
        reasonInWords,
      ]);
      print(options, { waiting: data.reviewCount, reviews: found }, () => [
        ...table(['id', 'priority', 'records', 'pairs', 'why it is asked'], cells, 'Nothing waits: no match is in doubt.'),
        ...(data.reviewCount > found.length ? ['', `${data.reviewCount} wait in all.`] : []),
      ]);
    });
  review
    .command('show')
    .description('one review: both sides field by field, and the reasons')
    .argument('<review-id>')
    .option('--json', 'print JSON')
    .action(async (id: string, options: Output) => {
      const shown = await reviewById(id);
      print(options, shown, () => [
        ...reviewPage(shown),
        '',
        `state ${shown.state}${shown.answer ? `, answered ${shown.answer}` : ''}`,
      ]);
    });
  review
    .command('answer')
    .description('answer one review, or take the answer back')
    .argument('<review-id>')
    .option('--same', 'one client')
    .option('--different', 'two clients, whatever evidence comes')
    .option('--later', 'out of the list for some days')
    .option('--days <n>', 'later: how many days', wholeNumber(1, 365), 7)
    .option('--undo', 'take the answer back; a review put off is in the list again')
    .option('--dry-run', 'say what would happen and change nothing')
    .option('--json', 'print JSON')
    .action(async (id: string, options: AnswerOptions) => await answerOne(id, options));
}

async function reviewById(id: string): Promise<Review> {
  const { review } = await query<{ readonly review: Review | null }>('data-team', one, { id });
  if (!review)
    throw new CommandFailed('unknown-task: no review has this id; `ficha review list` shows those that wait', exitCodes.nothing);
  return review;
}

async function answerOne(taskId: string, options: AnswerOptions): Promise<void> {
  const chosen = (['same', 'different', 'later', 'undo'] as const).filter((name) => options[name]);
  const [answer] = chosen;
  if (answer === undefined || chosen.length > 1) {
    throw new CommandFailed('one-answer: give exactly one of --same, --different, --later, --undo', exitCodes.usage);
  }
  if (answer === 'undo') {
    const undone = await command<{ readonly decisionId: string | null }>(
      'data-team',
      'POST',
      '/v1/identity-undos',
      { taskId },
      options,
    );
    return print(options, undone, () =>
      doneOr(options, undone.decisionId === null ? 'It would be in the list again.' : 'It would be taken back.', [
        undone.decisionId === null
          ? 'It is in the list again.'
          : `Taken back (decision ${undone.decisionId}). The records are resolved again.`,
      ]),
    );
  }
  const effect = await send(taskId, answer, options.days, options.dryRun ?? false);
  print(options, effect, () => told(taskId, answer, effect, options.dryRun ?? false));
}

async function send(taskId: string, answer: Answer, laterDays: number, dryRun: boolean): Promise<Effect> {
  return await command<Effect>('data-team', 'POST', '/v1/review-answers', {
    taskId,
    answer,
    ...(answer === 'later' ? { laterDays } : {}),
    dryRun,
  });
}

function told(taskId: string, answer: Answer, { parts }: Effect, dryRun: boolean): string[] {
  if (answer === 'later') return ['Later. It comes back by itself.'];
  const held = parts.map(
    ({ records, sales, interactions, consents }) =>
      `  ${counted(records, 'record')}, ${counted(sales, 'sale')}, ${counted(interactions, 'interaction')}, ${counted(consents, 'consent event')}`,
  );
  const said = answer === 'same' ? 'One client, holding:' : 'Two clients, holding:';
  return [
    dryRun ? `Would be: ${said.toLowerCase()}` : said,
    ...held,
    ...(dryRun ? [] : [`Take it back: ficha review answer ${taskId} --undo`]),
  ];
}

const keys: Readonly<Record<string, Answer>> = { s: 'same', d: 'different', l: 'later' };

/** Shows what waits, one after the other, and sends each answer as it is given. */
async function oneByOne(): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new CommandFailed('not-a-terminal: `ficha review list` and `ficha review answer` are for scripts', exitCodes.usage);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const seen = new Set<string>();
  try {
    for (;;) {
      const data = await query<Listed>('data-team', listed, { first: 10 });
      const next = data.reviews.edges.map(({ node }) => node).find(({ id }) => !seen.has(id));
      if (next === undefined) return void process.stdout.write(`Nothing more waits. ${seen.size} seen.\n`);
      seen.add(next.id);
      process.stdout.write(`\n${data.reviewCount} wait\n${reviewPage(next).join('\n')}\n`);
      const key = (await terminal.question('[s]ame  [d]ifferent  [l]ater  [n]ext  [q]uit > ')).trim().toLowerCase().slice(0, 1);
      if (key === 'q') return;
      const answer = keys[key];
      if (answer === undefined) continue;
      process.stdout.write(`${told(next.id, answer, await send(next.id, answer, 7, false), false).join('\n')}\n`);
    }
  } finally {
    terminal.close();
  }
}
