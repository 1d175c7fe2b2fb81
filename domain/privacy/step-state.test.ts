import { expect, test } from 'vitest';
import type { LineState } from './line-state.ts';
import { stepState } from './step-state.ts';

test.each<readonly [string, readonly LineState[], string]>([
  ['nothing was found there', [], 'nothing-held'],
  ['nothing is done yet', ['located', 'verified'], 'pending'],
  ['one line is under way', ['located', 'acting', 'acted'], 'acting'],
  ['all that is left is to read back', ['acted', 'grace', 'verified'], 'verifying'],
  ['the vendor takes its time', ['grace', 'located', 'kept'], 'grace'],
  ['one line needs a person', ['acting', 'needs-attention', 'verified'], 'needs-you'],
  ['all is read back or kept', ['kept', 'verified'], 'done'],
  ['the law keeps everything', ['kept', 'kept'], 'kept'],
])('when %s the step is told by its least settled line', (_when, lines, state) => {
  expect(stepState(lines, false)).toBe(state);
  expect(stepState(lines.toReversed(), false)).toBe(state);
  expect(stepState(lines, true)).toBe('needs-you');
});
