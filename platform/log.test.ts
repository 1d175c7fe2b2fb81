import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { FichaError } from '../domain/record/error.ts';
import { createLog, type Log, type LogFacts } from './log.ts';

const lines = (write: (log: Log) => void): string => {
  const written: string[] = [];
  write(createLog({ level: 'debug' }, { write: (line: string) => written.push(line) }));
  return written.join('');
};
const parsed = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

test('ids, counts and codes are logged, with time and level', () => {
  const line = parsed(lines((log) => log.info({ systemId: 'erp', pulled: 3, code: 'done' }, 'synced')));
  expect(line).toMatchObject({ level: 'info', service: 'ficha', systemId: 'erp', pulled: 3, code: 'done', msg: 'synced' });
  expect(line['time']).toMatch(/^\d{4}-.*Z$/);
});

test('a child keeps its facts and is as strict', () => {
  const stray = { requestId: 'r-1', email: 'ana@example.es' } as LogFacts;
  const line = lines((log) => log.child(stray).warn({}, 'late'));
  expect(parsed(line)).toMatchObject({ requestId: 'r-1', msg: 'late' });
  expect(line).not.toContain('ana@');
});

property.prop([fc.emailAddress(), fc.stringMatching(/^[a-z]{3,12}$/)])(
  'what is not on the list does not reach the log',
  (secret, key) => {
    const stray = {
      [key]: { deep: secret },
      name: secret,
      email: [secret],
      count: { secret },
      [secret]: 1,
    } as unknown as LogFacts;
    const line = lines((log) => log.error(stray, 'failed'));
    expect(line).not.toContain(secret);
    expect(parsed(line)['dropped']).toBeGreaterThanOrEqual(4);
  },
);

property.prop([fc.emailAddress()])('of a foreign error only class, code and place are logged', (secret) => {
  class VendorError extends Error {
    readonly response = { body: secret };
    readonly code = 'ECONNRESET';
  }
  const error = new VendorError(`cannot parse ${secret}\nin line ${secret}`, { cause: new TypeError(secret) });
  const line = lines((log) => log.error({ err: error }, 'failed'));
  expect(line).not.toContain(secret);
  expect(parsed(line)['err']).toMatchObject({ type: 'VendorError', code: 'ECONNRESET', cause: { type: 'TypeError' } });
  expect(JSON.stringify(parsed(line)['err'])).toContain('log.test.ts');
});

test('of our own error the code and the message are logged', () => {
  const line = lines((log) => log.error({ err: new FichaError('token-expired', 'the token has expired') }, 'refused'));
  expect(parsed(line)['err']).toMatchObject({
    code: 'token-expired',
    message: 'token-expired: the token has expired',
    retry: 'never',
  });
});

test('a message is not a format: nothing is put into it', () => {
  expect(parsed(lines((log) => log.info({ count: 1 }, '%s %j %o')))['msg']).toBe('%s %j %o');
});
