import { randomBytes } from 'node:crypto';

const perMs = 4096;

/**
 * Makes ids that sort by the time of their making and, within one call, by their making: of two clients the older id is kept.
 * @see RFC 9562, section 5.7 and 6.2, method 1 (UUID version 7 with a counter)
 */
export function timeOrderedIds(at: Date): () => string {
  let made = 0;
  return () => {
    const time = (at.getTime() + Math.floor(made / perMs)).toString(16).padStart(12, '0');
    const counter = (made % perMs).toString(16).padStart(3, '0');
    made += 1;
    const random = randomBytes(8);
    random.writeUInt8((random.readUInt8(0) & 0x3f) | 0x80, 0);
    const tail = random.toString('hex');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-${tail.slice(0, 4)}-${tail.slice(4)}`;
  };
}
