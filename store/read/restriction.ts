import { FichaError } from '../../domain/record/error.ts';
import { type Db, sql } from '../database.ts';

/** The client whom a request holds, with the e-mail addresses that nobody else carries, the golden record's order first. */
export interface HeldClient {
  readonly clientId: string;
  readonly addresses: readonly string[];
  readonly language: string | null;
  readonly country: string | null;
}

/**
 * @throws FichaError `no-restriction`
 */
export async function heldBy(db: Db, requestId: string): Promise<HeldClient> {
  const { rows } = await db.query<HeldClient>(sql`
    select h.client_id as "clientId", held.golden ->> 'language' as language, held.country,
           array(select i.value from client_identifier i join client c on c.id = i.client_id
                  where i.client_id = h.client_id and i.kind = 'email'
                    and not exists (select from client_identifier o where o.kind = i.kind and o.value = i.value and o.client_id <> i.client_id)
                  group by i.value, c.golden
                  order by position(i.value in lower(coalesce(c.golden ->> 'emails', ''))), i.value) as addresses
      from restriction h join client held on held.id = h.client_id where h.request_id = ${requestId} and h.lifted_at is null`);
  const [held] = rows;
  if (held === undefined) {
    throw new FichaError('no-restriction', 'this request holds no client: it was lifted before, or is of another type');
  }
  return held;
}
