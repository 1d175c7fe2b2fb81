import { expect, test } from 'vitest';
import { messagesIn } from './mailbox-file.ts';

const textsOf = (file: string): readonly string[] =>
  messagesIn(Buffer.from(file, 'latin1')).map((one) => Buffer.from(one).toString('latin1'));

test('a message is itself, byte by byte', () => {
  expect(textsOf('Subject: d\u00e9livr\u00e9\r\n\r\nFrom here on\r\n')).toEqual([
    'Subject: d\u00e9livr\u00e9\r\n\r\nFrom here on\r\n',
  ]);
});

test('a mailbox is its messages, without the lines that part them; a quoted From stays in its message', () => {
  const box = 'From daemon Mon Nov 30 10:00:00 2026\nFrom: a@b.example\n\n>From now on\n\nFrom - Tue\nFrom: c@d.example\n\nx\n';
  expect(textsOf(box)).toEqual(['From: a@b.example\n\n>From now on\n\n', 'From: c@d.example\n\nx\n']);
});
