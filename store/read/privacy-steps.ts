import type { LineState } from '../../domain/privacy/line-state.ts';
import { type StepState, stepState } from '../../domain/privacy/step-state.ts';
import { type Db, sql } from '../database.ts';

/** What one linked system has to do for a request. Times are ISO 8601 UTC. */
export interface PrivacyStep {
  readonly linkedSystemId: string;
  readonly state: StepState;
  readonly lines: number;
  readonly settled: number;
  readonly evidence: number;
  readonly nextLookAt: string | null;
  readonly lastAnswerAt: string | null;
}

type Row = Omit<PrivacyStep, 'state'> & { readonly states: readonly LineState[]; readonly waits: boolean };

/** Every system that was searched for a request, by its id. Indexes: plan_line_request, evidence_request, review_task_open. */
export async function privacySteps(db: Db, requestId: string): Promise<PrivacyStep[]> {
  const { rows } = await db.query<Row>(sql`
    with planned as (
      select linked_system_id as system, count(*)::int as lines, array_agg(distinct state) as states, min(recheck_at) filter (where state = 'grace') as next,
             (count(*) filter (where state in ('verified', 'kept')))::int as settled
        from plan_line where request_id = ${requestId} group by linked_system_id),
    answered as (
      select linked_system_id as system, count(*)::int as evidence, max(at) as last from evidence where request_id = ${requestId} group by linked_system_id)
    select system as "linkedSystemId", coalesce(p.lines, 0) as lines, coalesce(p.settled, 0) as settled, coalesce(p.states, '{}') as states,
           coalesce(a.evidence, 0) as evidence, p.next as "nextLookAt", a.last as "lastAnswerAt",
           exists (select from review_task t where t.kind = 'privacy' and t.state = 'open' and t.subject ->> 'requestId' = ${requestId}
                      and t.subject ->> 'systemId' = system) as waits
      from planned p full join answered a using (system)
     order by system`);
  return rows.map(({ states, waits, ...step }) => ({ ...step, state: stepState(states, waits) }));
}
