import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTransport, type Transporter } from 'nodemailer';
import { FichaError } from '../domain/record/error.ts';
import type { Settings } from './settings.ts';

/** One message to one address, as plain text. */
export interface Mail {
  /** Also the Message-ID, so that a copy is known as one. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What became of it. `unknown`: the line broke while it was handed over; it may have left and is never sent again by itself. */
export interface Sent {
  readonly state: 'sent' | 'refused' | 'unknown';
  /** Code of the mail server's answer. */
  readonly detail: string | null;
}

export interface Mailer {
  /** `outbox`: no mail server is set, and messages become files that nobody receives. */
  readonly kind: 'smtp' | 'outbox' | 'none';
  /** @throws FichaError `mail-unreachable`: nothing left; `no-mail-server` */
  send(mail: Mail): Promise<Sent>;
  close(): void;
}

const timeoutMs = 20_000;

interface MailFailure {
  readonly responseCode?: number;
  readonly code?: string;
}

const numeric = ({ responseCode }: MailFailure): number | undefined =>
  responseCode !== undefined && responseCode >= 400 && responseCode < 600 ? responseCode : undefined;

/** A server that answers no has not taken the message; any other break leaves it open. */
function readFailure(error: unknown): Sent {
  const failure = error as MailFailure; // as nodemailer raises them
  const code = numeric(failure);
  return code === undefined
    ? { state: 'unknown', detail: failure.code ?? 'broken' }
    : { state: 'refused', detail: `smtp-${code}` };
}

async function assertReached(transport: Transporter): Promise<void> {
  try {
    await transport.verify();
  } catch (error) {
    const { code = 'broken' } = error as MailFailure; // as nodemailer raises them
    throw new FichaError(
      'mail-unreachable',
      `the mail server does not take Ficha in (${code}); nothing was sent. Look at FICHA_SMTP_URL: host, port, user, password, TLS`,
      { retry: 'later', cause: error },
    );
  }
}

const messageIdOf = (id: string, from: string): string => `<${id}@${/@([^>\s]+)/.exec(from)?.[1] ?? 'ficha.invalid'}>`;

function overSmtp({ url, from }: NonNullable<Settings['mail']>): Mailer {
  const limits = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
  const transport = createTransport({ url, ...limits }, { from });
  return {
    kind: 'smtp',
    send: async ({ id, to, subject, text, headers }) => {
      await assertReached(transport);
      try {
        await transport.sendMail({ to, subject, text, headers, messageId: messageIdOf(id, from) });
        return { state: 'sent', detail: null };
      } catch (error) {
        return readFailure(error);
      }
    },
    close: () => transport.close(),
  };
}

/** Development without a mail server: each message becomes a file `<id>.eml` that a mail program opens. */
function intoFolder(folder: string): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  return {
    kind: 'outbox',
    send: async ({ id, to, subject, text, headers }) => {
      const from = 'Ficha <ficha@localhost.localdomain>';
      const { message } = await transport.sendMail({ from, to, subject, text, headers, messageId: messageIdOf(id, from) });
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(join(folder, `${id}.eml`), Buffer.isBuffer(message) ? message : '', { mode: 0o600 });
      return { state: 'sent', detail: 'outbox' };
    },
    close: () => transport.close(),
  };
}

const none: Mailer = {
  kind: 'none',
  send: () => {
    throw new FichaError(
      'no-mail-server',
      'no mail server is set: FICHA_SMTP_URL and FICHA_MAIL_FROM (docs/how-to/write-to-clients.md)',
    );
  },
  close: () => undefined,
};

/** How Ficha writes to clients: by your SMTP server; in development without one, into the folder `outbox`; in production not at all. */
export function createMailer({ mail, mode, home }: Pick<Settings, 'mail' | 'mode' | 'home'>): Mailer {
  if (mail !== undefined) return overSmtp(mail);
  return mode === 'development' ? intoFolder(join(home, 'outbox')) : none;
}
