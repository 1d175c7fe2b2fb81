import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { FichaError } from '../domain/record/error.ts';

const MAX_BYTES = 64 * 1024;

type Variables = Readonly<Record<string, string | undefined>>;

/** Settings that are secrets of Ficha itself; each can also be given as the path of a file, with `_FILE` behind its name. */
// biome-ignore format: one line
export const ownSecrets = ['DATABASE_URL', 'TEMPORAL_API_KEY', 'CLICKHOUSE_PASSWORD', 'FICHA_MASTER_KEY', 'OIDC_CLIENT_SECRET', 'FICHA_SMTP_URL', 'OTEL_EXPORTER_OTLP_HEADERS'] as const;

/** Whether a text is a reference to a secret (`env:NAME`, `file:PATH`), as opposed to a secret itself. */
export const isSecretReference = (text: string): boolean => /^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/.test(text);

const fromEnvironment = (name: string, env: Variables): string => {
  const value = env[name];
  if (value === undefined || value === '') {
    throw new FichaError('secret-absent', `the environment variable ${name} is not set, and a linked system needs it`);
  }
  return value;
};

const fromFile = (path: string): string => {
  let text: string;
  try {
    if (statSync(path).size > MAX_BYTES) throw new Error('too large');
    text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    throw new FichaError('secret-absent', `the secret file ${path} cannot be read by this user, or is larger than 64 KiB`);
  }
  if (text === '') throw new FichaError('secret-absent', `the secret file ${path} is empty`);
  return text;
};

/**
 * The secret that a reference names. Secrets live in the environment or in files, never in the database.
 * @throws FichaError `secret-reference-invalid`, which does not repeat the text since it may be a secret; `secret-absent`
 */
export function resolveSecret(reference: string, env: Variables = process.env): string {
  if (!isSecretReference(reference)) {
    throw new FichaError('secret-reference-invalid', 'a secret is given as env:NAME or file:PATH, never as itself');
  }
  const colon = reference.indexOf(':');
  const place = reference.slice(colon + 1);
  return reference.startsWith('env:') ? fromEnvironment(place, env) : fromFile(place);
}

/** Where the secrets of linked systems lie. The environment and files are one such place; a vault can be another. */
export interface SecretSource {
  /** @throws FichaError `secret-reference-invalid`, `secret-of-ficha`, `secret-absent`; none repeats a secret */
  read(reference: string): Promise<string>;
}

const truePath = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
};

/** Whether a reference names a secret of Ficha itself: whoever links a system says where its secrets are sent. */
function isOwn(reference: string, env: Variables): boolean {
  if (reference.startsWith('env:')) {
    const name = reference.slice('env:'.length);
    return [...ownSecrets, 'FICHA_TOKEN'].some((own) => name === own || name === `${own}_FILE`);
  }
  const path = truePath(reference.slice('file:'.length));
  const keys = join(truePath(env['FICHA_HOME'] ?? '.ficha'), 'keys');
  const files = [...ownSecrets, 'TEMPORAL_TLS_KEY'].flatMap((own) => env[`${own}_FILE`] ?? []);
  return path.startsWith(`${keys}${sep}`) || files.some((file) => truePath(file) === path);
}

/** Secrets given as `env:NAME` and `file:PATH`; those of Ficha itself are not given away. */
export const environmentAndFiles = (env: Variables = process.env): SecretSource => ({
  read: async (reference) => {
    if (isOwn(reference, env))
      throw new FichaError('secret-of-ficha', 'a linked system was given a secret of Ficha itself; give it one of its own');
    return await Promise.resolve(resolveSecret(reference, env));
  },
});

/**
 * The secrets that one linked system names, read now; it can ask for these and for no others. What could not be read is said when it is
 * asked for.
 * @param references of `config.secrets`, by name
 */
export async function secretsOf(
  systemId: string,
  references: Readonly<Record<string, unknown>>,
  source: SecretSource,
): Promise<(name: string) => string> {
  const named = Object.entries(references).filter((one): one is [string, string] => typeof one[1] === 'string');
  const read = await Promise.allSettled(named.map(([, reference]) => source.read(reference)));
  const secrets = new Map(named.map(([name], place) => [name, read[place]]));
  return (name) => {
    const found = secrets.get(name);
    if (found?.status === 'fulfilled') return found.value;
    if (found !== undefined) throw found.reason as Error; // as the source threw it
    throw new FichaError(
      'secret-absent',
      `${systemId} needs the secret "${name}": give config.secrets.${name} as env:NAME or file:PATH`,
    );
  };
}
