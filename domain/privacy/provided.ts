import type { PortabilityPackage, PrivacyPolicy } from '../../schemas/types.ts';
import type { PackageParts } from './portability.ts';

type NotPortable = NonNullable<PrivacyPolicy['notPortable']>;
type CanonicalRecord = PortabilityPackage['records'][number];

/** `hs_lead_score`, `leadScore` and `Lead score` are the same words. */
const wordsOf = (name: string): string =>
  ` ${name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[^\p{L}\d]+/gu, ' ')
    .trim()
    .toLowerCase()} `;

const isLeftOut = (name: string, { fields }: NotPortable): boolean =>
  fields.some((field) => wordsOf(name).includes(wordsOf(field)));

/** The same value without the fields that the controller made itself, however deep they lie. */
function withoutMade(value: unknown, rule: NotPortable): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutMade(one, rule));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (isLeftOut(name, rule) ? [] : [[name, withoutMade(inner, rule)]])),
  );
}

const keyOf = (systemId: string, kind: string, externalId: string): string => `${systemId} ${kind} ${externalId}`;

const isMade = ({ kind, canonical }: CanonicalRecord, { interactionKinds }: NotPortable): boolean =>
  kind === 'interaction' && interactionKinds.some((made) => canonical['interactionKind'] === made);

/**
 * What a person provided, or what was observed of them: a package of portability has nothing else. Notes of the staff, scores, segments
 * and forecasts are the controller's own work; they belong in the answer to a request of access.
 * @param rule names of such fields, in the words of any system, and kinds of interaction
 * @see Regulation (EU) 2016/679, art. 20(1); WP242 rev.01, p. 9-11
 */
export function onlyProvided(
  parts: Pick<PackageParts, 'systems' | 'records'>,
  rule: NotPortable,
): Pick<PackageParts, 'systems' | 'records'> {
  const made = new Set(
    parts.records
      .filter((record) => isMade(record, rule))
      .map(({ systemId, kind, externalId }) => keyOf(systemId, kind, externalId)),
  );
  const systems = parts.systems.map((system) => ({
    ...system,
    records: system.records
      .filter(({ kind, externalId }) => !made.has(keyOf(system.systemId, kind, externalId)))
      .map((record) => ({ ...record, fields: withoutMade(record.fields, rule) as typeof record.fields })), // an object stays one
  }));
  const records = parts.records
    .filter(({ systemId, kind, externalId }) => !made.has(keyOf(systemId, kind, externalId)))
    .map((record) => ({ ...record, canonical: withoutMade(record.canonical, rule) as typeof record.canonical }));
  return { systems, records };
}
