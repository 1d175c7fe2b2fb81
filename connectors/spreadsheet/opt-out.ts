import type { Channel } from '../kit/contract.ts';
import { folded } from './headings.ts';

/** One "do not contact" that a cell says; channel `any` is every channel. */
export interface OptOut {
  readonly channel: Channel | 'any';
  readonly purpose: string;
}

const yes = new Set(['si', 's', 'yes', 'y', 'x', '1', 'true', 'verdadero', 'vero', 'vrai', 'oui', 'o', 'baja', 'ok', 'v']);
const no = new Set(['', 'no', 'n', '0', 'false', 'falso', 'faux', 'non', 'alta']);
const channels: readonly string[] = ['email', 'sms', 'phone', 'post', 'messaging', 'any'];

/** Yes or no in the four languages; undefined for anything else. */
export function truthOf(text: string): boolean | undefined {
  const word = /^[✓✔☑]$/.test(text.trim()) ? 'x' : folded(text);
  if (yes.has(word)) return true;
  return no.has(word) ? false : undefined;
}

/**
 * What an opt-out cell says: a yes is every channel; `email`, `phone:newsletter` name channel and purpose. A text that is neither
 * counts as a yes, since somebody meant something by it (rule 3: the more protective).
 */
export function optOutsOf(text: string, purpose: string): readonly OptOut[] {
  const found = new Map<string, OptOut>();
  for (const part of text.split(',').map((one) => one.trim())) {
    const [channel = '', own] = part.toLowerCase().split(':');
    const named = channels.includes(channel);
    if (!named && truthOf(part) === false) continue;
    const optOut: OptOut = named
      ? { channel: channel as OptOut['channel'], purpose: own ?? purpose }
      : { channel: 'any', purpose };
    found.set(`${optOut.channel}:${optOut.purpose}`, optOut);
  }
  return [...found.values()];
}

/** Whether an opt-out holds for this channel and purpose. */
export const covers = (optOut: OptOut, channel: string, purpose: string): boolean =>
  (optOut.channel === 'any' || optOut.channel === channel) && (optOut.purpose === '*' || optOut.purpose === purpose);

/** The text of a cell that says these opt-outs: `sí` stays a yes, as people write it. */
export const textOf = (optOuts: readonly OptOut[], purpose: string): string =>
  optOuts
    .map((one) =>
      one.channel === 'any' && one.purpose === purpose
        ? 'x'
        : one.purpose === purpose
          ? one.channel
          : `${one.channel}:${one.purpose}`,
    )
    .join(', ');

/** The id of the consent record that a row's cells make. */
export const answerId = (personId: string, { channel, purpose }: OptOut): string => `${personId}:${channel}:${purpose}`;
