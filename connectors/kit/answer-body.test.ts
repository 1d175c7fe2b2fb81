import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { parsedBody } from './answer-body.ts';

const deepest = 200;
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

/** Texts and keys full of what looks like JSON. */
const tricky = fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', 'a', '\n', 'ñ', '😀') });
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    tricky,
    fc.integer(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(tricky, tie('value'), { maxKeys: 3 }),
  ),
})).value;

test.prop([values, fc.integer({ min: deepest - 6, max: deepest + 1 })], { numRuns: 1_000 })(
  'an answer is read when it nests no deeper than allowed, whatever stands in its texts',
  (inner, more) => {
    let value: unknown = [inner];
    for (let level = 1; level < more; level += 1) value = level % 2 === 0 ? [value] : { a: value };
    const read = () => parsedBody(JSON.stringify(value), 'application/json', 'probe');
    if (depthOf(value) > deepest) expect(read).toThrow(expect.objectContaining({ code: 'answer-too-deep' }));
    else expect(read()).toEqual(value);
  },
);

test.each(['{"a":"', '{"a":"\\', '["\\\\', '"', '{"a":"b\\"'])('an answer that is cut in a text is told: %s', (text) => {
  expect(() => parsedBody(text, 'application/json', 'probe')).toThrow(expect.objectContaining({ code: 'answer-not-json' }));
});
