import { expect, test } from 'vitest';
import { clockOf, createSyncBar, syncLine } from './sync-bar.ts';

const counts = { pulled: 500, changed: 20, rejected: 1 };

test('counts, rate and the time left, where it is known how many there are', () => {
  expect(syncLine(counts, 1_000, 10)).toBe(
    '[############------------] 500 pulled, 20 changed, 1 kept aside, 50/s, about 0:10 left',
  );
  expect(syncLine(counts, 0, 10)).toBe('500 pulled, 20 changed, 1 kept aside, 50/s');
  expect(syncLine(counts, 400, 10)).toBe('500 pulled, 20 changed, 1 kept aside, 50/s');
  expect(syncLine({ pulled: 0, changed: 0, rejected: 0 }, 10, 0)).toBe(
    '[------------------------] 0 pulled, 0 changed, 0 kept aside, 0/s',
  );
});

test.each([
  [0, '0:00'],
  [65, '1:05'],
  [3_725, '1:02:05'],
])('%d seconds are %s', (seconds, said) => {
  expect(clockOf(seconds)).toBe(said);
});

test('a terminal is written in place; a pipe gets a line now and then, without control characters', () => {
  const written: string[] = [];
  let at = 0;
  const write = (text: string): number => written.push(text);
  const piped = createSyncBar({ write }, 0, () => at);
  piped.show(counts);
  at = 10_000;
  piped.show(counts);
  piped.end();
  expect(written).toEqual(['500 pulled, 20 changed, 1 kept aside, 50/s\n']);
  written.length = 0;
  const terminal = createSyncBar({ write, isTTY: true }, 0, () => at);
  terminal.show(counts);
  terminal.end();
  expect(written.map((text) => text.slice(0, 6))).toEqual(['\r\u001B[K50', '\n']);
});
