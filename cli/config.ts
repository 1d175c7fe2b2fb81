import type { Command } from 'commander';
import { closest } from '../domain/record/closest.ts';
import { FichaError } from '../domain/record/error.ts';
import { type GivenSetting, givenSettings, loadSettings, settingRules } from '../platform/settings.ts';
import { CommandFailed, exitCodes } from './connection.ts';
import { type Output, print } from './print.ts';

interface Explained {
  readonly name: string;
  /** What holds now; never the value of a secret. */
  readonly value: string | null;
  readonly from: GivenSetting['from'] | 'default' | 'not set';
  readonly what: string;
}

/** Settings whose value is nobody's to read on a screen. */
const secret = /KEY$|PASSWORD$|SECRET$|^DATABASE_URL$|^FICHA_SMTP_URL$|_API_KEY$|TOKEN$|_HEADERS$/;

function explained(): readonly Explained[] {
  const all = givenSettings(process.env);
  return Object.entries(settingRules()).map(([name, { description = '', default: usual, enum: values }]) => {
    const given = all.get(name);
    const what = values === undefined ? description : `${description} (${values.map(String).join(', ')})`;
    if (given !== undefined) return { name, value: secret.test(name) ? '(secret)' : given.text, from: given.from, what };
    return usual === undefined
      ? { name, value: null, from: 'not set', what }
      : { name, value: String(usual), from: 'default', what };
  });
}

function unknownSetting(name: string): CommandFailed {
  const near = closest(name, Object.keys(settingRules()));
  const way = near === undefined ? '`ficha config explain` lists them' : `Did you mean ${near}?`;
  return new CommandFailed(`unknown-setting: ${name} is no setting; ${way}`, exitCodes.nothing);
}

/** What keeps Ficha from starting with these settings, as `config check` says it. */
function whatIsWrong(): readonly string[] {
  try {
    loadSettings(process.env);
    return [];
  } catch (error) {
    if (error instanceof FichaError) return ['', `Ficha would not start: ${error.message}`];
    throw error;
  }
}

/** `ficha config explain|check`: every setting, what holds and where it comes from. */
export function addConfig(program: Command): void {
  const config = program
    .command('config')
    .description('settings: environment variables and a config file, checked against one schema');
  config
    .command('explain')
    .description('every setting, the value that holds, where it comes from, what it does; secrets are not shown')
    .argument('[name]', 'one setting only')
    .option('--json', 'print JSON')
    .action((name: string | undefined, options: Output) => {
      const found = explained().filter((one) => name === undefined || one.name === name);
      if (found.length === 0) throw unknownSetting(name ?? '');
      print(options, found, () => [
        ...found.flatMap(({ name: setting, value, from, what }) => [`${setting} = ${value ?? '-'}   (${from})`, `    ${what}`]),
        ...whatIsWrong(),
      ]);
    });
  config
    .command('check')
    .description('say whether the settings as they stand would let Ficha start')
    .option('--json', 'print JSON')
    .action((options: Output) => {
      const { mode, http } = loadSettings(process.env);
      print(options, { ok: true, mode, port: http.port }, () => [`ok: mode ${mode}, port ${http.port}`]);
    });
}
