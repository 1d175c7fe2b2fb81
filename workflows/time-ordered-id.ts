import { uuid4 } from '@temporalio/workflow';

/** A new id that sorts by the time of its making, the same at every replay. @see RFC 9562, section 5.7 (UUID version 7) */
export function timeOrderedId(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${uuid4().slice(15)}`;
}
