import type { KeyRing } from '../../platform/keys.ts';
import type { ConsentPolicy } from '../../schemas/types.ts';
import type { Database, Db } from '../../store/database.ts';
import { keepSpecial } from '../../store/write/special-data.ts';
import { clearRejected, recordsWithField, replaceContents, type UnpartedRecord } from '../../store/write/special-fields.ts';
import { partedContents } from './special-fields.ts';

const batchSize = 500;

async function takeBatch(
  tx: Db,
  keys: KeyRing,
  batch: readonly UnpartedRecord[],
  policy: ConsentPolicy,
  at: Date,
): Promise<void> {
  const cleaned = batch.map((record) => ({ record, ...partedContents(record, record.systemId, policy, false) }));
  await replaceContents(
    tx,
    cleaned.map(({ record, raw, canonical }) => ({ id: record.id, raw: raw ?? null, canonical })),
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
