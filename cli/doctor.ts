import type { Command } from 'commander';
import type { Finding } from '../runtime/doctor.ts';
import { CommandFailed, query, serverUrl } from './connection.ts';
import { question } from './question.ts';
import { counted } from './counted.ts';
import { type Output, print } from './print.ts';

/** `ficha doctor`: looks for the common faults and says the fix. Ends with 1 when something is wrong. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'find the common faults (settings, port, disk, permissions, database, clock, Temporal, linked systems) and say the fix',
    )
    .option('--json', 'print JSON')
    .action(async (options: Output) => {
      const { clock, lookAround, portFree } = await import('../runtime/doctor.ts'); // drivers of every server: only when asked
      const { findings: found, settings } = await lookAround(process.env);
      const running = await server(clock);
      const port = settings === undefined || running.answers ? [] : [await portFree(settings)];
      const findings = [...found, ...port, ...running.findings];
      print(options, findings, () =>
        findings.map(({ ok, what, fix }) => {
          const sign = ok ? (fix === undefined ? 'ok   ' : 'note ') : 'wrong';
          return `${sign} ${what}${fix ? `\n      fix: ${fix}` : ''}`;
        }),
      );
      if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
    });
}

interface Running {
  readonly answers: boolean;
  readonly findings: readonly Finding[];
}

type Clock = (whose: string, skewMs: number) => Finding;

async function server(clock: Clock): Promise<Running> {
  let url: string;
  try {
    url = serverUrl();
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    // before the first start nothing is wrong with that
    return {
      answers: false,
      findings: [
        { ok: true, what: 'Ficha is not running', fix: '`ficha up` starts it (npm start: with the sample), or set FICHA_URL' },
      ],
    };
  }
  const asked = Date.now();
  try {
    const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(5_000) });
    const told = Date.parse(response.headers.get('date') ?? '');
    const parts = (await response.json()) as Readonly<Record<string, string>>;
    const findings = Object.entries(parts).map(([part, state]) => ({
      ok: state === 'ready',
      what: `${part}: ${state}`,
      ...(state === 'ready' ? {} : { fix: `look at the log of ${part}; restart with npm start` }),
    }));
    const clocks = Number.isNaN(told)
      ? []
      : [clock('the server', Math.max(0, Math.abs(told - (asked + Date.now()) / 2) - 1_000))]; // whole seconds
    return { answers: true, findings: [...findings, ...clocks, ...(await linkedSystems())] };
  } catch {
    const what = `${new URL(url).origin} does not answer`;
    return {
      answers: false,
      findings: [{ ok: false, what, fix: 'start it again with npm start; if the port is taken, set FICHA_PORT' }],
    };
  }
}

interface LinkedSystem {
  readonly id: string;
  readonly state: string;
  readonly lastDoneAt: string | null;
  readonly openRejects: number;
}

const asked = question(
  '{ linkedSystems { id state lastDoneAt openRejects } syncRuns(first: 50, consentLooks: false) { edges { node { linkedSystemId state errorCode } } } }',
);

/** Linked systems whose last sync failed or that keep records aside; nothing where the token may not see them. */
async function linkedSystems(): Promise<readonly Finding[]> {
  interface Told {
    readonly linkedSystems: readonly LinkedSystem[];
    readonly syncRuns: {
      readonly edges: readonly {
        readonly node: { readonly linkedSystemId: string; readonly state: string; readonly errorCode: string | null };
      }[];
    };
  }
  const told = await query<Told>('data-team', asked, {}).catch(() => undefined);
  return (told?.linkedSystems ?? []).map(({ id, state, openRejects }): Finding => {
    const last = told?.syncRuns.edges.find(({ node }) => node.linkedSystemId === id)?.node;
    if (last?.state === 'failed')
      return {
        ok: false,
        what: `${id}: the last sync failed (${last.errorCode ?? 'unknown'})`,
        fix: `ficha sync ${id}, and the log`,
      };
    const aside = openRejects === 0 ? '' : `, ${counted(openRejects, 'record')} kept aside`;
    return { ok: true, what: `${id}: ${state}${aside}` };
  });
}
