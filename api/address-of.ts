import { normaliseEmail } from '../domain/record/normalise/email.ts';
import { normalisePhone } from '../domain/record/normalise/phone.ts';
import type { Address } from '../store/read/contactable.ts';

/** An address or number as somebody wrote it. */
export interface WrittenAddress {
  readonly address: string;
  /** Of a telephone number without +prefix, ISO 3166-1 alpha-2. */
  readonly country?: string;
}

/** The form that is compared, for a channel; `post` and `any` take what it looks like. Undefined when it is neither. */
export function addressOf(channel: string, { address, country }: WrittenAddress): Address | undefined {
  const isEmail = channel === 'email' || (['any', 'post'].includes(channel) && address.includes('@'));
  const value = isEmail ? normaliseEmail(address)?.value : normalisePhone(address, country)?.value;
  return value === undefined ? undefined : { kind: isEmail ? 'email' : 'phone', value };
}
