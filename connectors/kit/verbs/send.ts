import { FichaError } from '../../../domain/record/error.ts';
import type { OutgoingMail } from '../contract.ts';
import { callOf } from '../request-step.ts';
import type { Opened } from './read-record.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** The same words for a vendor that wants HTML: nothing in them is markup, lines stay lines. */
const htmlOf = (text: string): string =>
  `<div style="white-space:pre-wrap">${text.replaceAll(/[&<>"]/g, (sign) => escapes[sign] ?? sign)}</div>`;

/** Sends one message by the vendor's own call. @throws FichaError with what the vendor refused, or `outcome-unknown` */
export async function sendMail({ manifest, context }: Opened, mail: OutgoingMail): Promise<void> {
  const { send } = manifest;
  if (send === undefined) throw new FichaError('verb-unsupported', `${context.systemId} sends no messages`);
  await context.send(callOf(send, { config: context.config, mail: { ...mail, html: htmlOf(mail.text) } }));
}
