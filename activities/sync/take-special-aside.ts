import type { KeyRing } from '../../platform/keys.ts';
import type { ConsentPolicy } from '../../schemas/types.ts';
import type { Database, Db } from '../../store/database.ts';
import { keepSpecial } from '../../store/write/special-data.ts';
import { clearRejected, recordsWithField, replaceContents, type UnpartedRecord } from '../../store/write/special-fields.ts';
import { withoutSpecial } from './special-fields.ts';

const batchSize = 500;

/** One record as a page of its own, parted. */
const parted = ({ systemId, externalId, raw, canonical }: UnpartedRecord, policy: Pick<ConsentPolicy, 'specialFields'>) => {
  const record = {
    kind: 'person',
    externalId,
    raw,
    canonical,
    contentHash: '',
    clientExternalId: null,
    changedAt: null,
  } as const;
  return withoutSpecial({ valid: [record], rejected: [] }, systemId, policy, false);
};

async function takeBatch(
  tx: Db,
  keys: KeyRing,
  batch: readonly UnpartedRecord[],
  policy: ConsentPolicy,
  at: Date,
): Promise<void> {
  const cleaned = batch.map((record) => ({ record, ...parted(record, policy) }));
  await replaceContents(
    tx,
    cleaned.map(({ record, valid }) => ({
      id: record.id,
      raw: valid[0]?.raw ?? null,
      canonical: valid[0]?.canonical ?? record.canonical,
    })),
  );
  for (const systemId of new Set(batch.map((record) => record.systemId))) {
    const found = cleaned.flatMap(({ record, special }) => (record.systemId === systemId ? special : []));
    await keepSpecial(tx, keys, systemId, found, at);
  }
}

/**
 * Parts what is stored already: the policy may name a field as special after its values came. Safe to repeat; without such fields it asks
 * nothing.
 */
export async function takeSpecialAside(db: Database, keys: KeyRing, policy: ConsentPolicy, at: Date): Promise<void> {
  for (const { linkedSystem, field } of policy.specialFields ?? []) {
    for (let taken = batchSize; taken === batchSize; ) {
      taken = await db.transaction(async (tx) => {
        const batch = await recordsWithField(tx, linkedSystem, field, batchSize);
        if (batch.length > 0) await takeBatch(tx, keys, batch, policy, at);
        return batch.length;
      });
    }
    await clearRejected(db, linkedSystem, field);
  }
}
