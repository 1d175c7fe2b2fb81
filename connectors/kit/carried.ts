import type { ConnectorManifest } from '../../schemas/types.ts';
import type { Channel, LinkedSystem, RecordRef } from './contract.ts';
import { entityOf } from './record-id.ts';

type Verbs = Omit<LinkedSystem, 'systemId' | 'capabilities' | 'pull' | 'carriedBy'>;

interface Carried {
  readonly person: RecordRef;
  readonly channel: Channel;
  readonly purpose: string;
}

/** The id of a consent that was read in a field of a person's record. */
export const carriedId = (personId: string, channel: Channel, purpose: string): string => `${personId}:${channel}:${purpose}`;

/** What a consent record without a stream of its own is: a field of the person whose id it begins with. */
function carriedIn(manifest: ConnectorManifest, ref: RecordRef): Carried | undefined {
  if (ref.kind !== 'consent' || entityOf(manifest, ref) !== undefined) return undefined;
  const [, externalId, channel, purpose] = /^(.+):(email|sms|phone|post|messaging):(.+)$/.exec(ref.externalId) ?? [];
  if (externalId === undefined || channel === undefined || purpose === undefined) return undefined;
  return { person: { kind: 'person', externalId }, channel: channel as Channel, purpose }; // the pattern lists them
}

/**
 * Verbs that also answer for consents which the vendor keeps as a field of the person's record. Such a consent is there while the person
 * is, goes when the person goes, and is never erased by itself: erasing the person first would leave behind what hangs from it.
 */
export function withCarried(manifest: ConnectorManifest, verbs: Verbs): Verbs & Pick<LinkedSystem, 'carriedBy'> {
  return {
    ...verbs,
    carriedBy: (ref) => carriedIn(manifest, ref)?.person,
    verify: async (ref) => {
      const carried = carriedIn(manifest, ref);
      if (carried === undefined) return await verbs.verify(ref);
      const seen = await verbs.verify(carried.person);
      const where = `${manifest.name}: person`;
      return seen.result === 'present' && seen.residue.length === 0 ? { ...seen, residue: [{ where, due: null }] } : seen;
    },
    erase: async (ref, options) => {
      if (carriedIn(manifest, ref) === undefined) return await verbs.erase(ref, options);
      return { result: options.dryRun === true ? 'would-erase' : 'accepted', code: 'goes-with-person', residue: [] };
    },
    export: async (ref) => {
      const carried = carriedIn(manifest, ref);
      if (carried === undefined) return await verbs.export(ref);
      if ((await verbs.export(carried.person)) === null) return null;
      const { channel, purpose } = carried;
      const readings = await verbs.readConsent(carried.person);
      const said = readings.find((one) => one.channel === channel && one.purpose === purpose);
      return { ref, fields: { channel, purpose, answer: said?.answer ?? 'unknown' }, attachments: [] };
    },
  };
}
