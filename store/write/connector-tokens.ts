import type { KeyRing } from '../../platform/keys.ts';
import { type Database, sql } from '../database.ts';

const sealContext = 'connector_token/sealed';

/**
 * Looks at the token under a name and puts another in its place, one process at a time: the row is locked until `choose` answered.
 * Tokens are sealed, and their names are keyed hashes.
 */
export async function exchangeToken<Token>(
  db: Database,
  keys: KeyRing,
  name: string,
  choose: (kept: Token | undefined) => Promise<Token>,
): Promise<Token> {
  const hash = keys.mac('record', `connector-token/${name}`);
  await db.query(sql`insert into connector_token (name) values (${hash}) on conflict do nothing`);
  return await db.transaction(async (tx) => {
    const { rows } = await tx.query<{ readonly sealed: Buffer | null }>(sql`
      select sealed from connector_token where name = ${hash} for update`);
    const sealed = rows[0]?.sealed ?? null;
    const kept = sealed === null ? undefined : (JSON.parse(keys.decrypt(sealed, sealContext).toString('utf8')) as Token); // written below
    const chosen = await choose(kept);
    if (chosen !== kept) {
      const text = keys.encrypt(Buffer.from(JSON.stringify(chosen)), sealContext);
      await tx.query(sql`update connector_token set sealed = ${text}, updated_at = now() where name = ${hash}`);
    }
    return chosen;
  });
}
