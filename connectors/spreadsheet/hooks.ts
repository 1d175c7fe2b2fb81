import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FichaError } from '../../domain/record/error.ts';
import type { CheckResult, ConsentReading, Cursor, PullPage } from '../kit/contract.ts';
import type { HookContext, Hooks } from '../kit/hooks.ts';
import { erase, exportRecord, verify } from './erasure.ts';
import { filesOf } from './files.ts';
import { lookupRows, rowsOfRecord } from './find-rows.ts';
import { covers } from './opt-out.ts';
import { pullRows } from './pull.ts';
import { RemoteFile } from './remote-file.ts';
import { tableRows } from './read-file.ts';
import { type SheetSettings, sheetSettings } from './settings.ts';
import { optOutsIn, suppress, unsuppress } from './suppression.ts';

const channels = ['email', 'phone', 'post'] as const;

/** Reads the headings of every file, and whether the folder lets a new version be written beside each. */
async function check(settings: SheetSettings): Promise<CheckResult> {
  const problems: CheckResult['problems'][number][] = [];
  try {
    for (const file of await filesOf(settings.path)) {
      for await (const _ of tableRows(file, settings)) break;
      await access(dirname(file.path), constants.W_OK).catch(() => {
        const say = 'the folder is read-only for the worker, so that opt-outs and erasures cannot be written';
        problems.push({ verb: 'suppress', code: 'right-missing', say });
      });
    }
  } catch (error) {
    if (!(error instanceof FichaError)) throw error;
    problems.push({ verb: 'pull', code: error.code, say: error.message });
  }
  return { ok: problems.length === 0, problems };
}

/** A file that cannot be fetched is a problem of the account, like one that cannot be read. */
const checked = async (work: () => Promise<CheckResult>): Promise<CheckResult> =>
  await work().catch((error: unknown) => {
    if (!(error instanceof FichaError)) throw error;
    return { ok: false, problems: [{ verb: 'pull', code: error.code, say: error.message }] };
  });

const remotes = new WeakMap<HookContext, RemoteFile>();

/** The file on a server that this system is, held once for all that is done with it; undefined for files that the worker sees. */
function remoteOf(context: HookContext): RemoteFile | undefined {
  const { url } = context.config;
  if (typeof url !== 'string') return undefined;
  const remote = remotes.get(context) ?? new RemoteFile(context.send, url);
  remotes.set(context, remote);
  return remote;
}

function pull(context: HookContext, cursor: Cursor | null): AsyncGenerator<PullPage> {
  const settings = sheetSettings(context.config);
  const remote = remoteOf(context);
  const pages = (path: string): AsyncGenerator<PullPage> => pullRows({ ...settings, path }, cursor, context.now());
  return remote === undefined ? pages(settings.path) : remote.listing(pages);
}

/** Files are read and rewritten, not called: a manifest cannot say that. */
export const hooks: Hooks = {
  listPages: (_stream, cursor, context) => pull(context, cursor),
  verbs: (context) => {
    const given = sheetSettings(context.config);
    const remote = remoteOf(context);
    const on = <Result>(work: (settings: SheetSettings) => Promise<Result>): Promise<Result> =>
      remote === undefined ? work(given) : remote.with((path) => work({ ...given, path }));
    return {
      check: () => checked(() => on(check)),
      lookup: (identifiers) => on((settings) => lookupRows(settings, identifiers)),
      readConsent: async (ref) => {
        const settings = given;
        const optOuts = optOutsIn(await on((one) => rowsOfRecord(one, ref)), settings);
        const purposes = new Set([settings.purpose, ...optOuts.map(({ purpose }) => purpose)]);
        return channels.flatMap((channel) =>
          [...purposes].map(
            (purpose): ConsentReading => ({
              channel,
              purpose,
              answer: optOuts.some((one) => covers(one, channel, purpose)) ? 'denied' : 'unknown',
            }),
          ),
        );
      },
      suppress: (ref, order) => on((settings) => suppress(settings, ref, order)),
      unsuppress: (ref, order) => on((settings) => unsuppress(settings, ref, order)),
      erase: (ref, options) => on((settings) => erase(settings, ref, options)),
      export: (ref) => on((settings) => exportRecord(settings, ref)),
      verify: (ref) => on((settings) => verify(settings, ref)),
    };
  },
};
