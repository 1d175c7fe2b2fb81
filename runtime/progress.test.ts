import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createProgress } from './progress.ts';

/** A stream that a terminal, or a file, could be. */
function stream(isTTY: boolean): { readonly to: NodeJS.WriteStream; readonly text: () => string } {
  const through = new PassThrough();
  const extra = { isTTY, columns: 80, rows: 24, cursorTo: () => true, clearLine: () => true, moveCursor: () => true };
  const to = Object.assign(through, extra) as unknown as NodeJS.WriteStream; // all that the spinner asks of it
  return { to, text: () => through.read()?.toString() ?? '' };
}

test('outside a terminal every step is a plain line', () => {
  const { to, text } = stream(false);
  const { say, print } = createProgress(to);
  say('PostgreSQL: starting');
  say('Temporal: starting');
  print(['', 'Ready']);
  expect(text()).toBe('PostgreSQL: starting\nTemporal: starting\n\nReady\n');
});

test('in a terminal a step that is over stays as a line, and the sign stops turning', async () => {
  const { to, text } = stream(true);
  const { say, print } = createProgress(to);
  say('PostgreSQL: starting');
  say('Temporal: starting');
  print(['Ready']);
  const said = text();
  for (const line of [/· PostgreSQL: starting\n/, /· Temporal: starting\n/, /Ready\n$/]) expect(said).toMatch(line);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(text()).toBe('');
});
