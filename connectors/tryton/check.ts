import { FichaError } from '../../domain/record/error.ts';
import type { CheckResult } from '../kit/contract.ts';
import type { TrytonSession } from './session.ts';

type Problem = CheckResult['problems'][number];

/** What each verb needs to read, and the module that brings it. */
const needs: readonly (readonly [verb: string, model: string, module: string])[] = [
  ['pull', 'party.party', 'party'],
  ['pull', 'party.contact_mechanism', 'party'],
  ['pull', 'party.relation.all', 'party_relationship'],
  ['pull', 'sale.sale', 'sale'],
  ['pull', 'account.invoice', 'account_invoice'],
  ['suppress', 'marketing.email', 'marketing_email'],
];

/** Signs in, and tries to read what each verb will need. Writes nothing. */
export async function check(session: TrytonSession, database: string): Promise<CheckResult> {
  const problems: Problem[] = [];
  try {
    const version = await session.version();
    if (!version.startsWith('7.0.')) {
      problems.push({ verb: 'check', code: 'untested-version', say: `Tryton ${version}: this connector is tested with 7.0` });
    }
    for (const [verb, model, module] of needs) {
      await session.count(model, [['id', '=', 0]]).catch((cause: unknown) => {
        if (!(cause instanceof FichaError) || !['unknown-name', 'access-denied'].includes(cause.code)) throw cause;
        const say = `cannot read ${model}: activate the module ${module}, or give the user the right to read it`;
        problems.push({ verb, code: cause.code, say });
      });
    }
  } catch (cause) {
    if (!(cause instanceof FichaError)) throw cause;
    return { ok: false, problems: [...problems, { verb: 'check', code: cause.code, say: cause.message }] };
  }
  return { ok: problems.every(({ code }) => code === 'untested-version'), account: database, problems };
}
