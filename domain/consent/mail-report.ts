import { FichaError } from '../record/error.ts';

/** What one mail report says of one address. */
export interface MailReport {
  readonly address: string;
  readonly reason: 'hard-bounce' | 'complaint' | 'opt-out';
}

type Fields = ReadonlyMap<string, string>;

/** Header fields of one block, names in lower case; folded lines are one. The first of a name counts. */
function fieldsOf(block: string): Fields {
  const fields = new Map<string, string>();
  for (const line of block.replaceAll(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    if (colon > 0 && !fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
  }
  return fields;
}

interface Part {
  readonly head: Fields;
  readonly body: string;
}

function partOf(text: string): Part {
  const end = text.indexOf('\n\n');
  return end < 0 ? { head: fieldsOf(text), body: '' } : { head: fieldsOf(text.slice(0, end)), body: text.slice(end + 2) };
}

/** The parts of a multipart/report; none when it is not one. */
function partsOf({ head, body }: Part): readonly Part[] {
  const type = head.get('content-type') ?? '';
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1]?.trim();
  if (!/^multipart\/report\b/i.test(type) || boundary === undefined) return [];
  return `\n${body}`
    .split(`\n--${boundary}`)
    .slice(1)
    .filter((part) => !part.startsWith('--'))
    .map((part) => partOf(part.replace(/^[^\n]*\n/, '')));
}

/** `rfc822; ana@example.org` or `<ana@example.org>` as the bare address. */
const bare = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : /([^\s<>;]+@[^\s<>;]+)/.exec(value.replace(/^[^;]*;/, ''))?.[1];

/** Enhanced codes that say the address itself does not work; a full mailbox or a policy says nothing of the address. @see RFC 3463 */
const deadAddress = /^5\.(?:1\.(?:1|2|3|6|10)|2\.1)\b/;

function bouncesIn(body: string): readonly MailReport[] {
  return body.split(/\n{2,}/).flatMap((block): MailReport[] => {
    const fields = fieldsOf(block);
    const address = bare(fields.get('original-recipient')) ?? bare(fields.get('final-recipient'));
    const isDead = fields.get('action')?.toLowerCase() === 'failed' && deadAddress.test(fields.get('status') ?? '');
    return address !== undefined && isDead ? [{ address, reason: 'hard-bounce' }] : [];
  });
}

const reasonOf: Readonly<Record<string, MailReport['reason']>> = {
  abuse: 'complaint',
  fraud: 'complaint',
  'opt-out': 'opt-out',
  'opt-out-list': 'opt-out',
};

function complaintsIn(body: string): readonly MailReport[] {
  const fields = fieldsOf(body);
  const reason = reasonOf[fields.get('feedback-type')?.toLowerCase() ?? ''];
  const address = bare(fields.get('original-rcpt-to')) ?? bare(fields.get('removal-recipient'));
  return reason === undefined || address === undefined ? [] : [{ address, reason }];
}

/**
 * What a report by e-mail says: addresses that do not work (delivery status notification) and people who complained or opted out
 * (feedback report). Any other message, and a part that cannot be read, says nothing: a text in a mail is no report.
 * @param raw the whole message as it came, header and body
 * @throws FichaError `no-mail` when it is no message at all: a report saved without its header would pass for one that says nothing
 * @see RFC 3464 (DSN), RFC 5965 (ARF), RFC 6522 (multipart/report), RFC 5322, 3.6
 */
export function readMailReport(raw: string): readonly MailReport[] {
  const message = partOf(raw.replaceAll('\r\n', '\n'));
  if (!message.head.has('from') && !message.head.has('content-type'))
    throw new FichaError(
      'no-mail',
      'this is no e-mail message: its header names neither From nor Content-Type. Give the message as it came (message/rfc822, often a file .eml)',
    );
  return partsOf(message).flatMap(({ head, body }) => {
    const type = (head.get('content-type') ?? '').toLowerCase();
    if (type.startsWith('message/delivery-status')) return bouncesIn(body);
    return type.startsWith('message/feedback-report') ? complaintsIn(body) : [];
  });
}
