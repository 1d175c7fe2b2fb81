import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { CommandFailed, exitCodes } from './connection.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such folder',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder',
};

/** A file that cannot be opened, in words. */
export function unreadable(path: string, cause: unknown): CommandFailed {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  return new CommandFailed(`file-unreadable: ${path}: ${reasons[code] ?? code}.`, exitCodes.usage);
}

/**
 * The bytes of a file that a command names; `-` is the standard input.
 * @throws CommandFailed `file-unreadable`
 */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path === '-' ? 0 : path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/**
 * The text of a file that a command names, UTF-8.
 * @throws CommandFailed `file-unreadable`, `not-text`
 */
export function readText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readBytes(path));
  } catch (cause) {
    if (cause instanceof CommandFailed) throw cause;
    throw new CommandFailed(`not-text: ${path} is not UTF-8 text. Save it as UTF-8 and try again.`, exitCodes.usage);
  }
}

/**
 * What a YAML or JSON file that a command names says.
 * @throws CommandFailed `file-unreadable`, `not-text`, `not-yaml` with the line
 */
export function readYaml(path: string): unknown {
  const text = readText(path);
  try {
    return parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '').replace(/:$/, '') : 'it cannot be read';
    throw new CommandFailed(`not-yaml: ${path} is neither YAML nor JSON: ${why}`, exitCodes.usage);
  }
}
