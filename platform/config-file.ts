import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { closest } from '../domain/record/closest.ts';
import { FichaError } from '../domain/record/error.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** The config file that is read when nothing names another. */
export const usualConfigFile = 'ficha.yaml';

/** The config file that holds: FICHA_CONFIG, else ficha.yaml in the working folder when it is there. Absolute path. */
export function configFileOf(env: Variables): string | undefined {
  const named = env['FICHA_CONFIG'];
  if (named !== undefined && named !== '') return resolve(named);
  const usual = resolve(usualConfigFile);
  return existsSync(usual) ? usual : undefined;
}

/** @throws FichaError `config-unreadable` with the path, and with the line where YAML ends to be YAML; never a value */
function read(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new FichaError('config-unreadable', `${path}: there is no such file, or this user may not read it`, { cause });
  }
  try {
    return parse(text, { prettyErrors: false }) ?? {};
  } catch (cause) {
    const at = cause instanceof Error && 'pos' in cause && Array.isArray(cause.pos) ? Number(cause.pos[0]) : 0;
    const line = text.slice(0, at).split('\n').length;
    throw new FichaError('config-unreadable', `${path}, line ${line}: this is not YAML. It must hold lines as FICHA_PORT: 4680`);
  }
}

/**
 * Settings of a config file: the same names as the environment variables.
 * @param known names that a setting can have
 * @throws FichaError `config-unreadable`, `setting-unknown`, `setting-invalid`: name the file and the setting, never a value
 */
export function readConfigFile(path: string, known: readonly string[]): Readonly<Record<string, string>> {
  const values = read(path);
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    throw new FichaError('config-unreadable', `${path} must hold settings by name, one a line: FICHA_PORT: 4680`);
  const given = Object.entries(values as Readonly<Record<string, unknown>>).filter(([, value]) => value !== null && value !== '');
  return Object.fromEntries(
    given.map(([name, value]) => {
      if (!known.includes(name)) {
        const near = closest(name, known);
        const hint = near === undefined ? 'All settings: ficha config explain' : `Did you mean ${near}?`;
        throw new FichaError('setting-unknown', `${path}: ${name} is not a setting. ${hint}`);
      }
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [name, String(value)];
      throw new FichaError('setting-invalid', `${path}: ${name} takes one value, not a list`);
    }),
  );
}
