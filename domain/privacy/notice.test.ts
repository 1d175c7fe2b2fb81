import { expect, test } from 'vitest';
import { type NoticeFacts, noticeKinds, noticeLanguage, noticeLanguages, noticeText } from './notice.ts';

const facts: NoticeFacts = {
  reference: 'a1b2c3d4',
  type: 'erasure',
  receivedAt: '2026-01-05T09:00:00.000Z',
  dueAt: '2026-02-05T00:00:00.000Z',
  extendedTo: '2026-04-05T00:00:00.000Z',
  closedAt: '2026-01-20T00:00:00.000Z',
  outcome: 'complete-with-exceptions',
  complaint: 'You may lodge a complaint.',
};

test.each(noticeLanguages)('every notice is whole in %s: no empty place, no code', (language) => {
  for (const kind of noticeKinds) {
    const text = noticeText(kind, language, facts);
    expect(text).not.toMatch(/[{}]|undefined|complete-with/);
    expect(text).toContain('a1b2c3d4');
  }
});

test('a refusal says how to complain and that a judge may be asked; an extension says until when', () => {
  expect(noticeText('refusal', 'en', facts)).toMatch(/complaint.*judicial remedy/s);
  expect(noticeText('extension', 'en', facts)).toContain('April 5, 2026');
  expect(noticeText('receipt', 'en', facts)).not.toContain('Reason');
});

test("the person's language comes before the country's, and English before none", () => {
  expect(noticeLanguage('fr-BE', 'ES')).toBe('fr');
  expect(noticeLanguage(null, 'IT')).toBe('it');
  expect(noticeLanguage('de', 'DE')).toBe('en');
});
