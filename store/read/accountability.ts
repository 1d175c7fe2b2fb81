import { type Db, sql } from '../database.ts';

/** One entry of the audit log, as a list shows it. */
export interface AuditListRow {
  readonly seq: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly hash: string;
}

/** Entries before a number, newest first, of one subject or of all; 1 <= limit <= 101. Index: primary key, read backwards. */
export async function auditNewestFirst(
  db: Db,
  only: {
    readonly before: string | undefined;
    readonly subject: string | null | undefined;
    readonly action: string | null | undefined;
  },
  limit: number,
): Promise<AuditListRow[]> {
  const { rows } = await db.query<AuditListRow>(sql`
    select seq, at, actor, action, subject, facts, encode(hash, 'hex') as hash
      from audit_entry
     where seq < coalesce(${only.before ?? null}::bigint, 9223372036854775807)
       and (${only.subject ?? null}::text is null or subject = ${only.subject ?? null})
       and (${only.action ?? null}::text is null or action = ${only.action ?? null})
     order by seq desc limit ${limit}`);
  return rows;
}

/** One look at fichas. */
export interface LookRow {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly role: string;
  /** How many fichas the same question showed. */
  readonly shown: number;
}

/** Who looked at one client, under this id or one merged into it, newest first; 1 <= limit <= 101. Index: access_log_clients. */
export async function looksAt(db: Db, clientId: string, before: string | undefined, limit: number): Promise<LookRow[]> {
  const { rows } = await db.query<LookRow>(sql`
    select l.id, l.at, l.actor, l.role, cardinality(l.client_ids) as shown
      from access_log l
     where l.client_ids && array(select ${clientId}::uuid union all select a.alias_id from client_alias a where a.client_id = ${clientId})
       and (${before ?? null}::uuid is null or l.id < ${before ?? null}::uuid)
     order by l.id desc limit ${limit}`);
  return rows;
}

/** What one linked system holds of one kind. */
export interface DataMapRow {
  readonly linkedSystemId: string;
  readonly title: string;
  readonly connector: string;
  readonly kind: string;
  readonly records: number;
  readonly fields: readonly string[];
  readonly oldestSeenAt: string;
  readonly newestSeenAt: string;
}

/**
 * Where personal data lies: systems, kinds, counts and names of fields, from what is stored: of a hundred thousand records of each kind
 * and system at most. Scans; for a page, not for a loop.
 */
export async function dataMap(db: Db): Promise<DataMapRow[]> {
  const { rows } = await db.query<DataMapRow>(sql`
    select s.id as "linkedSystemId", s.title, s.connector, r.kind, r.records, r."oldestSeenAt", r."newestSeenAt",
           array(select distinct k from (
             select canonical from source_record x
              where x.linked_system_id = s.id and x.kind = r.kind and x.deleted_at is null limit 100000) sample
             cross join lateral jsonb_object_keys(sample.canonical) k order by k) as fields
      from (select linked_system_id, kind, count(*)::int as records, min(seen_at) as "oldestSeenAt", max(seen_at) as "newestSeenAt"
              from source_record where deleted_at is null group by linked_system_id, kind) r
      join linked_system s on s.id = r.linked_system_id
     order by s.id, r.kind`);
  return rows;
}

/** One field of a system in which values of a special category were met. */
export interface SpecialMapRow {
  readonly linkedSystemId: string;
  readonly field: string;
  readonly category: string;
  /** Values that may be held. */
  readonly held: number;
  /** Values kept aside for want of a basis. */
  readonly aside: number;
}

/** Where data of special categories was met (GDPR art. 9); never a value. */
export async function specialMap(db: Db): Promise<SpecialMapRow[]> {
  const { rows } = await db.query<SpecialMapRow>(sql`
    select r.linked_system_id as "linkedSystemId", v.field, v.category,
           count(*) filter (where v.state = 'released')::int as held, count(*) filter (where v.state = 'held')::int as aside
      from special_value v join source_record r on r.id = v.source_record_id
     group by r.linked_system_id, v.field, v.category order by 1, 2, 3`);
  return rows;
}

/** One purpose for which people were asked, as the ledger knows it. */
export interface ProcessingRow {
  readonly purpose: string;
  readonly legalBasis: string;
  readonly channels: readonly string[];
  readonly linkedSystemIds: readonly string[];
  readonly people: number;
  readonly since: string;
  readonly suppressions: number;
}

/** Purposes with their legal basis, channels, systems and number of people (GDPR art. 30(1)(b)-(d)). Scans the ledger. */
export async function processing(db: Db): Promise<ProcessingRow[]> {
  const { rows } = await db.query<ProcessingRow>(sql`
    select e.purpose, e.legal_basis as "legalBasis", array_agg(distinct e.channel order by e.channel) as channels,
           array_remove(array_agg(distinct e.linked_system_id order by e.linked_system_id), null) as "linkedSystemIds",
           count(distinct e.subject_id)::int as people, min(e.at) as since,
           (select count(*)::int from suppression s where s.purpose = e.purpose and s.lifted_at is null) as suppressions
      from consent_event e
     group by e.purpose, e.legal_basis
     order by e.purpose, e.legal_basis`);
  return rows;
}
