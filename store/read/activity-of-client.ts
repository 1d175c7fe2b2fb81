import { type Db, sql } from '../database.ts';

/** One quote, order, invoice or payment. */
export interface SaleRow {
  readonly id: string;
  readonly linkedSystemId: string;
  readonly saleKind: string;
  readonly status: string | null;
  readonly number: string | null;
  readonly at: string;
  readonly amountCents: string;
  readonly currency: string;
  readonly channel: string | null;
}

/** Sales of one client, newest first, 1 <= limit <= 100. Index: sale_client. */
export async function salesOf(db: Db, clientId: string, limit: number, before?: string): Promise<SaleRow[]> {
  const { rows } = await db.query<SaleRow>(sql`
    select source_record_id as id, linked_system_id as "linkedSystemId", sale_kind as "saleKind", status, number, at,
           amount_cents as "amountCents", currency, channel
      from sale
     where client_id = ${clientId} and at < ${before ?? 'infinity'}::timestamptz
     order by at desc, source_record_id desc
     limit ${limit}`);
  return rows;
}

/** One contact with a client. */
export interface InteractionRow {
  readonly id: string;
  readonly linkedSystemId: string;
  readonly interactionKind: string;
  readonly direction: string | null;
  readonly status: string | null;
  readonly channel: string | null;
  readonly at: string;
  readonly subject: string | null;
}

/** Interactions of one client, newest first, 1 <= limit <= 100. Index: interaction_client. */
export async function interactionsOf(db: Db, clientId: string, limit: number, before?: string): Promise<InteractionRow[]> {
  const { rows } = await db.query<InteractionRow>(sql`
    select source_record_id as id, linked_system_id as "linkedSystemId", interaction_kind as "interactionKind", direction,
           status, channel, at, subject
      from interaction
     where client_id = ${clientId} and at < ${before ?? 'infinity'}::timestamptz
     order by at desc, source_record_id desc
     limit ${limit}`);
  return rows;
}

/** What a salesperson wants to see first. Amounts in hundredths, by currency. */
export interface GlanceRow {
  readonly amountCents12Months: string;
  readonly currency: string | null;
  readonly lastPurchaseAt: string | null;
  readonly lastContactAt: string | null;
  readonly openTickets: number;
}

/** Amount of the last 12 months in the main currency, last purchase, last contact, open tickets. Indexes: sale_client, interaction_client. */
export async function glanceAt(db: Db, clientId: string): Promise<GlanceRow> {
  const { rows } = await db.query<GlanceRow>(sql`
    with bought as (
      select currency, sum(amount_cents) filter (where at >= now() - interval '12 months') as amount, max(at) as last
        from sale
       where client_id = ${clientId} and sale_kind in ('order', 'invoice') and coalesce(status, '') not in ('draft', 'refused', 'cancelled')
       group by currency order by 2 desc nulls last limit 1)
    select coalesce((select amount from bought), 0)::bigint as "amountCents12Months",
           (select currency from bought) as currency,
           (select last from bought) as "lastPurchaseAt",
           (select max(at) from interaction where client_id = ${clientId}) as "lastContactAt",
           (select count(*)::int from interaction
             where client_id = ${clientId} and interaction_kind = 'ticket' and status = 'open') as "openTickets"`);
  const row = rows[0];
  return row ?? { amountCents12Months: '0', currency: null, lastPurchaseAt: null, lastContactAt: null, openTickets: 0 };
}
