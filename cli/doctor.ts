import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CommandFailed, serverUrl } from './connection.ts';
import { type Output, print } from './print.ts';

interface Finding {
  readonly ok: boolean;
  readonly what: string;
  readonly fix?: string;
}

const leastFreeBytes = 1024 ** 3;

/** `ficha doctor`: looks for the common faults and says the fix. Ends with 1 when something is wrong. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('find the common faults and say the fix')
    .option('--json', 'print JSON')
    .action(async (options: Output) => {
      const findings = [nodeVersion(), ...folder(), ...(await server())];
      print(options, findings, () =>
        findings.map(({ ok, what, fix }) => `${ok ? 'ok   ' : 'wrong'} ${what}${fix ? `\n      fix: ${fix}` : ''}`),
      );
      if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
    });
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 20);
  return { ok, what: `Node ${process.versions.node}`, ...(ok ? {} : { fix: 'install Node 20.20 or newer' }) };
}

function folder(): Finding[] {
  const home = resolve(process.env['FICHA_HOME'] ?? '.ficha');
  const place = existsSync(home) ? home : resolve(home, '..');
  const { bavail, bsize } = statfsSync(place);
  const enough = bavail * bsize >= leastFreeBytes;
  let writable = true;
  try {
    accessSync(place, constants.W_OK);
  } catch {
    writable = false;
  }
  return [
    {
      ok: writable,
      what: `folder ${home}`,
      ...(writable ? {} : { fix: 'give this user write rights there, or set FICHA_HOME to another folder' }),
    },
    {
      ok: enough,
      what: `${Math.floor((bavail * bsize) / 1024 ** 2)} MiB free`,
      ...(enough ? {} : { fix: 'free at least 1 GiB on this disk' }),
    },
  ];
}

async function server(): Promise<Finding[]> {
  let url: string;
  try {
    url = serverUrl();
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    return [{ ok: false, what: 'Ficha is not running', fix: 'npm start, or set FICHA_URL' }];
  }
  try {
    const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(5_000) });
    const parts = (await response.json()) as Readonly<Record<string, string>>;
    return Object.entries(parts).map(([part, state]) => ({
      ok: state === 'ready',
      what: `${part}: ${state}`,
      ...(state === 'ready' ? {} : { fix: `look at the log of ${part}; restart with npm start` }),
    }));
  } catch {
    return [
      {
        ok: false,
        what: `${new URL(url).origin} does not answer`,
        fix: 'start it again with npm start; if the port is taken, set FICHA_PORT',
      },
    ];
  }
}
