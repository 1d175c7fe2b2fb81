import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { FichaError } from '../domain/record/error.ts';
import { createLog } from '../platform/log.ts';
import { failuresOf } from './failure.ts';

const lines: string[] = [];
const log = createLog({}, { write: (line: string) => lines.push(line) });

/** What the workflow sees of an activity that throws. */
const seenOf = async (thrown: unknown): Promise<unknown> => {
  const environment = new MockActivityEnvironment({}, { interceptors: [() => ({ inbound: failuresOf(log) })] });
  return await environment.run(() => Promise.reject(thrown)).catch((error: unknown) => error);
};

test('an error of ours keeps its code and message, and is tried again only when that can help', async () => {
  for (const [retry, nonRetryable] of [
    ['never', true],
    ['later', false],
    ['now', false],
  ] as const) {
    const seen = await seenOf(new FichaError('vendor-refused', 'the erp says no', { retry }));
    expect(seen).toBeInstanceOf(ApplicationFailure);
    expect(seen).toMatchObject({ type: 'vendor-refused', message: 'vendor-refused: the erp says no', nonRetryable });
  }
});

test('of any other error only its class is told, to the workflow and to the log', async () => {
  const seen = await seenOf(new TypeError('cannot read ana@example.com'));
  expect(seen).toMatchObject({ type: 'unexpected', nonRetryable: false });
  expect(JSON.stringify(seen) + (seen instanceof Error ? (seen.stack ?? '') : '')).not.toContain('ana@');
  expect(lines.join('')).toContain('TypeError');
  expect(lines.join('')).not.toContain('ana@');
});

test('cancellation and failures that speak the language of Temporal pass as they are', async () => {
  const cancelled = new CancelledFailure('stopping');
  expect(await seenOf(cancelled)).toBe(cancelled);
  const own = ApplicationFailure.nonRetryable('known', 'own-type');
  expect(await seenOf(own)).toBe(own);
});
