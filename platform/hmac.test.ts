import { createHmac } from 'node:crypto';
import { expect } from 'vitest';
import { fc, test as property } from '@fast-check/vitest';

import { hmacOf } from './hmac.ts';

property.prop([fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.array(fc.string({ unit: 'binary', maxLength: 500 }))])(
  'is the HMAC-SHA256 of the standard library, of texts of any length one after the other',
  (key, texts) => {
    const mac = hmacOf(key);
    for (const text of [...texts, 'x'.repeat(2_000)]) {
      const into = Buffer.alloc(40);
      mac(text, into, 4);
      const expected = createHmac('sha256', key).update(text, 'utf8').digest();
      expect(into).toEqual(Buffer.concat([Buffer.alloc(4), expected, Buffer.alloc(4)]));
    }
  },
);
