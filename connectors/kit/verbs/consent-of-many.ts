import type { ConsentRule } from '../../../schemas/types.ts';
import type { ConsentOfMany, ConsentReading, RecordRef } from '../contract.ts';
import { kindsOf } from '../entity-kinds.ts';
import { vendorIdOf } from '../record-id.ts';
import { callOf } from '../request-step.ts';
import type { Scope } from '../template.ts';
import { textAt, valueAt } from '../value-path.ts';
import { asList, type Opened } from './read-record.ts';

type Many = NonNullable<ConsentRule['many']>;

/** The key of each record that is there, by our id. */
async function keysOf(
  { manifest, context }: Opened,
  { records }: Many,
  refs: readonly RecordRef[],
): Promise<Map<string, string>> {
  const ours = new Map(refs.map((ref) => [vendorIdOf(manifest, ref), ref.externalId]));
  const scope = { config: context.config, batch: { refs: [...ours.keys()].map((id) => ({ id })) } };
  const answer = await context.send({ ...callOf(records, scope), reads: true });
  return new Map(
    asList(valueAt(answer.body, records.select)).flatMap((item): [string, string][] => {
      const externalId = ours.get(textAt(item, records.id) ?? '');
      const key = textAt(item, records.key);
      return externalId === undefined || key === undefined || key === '' ? [] : [[externalId, key]];
    }),
  );
}

const batchScope = ({ context }: Opened, keys: ReadonlyMap<string, string>): Scope => ({
  config: context.config,
  batch: { keys: [...keys.values()] },
});

/** The verbs of a manifest's rule for many records in a call; undefined where no rule, or more than one, speaks for its entity. */
export function consentOfMany(opened: Opened): ConsentOfMany | undefined {
  const { manifest, context } = opened;
  const rule = (manifest.consent ?? []).find(({ many }) => many !== undefined);
  const entity = rule === undefined ? undefined : manifest.entities[rule.entity];
  const [kind] = rule === undefined || entity === undefined ? [] : kindsOf(rule.entity, entity);
  if (rule?.many === undefined || kind === undefined) return undefined;
  if ((manifest.consent ?? []).some((one) => one !== rule && one.entity === rule.entity)) return undefined;
  const { channel, purpose, many } = rule;
  const { state, suppress, size } = many;
  /** Of the last read: who is suppressed was looked at just before, and the read afterwards asks anew. */
  let lastKeys: ReadonlyMap<string, string> = new Map();
  const keysFor = async (refs: readonly RecordRef[]): Promise<ReadonlyMap<string, string>> => {
    const known = refs.flatMap(({ externalId }): [string, string][] => {
      const key = lastKeys.get(externalId);
      return key === undefined ? [] : [[externalId, key]];
    });
    return known.length === refs.length ? new Map(known) : await keysOf(opened, many, refs);
  };
  return {
    kind,
    channel,
    purpose,
    size,
    read: async (refs) => {
      const keys = refs.length === 0 ? new Map<string, string>() : await keysOf(opened, many, refs);
      lastKeys = keys;
      if (keys.size === 0) return new Map();
      const answer = await context.send({ ...callOf(state, batchScope(opened, keys)), reads: true });
      const said = new Map(
        asList(valueAt(answer.body, state.select)).map((item) => [
          (textAt(item, state.key) ?? '').toLowerCase(),
          state.values[textAt(item, state.read) ?? ''] ?? 'unknown',
        ]),
      );
      return new Map<string, ConsentReading['answer']>(
        [...keys].map(([externalId, key]) => [externalId, said.get(key.toLowerCase()) ?? 'unknown']),
      );
    },
    suppress: async (refs) => {
      const keys = await keysFor(refs);
      lastKeys = new Map();
      if (keys.size > 0) await context.send(callOf(suppress, batchScope(opened, keys)));
    },
  };
}
