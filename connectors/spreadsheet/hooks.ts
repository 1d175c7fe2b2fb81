import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FichaError } from '../../domain/record/error.ts';
import type { CheckResult, ConsentReading } from '../kit/contract.ts';
import type { Hooks } from '../kit/hooks.ts';
import { erase, exportRecord, verify } from './erasure.ts';
import { filesOf } from './files.ts';
import { lookupRows, rowsOfRecord } from './find-rows.ts';
import { covers } from './opt-out.ts';
import { pullRows } from './pull.ts';
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

/** Files are read and rewritten, not called: a manifest cannot say that. */
export const hooks: Hooks = {
  listPages: (_stream, cursor, context) => pullRows(sheetSettings(context.config), cursor, context.now()),
  verbs: ({ config }) => {
    const settings = sheetSettings(config);
    return {
      check: () => check(settings),
      lookup: (identifiers) => lookupRows(settings, identifiers),
      readConsent: async (ref) => {
        const optOuts = optOutsIn(await rowsOfRecord(settings, ref), settings);
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
      suppress: (ref, order) => suppress(settings, ref, order),
      unsuppress: (ref, order) => unsuppress(settings, ref, order),
      erase: (ref, options) => erase(settings, ref, options),
      export: (ref) => exportRecord(settings, ref),
      verify: (ref) => verify(settings, ref),
    };
  },
};
