import { appendAudits } from '../../store/write/audit.ts';
import { type Act, beginActs } from '../../store/write/suppression-work.ts';
import { noteOn } from './audit-note.ts';
import type { Means } from './carry-out.ts';

/**
 * Notes, before the call, that Ficha is about to suppress. A record that its system had confirmed before allows again what the ledger
 * denies: that is drift, whoever came upon it (a look, a webhook, a sync, the nightly round), and is reported as such.
 */
export async function noteActs({ db, now }: Pick<Means, 'db' | 'now'>, acts: readonly Act[]): Promise<void> {
  await db.transaction(async (tx) => {
    const drifted = await beginActs(tx, acts, now());
    await appendAudits(
      tx,
      drifted.map((one) => noteOn('consent.drift', one, now())),
    );
  });
}
