import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { readMailReport } from './mail-report.ts';

/** As in RFC 3464, appendix E.1, with one recipient more. */
const bounce = (status: string, action = 'failed'): string =>
  [
    'From: Mail Delivery Subsystem <MAILER-DAEMON@cs.example>',
    'Content-Type: multipart/report; report-type=delivery-status;',
    '  boundary="RAA14128.773615765/CS.EXAMPLE"',
    '',
    '--RAA14128.773615765/CS.EXAMPLE',
    '',
    'The mail for luis@example.org failed',
    '--RAA14128.773615765/CS.EXAMPLE',
    'content-type: message/delivery-status',
    '',
    'Reporting-MTA: dns; cs.example',
    '',
    'Original-Recipient: rfc822;ana@example.org',
    'Final-Recipient: rfc822;relay-7@inner.example',
    `Action: ${action}`,
    `Status: ${status} (mailbox)`,
    '',
    'Final-Recipient: rfc822; eva@example.org',
    'Action: delivered',
    'Status: 2.0.0',
    '--RAA14128.773615765/CS.EXAMPLE--',
  ].join('\r\n');

/** As in RFC 5965, appendix B.2. */
const feedback = (type: string): string =>
  [
    'From: <abusedesk@example.com>',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="part1_13d.2e68ed54_boundary"',
    '',
    '--part1_13d.2e68ed54_boundary',
    'Content-Type: text/plain; charset="US-ASCII"',
    '',
    'This is an email abuse report',
    '--part1_13d.2e68ed54_boundary',
    'Content-Type: message/feedback-report',
    '',
    `Feedback-Type: ${type}`,
    'User-Agent: SomeGenerator/1.0',
    'Original-Mail-From: <somespammer@example.net>',
    'Original-Rcpt-To: <ana@example.org>',
    '--part1_13d.2e68ed54_boundary--',
  ].join('\n');

test('an address that does not work is a hard bounce, under the name that we wrote to', () => {
  expect(readMailReport(bounce('5.1.1'))).toEqual([{ address: 'ana@example.org', reason: 'hard-bounce' }]);
});

test.each(['5.2.2', '5.7.1', '4.1.1', '5.1.11'])('a mailbox that is full, a policy, a passing trouble is none: %s', (status) => {
  expect(readMailReport(bounce(status))).toEqual([]);
});

test('a delay is no bounce', () => expect(readMailReport(bounce('5.1.1', 'delayed'))).toEqual([]));

test('a complaint names who was written to, not who wrote', () => {
  expect(readMailReport(feedback('abuse'))).toEqual([{ address: 'ana@example.org', reason: 'complaint' }]);
  expect(readMailReport(feedback('opt-out'))).toEqual([{ address: 'ana@example.org', reason: 'opt-out' }]);
  expect(readMailReport(feedback('not-spam'))).toEqual([]);
});

test('a report quoted in a text of somebody is no report', () => {
  const quoted = bounce('5.1.1').replace('multipart/report', 'text/plain');
  expect(readMailReport(quoted)).toEqual([]);
});

test.each(['', 'Subject: hello\n\nno From', bounce('5.1.1').slice(bounce('5.1.1').indexOf('\r\n\r\n'))])(
  'what has no header is no message',
  (text) => {
    expect(() => readMailReport(text)).toThrow(/^no-mail: /);
  },
);

property.prop([fc.string({ maxLength: 400 }), fc.nat()], { numRuns: 10_000 })('broken reports never throw', (noise, place) => {
  const whole = bounce('5.1.1');
  const first = whole.indexOf('\n') + 1;
  const at = first + (place % (whole.length - first));
  for (const { address } of readMailReport(whole.slice(0, at) + noise + whole.slice(at))) expect(address).toContain('@');
});
