import type { KeyRing } from '../../platform/keys.ts';
import { FichaError } from '../../domain/record/error.ts';
import { type Db, sql } from '../database.ts';
import { appendAudit } from './audit.ts';
import { type Incoming, type IntakeType, openContent } from './privacy-intake.ts';

/** As OpenDSR calls them. A request that was refused is not fulfilled: its caller reads that it was cancelled. */
export type CallerStatus = 'pending' | 'in_progress' | 'completed' | 'cancelled';

/** What another controller asked, and where it is. Times are ISO 8601 UTC. */
export interface IntakeStatus {
  readonly id: string;
  readonly type: IntakeType;
  readonly receivedAt: string;
  readonly requestId: string | null;
  readonly status: CallerStatus;
  readonly dueAt: string | null;
  readonly tries: number;
  /** Records that were found, once the plan is there. */
  readonly found: number;
  readonly hasPackage: boolean;
}

const status = sql`
  case when i.told = 'cancelled' then 'cancelled' when q.state = 'closed' then 'completed' when q.closed_at is not null then 'cancelled'
       when q.state is null or q.state in ('received', 'locating', 'planned') then 'pending' else 'in_progress' end`;

const columns = sql`
  i.id, i.type, i.received_at as "receivedAt", i.request_id as "requestId", ${status} as status, q.due_at as "dueAt", i.tries,
  (select count(*)::int from plan_line l where l.request_id = q.id) as found, q.package is not null as "hasPackage"`;

/** @throws FichaError `unknown-request` */
export async function intakeStatus(
  db: Db,
  { way, caller, callerRef }: Pick<Incoming, 'way' | 'caller' | 'callerRef'>,
): Promise<IntakeStatus> {
  const { rows } = await db.query<IntakeStatus>(sql`
    select ${columns} from privacy_intake i left join privacy_request q on q.id = i.request_id
     where i.way = ${way} and i.caller = ${caller} and i.caller_ref = ${callerRef}`);
  const [found] = rows;
  if (found === undefined) throw new FichaError('unknown-request', 'no request of this controller has this id');
  return found;
}

/** Ends what was not opened yet: its caller takes it back. */
export async function cancelIntake(tx: Db, id: string, actor: string, at: Date): Promise<void> {
  const { rowCount } = await tx.query(sql`
    update privacy_intake set state = 'over', told = 'cancelled', sealed = null where id = ${id} and state = 'waiting'`);
  if (rowCount > 0) await appendAudit(tx, { actor, action: 'intake.cancelled', subject: id, at });
}

/** A caller who must be told where its request is. */
export interface ToTell extends IntakeStatus {
  readonly caller: string;
  readonly callerRef: string;
  readonly callbacks: readonly string[];
}

const leaseMs = 60_000;
/** Ten seconds doubled up to six hours: four days of trying. */
const mostTries = 24;
const longestPauseMs = 6 * 3_600_000;
const later = (at: Date, ms: number): Date => new Date(at.getTime() + ms);

/** Takes callers to tell, at most 20; nobody else takes them for a minute. Index: privacy_intake_waiting. */
export async function takeToTell(tx: Db, keys: KeyRing, now: Date): Promise<readonly ToTell[]> {
  const { rows } = await tx.query<IntakeStatus & { caller: string; callerRef: string; sealed: Buffer }>(sql`
    with due as (
      select i.id from privacy_intake i join privacy_request q on q.id = i.request_id
       where i.way = 'opendsr' and i.state = 'opened' and i.try_at <= ${now} and i.tries < ${mostTries} and i.told is distinct from ${status}
       order by i.try_at limit 20 for update of i skip locked),
    taken as (update privacy_intake set try_at = ${later(now, leaseMs)} where id in (select id from due) returning id)
    select ${columns}, i.caller, i.caller_ref as "callerRef", i.sealed
      from privacy_intake i join taken using (id) join privacy_request q on q.id = i.request_id`);
  return rows.map(({ sealed, ...row }) => ({ ...row, callbacks: openContent(keys, row.id, sealed).callbacks ?? [] }));
}

/** Writes down that the caller knows this status; what is kept of it goes once it was the last. */
export async function noteTold(tx: Db, id: string, told: CallerStatus, at: Date): Promise<void> {
  const isLast = told === 'completed' || told === 'cancelled';
  await tx.query(sql`
    update privacy_intake
       set told = ${told}, tries = 0, try_at = ${at}, state = case when ${isLast} then 'over' else state end,
           sealed = case when ${isLast} then null else sealed end
     where id = ${id}`);
  await appendAudit(tx, { actor: 'ficha', action: 'intake.told', subject: id, facts: { status: told }, at });
}

/** The caller could not be told: again later, ever more slowly, and no more after four days. */
export async function noteNotTold(db: Db, id: string, tries: number, at: Date): Promise<void> {
  const pauseMs = Math.min(10_000 * 2 ** tries, longestPauseMs);
  await db.query(sql`update privacy_intake set tries = tries + 1, try_at = ${later(at, pauseMs)} where id = ${id}`);
}

/** Something that came in and waits. Times are ISO 8601 UTC; nothing in it is of a person. */
export interface WaitingIntake {
  readonly id: string;
  readonly way: string;
  readonly caller: string;
  readonly type: IntakeType;
  /** `officer`: a person must act; `request`: another request of the person must end; `link`: the person must follow the link. */
  readonly waitsFor: 'officer' | 'request' | 'link';
  readonly receivedAt: string;
}

/** What came in and waits, oldest first, at most 500. Index: privacy_intake_waiting. */
export async function intakesToSettle(db: Db): Promise<readonly WaitingIntake[]> {
  const { rows } = await db.query<WaitingIntake>(sql`
    select id, way, caller, type, received_at as "receivedAt",
           case when type = 'shop-left' then 'officer' when state = 'waiting' then 'request' else 'link' end as "waitsFor"
      from privacy_intake where state in ('waiting', 'unconfirmed') order by received_at, id limit 500`);
  return rows;
}

/** A shop that left: a person did what it asks for. @throws FichaError `unknown-task` */
export async function settleIntake(tx: Db, id: string, by: string, at: Date): Promise<void> {
  const { rowCount } = await tx.query(sql`
    update privacy_intake set state = 'over', sealed = null where id::text = ${id} and type = 'shop-left' and state = 'waiting'`);
  if (rowCount === 0)
    throw new FichaError('unknown-task', 'nothing that waits for you has this id; `ficha request intakes` shows what does');
  await appendAudit(tx, { actor: by, action: 'intake.settled', subject: id, at });
}
