import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isCancel, select, text } from '@clack/prompts';
import { type Command, Option } from 'commander';
import { usualConfigFile } from '../platform/config-file.ts';
import { configText } from '../platform/config-text.ts';
import { loadSettings } from '../platform/settings.ts';
import { CommandFailed, exitCodes } from './connection.ts';
import { type Output, print } from './print.ts';

interface Answers {
  readonly mode?: string;
  readonly database?: string;
  readonly temporal?: string;
  readonly clickhouse?: string;
  readonly issuer?: string;
}

interface Options extends Answers, Output {
  readonly out: string;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

type Answer = keyof Answers;

interface Question {
  readonly answer: Exclude<Answer, 'mode'>;
  readonly setting: string;
  readonly ask: string;
  readonly hint: string;
}

const questions: readonly Question[] = [
  {
    answer: 'database',
    setting: 'DATABASE_URL',
    ask: 'Which PostgreSQL? (its address with user and password; empty: the embedded one)',
    hint: 'postgres://owner:password@host:5432/ficha',
  },
  { answer: 'temporal', setting: 'TEMPORAL_ADDRESS', ask: 'Which Temporal? (empty: the embedded one)', hint: 'host:7233' },
  {
    answer: 'clickhouse',
    setting: 'CLICKHOUSE_URL',
    ask: 'Which ClickHouse? (empty: the embedded one)',
    hint: 'https://host:8443',
  },
  {
    answer: 'issuer',
    setting: 'OIDC_ISSUER',
    ask: 'Where do people sign in? (address of your OpenID provider; empty: tokens that Ficha issues)',
    hint: 'https://id.example.com',
  },
];

/** `ficha init`: five questions, one commented config file. */
export function addInit(program: Command): void {
  program
    .command('init')
    .description('ask five questions and write a commented config file; what is not asked has its default')
    .addOption(
      new Option('--mode <mode>', 'development tries it out, production is for real').choices(['development', 'production']),
    )
    .option('--database <url>', 'PostgreSQL; a password goes to a file of its own that only you may read')
    .option('--temporal <host:port>', 'Temporal server')
    .option('--clickhouse <url>', 'ClickHouse over HTTP')
    .option('--issuer <url>', 'OpenID provider where people sign in')
    .option('--out <file>', 'where the config goes', usualConfigFile)
    .option('--yes', 'ask nothing: what is not given stays as it is by default')
    .option('--force', 'write over a config file that is there')
    .option('--dry-run', 'print the config file and write nothing')
    .option('--json', 'print JSON')
    .action(async (options: Options) => await init(options));
}

async function init(options: Options): Promise<void> {
  const file = resolve(options.out);
  if (existsSync(file) && !options.force && !options.dryRun)
    throw new CommandFailed(`already-there: ${file} is kept. --force writes over it, --out names another`, exitCodes.usage);
  const answers = options.yes ? options : await asked(options);
  const given = settingsOf(answers);
  check(given);
  const { kept, secrets } = apart(given, dirname(file));
  const written = configText(kept);
  if (options.dryRun) {
    process.stdout.write(written);
    return;
  }
  mkdirSync(dirname(file), { recursive: true });
  for (const [path, secret] of secrets) writeFileSync(path, `${secret}\n`, { mode: 0o600 });
  writeFileSync(file, written, { mode: 0o600 });
  const files = [file, ...secrets.keys()];
  print(options, { files }, () => [
    ...files.map((path) => `Written: ${path}`),
    'Next: `ficha doctor` looks whether everything answers, `ficha up` starts.',
  ]);
}

/** Asks what the options leave open. @throws CommandFailed `nobody-there`, `not-written` */
async function asked(options: Options): Promise<Answers> {
  if (!process.stdin.isTTY)
    throw new CommandFailed(
      'nobody-there: nobody is there to answer; give --yes, and the options that you want',
      exitCodes.usage,
    );
  const answered: Partial<Record<Answer, string>> = {};
  const mode =
    options.mode ??
    (await select({
      message: 'What is it for?',
      options: [
        { value: 'development', label: 'Trying it out: sample users, GraphiQL' },
        { value: 'production', label: 'For real' },
      ],
    }));
  if (isCancel(mode)) throw new CommandFailed('not-written: nothing was done', exitCodes.failed);
  answered.mode = mode;
  for (const { answer, ask, hint } of questions) {
    const said = options[answer] ?? (await text({ message: ask, placeholder: hint, defaultValue: '' }));
    if (isCancel(said)) throw new CommandFailed('not-written: nothing was done', exitCodes.failed);
    if (said !== '') answered[answer] = said;
  }
  return answered;
}

function settingsOf(answers: Answers): Readonly<Record<string, string>> {
  const given = questions.flatMap(({ answer, setting }) => {
    const value = answers[answer];
    return value === undefined || value === '' ? [] : [[setting, value] as const];
  });
  return {
    ...(answers.mode === undefined ? {} : { FICHA_MODE: answers.mode }),
    ...Object.fromEntries(given),
    ...(answers.issuer ? { OIDC_AUDIENCE: 'ficha' } : {}),
  };
}

/** Refuses what Ficha would refuse when it starts. @throws FichaError `setting-invalid` */
function check(given: Readonly<Record<string, string>>): void {
  loadSettings({ ...given, FICHA_CONFIG: '/dev/null' });
}

/** What goes into the config file, and secrets with the file that each goes to. */
function apart(given: Readonly<Record<string, string>>, folder: string) {
  const { DATABASE_URL: database, ...kept } = given;
  if (database === undefined || new URL(database).password === '') return { kept: given, secrets: new Map<string, string>() };
  const path = join(folder, 'ficha.database-url');
  return { kept: { ...kept, DATABASE_URL_FILE: path }, secrets: new Map([[path, database]]) };
}
