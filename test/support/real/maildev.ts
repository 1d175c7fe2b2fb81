import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../../../runtime/free-port.ts';
import { madeOnce } from './python.ts';
import { RealSystemUnavailable, run, stopGroup, untilAnswers } from './real-system.ts';

/** A mail as the real server took it. */
export interface CaughtMail {
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly to: readonly { readonly address: string }[];
  readonly from: readonly { readonly address: string; readonly name: string }[];
  readonly headers: Readonly<Record<string, string>>;
}

/** A real SMTP server that keeps what it is given, on the loopback until `stop`. */
export interface MailServer {
  readonly url: string;
  mails(): Promise<readonly CaughtMail[]>;
  /** One mail byte for byte; its folded header lines made whole. */
  source(id: string): Promise<string>;
  stop(): Promise<void>;
}

const version = '3.0.0';

const installed = (): Promise<string> =>
  madeOnce(`maildev-${version}`, async (folder) => {
    try {
      const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error', `maildev@${version}`];
      await run('npm', args, { timeoutMs: 300_000 });
    } catch (cause) {
      throw new RealSystemUnavailable('maildev', `npm could not install it (${String(cause).slice(0, 300)})`);
    }
  });

/**
 * Starts the real maildev.
 * @throws RealSystemUnavailable where it cannot be installed
 */
export async function startMaildev(): Promise<MailServer> {
  const folder = await installed();
  const [smtp, web] = [await freePort(), await freePort()];
  const args = ['--ip', '127.0.0.1', '-s', `${smtp}`, '--web-ip', '127.0.0.1', '-w', `${web}`];
  const child: ChildProcess = spawn(join(folder, 'node_modules/.bin/maildev'), args, { detached: true, stdio: 'ignore' });
  const api = `http://127.0.0.1:${web}/api/email`;
  await untilAnswers(api, child, {});
  return {
    url: `smtp://127.0.0.1:${smtp}`,
    mails: async () => {
      const answer = (await (await fetch(api)).json()) as readonly CaughtMail[] | { readonly emails: readonly CaughtMail[] }; // maildev's API
      return 'emails' in answer ? answer.emails : answer;
    },
    source: async (id) => (await (await fetch(`${api}/${id}/source`)).text()).replaceAll(/\r?\n[ \t]+/g, ' '),
    stop: () => stopGroup(child),
  };
}
