const from = Buffer.from('From ');
const between = Buffer.from('\nFrom ');

/**
 * The messages of a file: one as it came, or those of a mailbox (mbox: each begins with a line `From ` that is no part of it).
 * @see RFC 4155
 */
export function messagesIn(file: Buffer): readonly Uint8Array<ArrayBuffer>[] {
  if (!file.subarray(0, from.length).equals(from)) return [Uint8Array.from(file)];
  const messages: Uint8Array<ArrayBuffer>[] = [];
  for (let start = 0; start >= 0; ) {
    const next = file.indexOf(between, start + from.length);
    const message = file.subarray(file.indexOf('\n', start) + 1, next < 0 ? file.length : next + 1);
    messages.push(Uint8Array.from(message));
    start = next < 0 ? -1 : next + 1;
  }
  return messages;
}
