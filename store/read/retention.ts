import { type Db, sql } from '../database.ts';

/** One client who was proposed for erasure or anonymisation. */
export interface RetentionProposal {
  readonly taskId: string;
  readonly clientId: string;
  readonly category: string;
  readonly action: string;
  readonly lastHeardAt: string;
  readonly openedAt: string;
}

/** Open proposals of the retention round, oldest first, at most 500. Index: review_task_open. */
export async function retentionProposals(db: Db): Promise<RetentionProposal[]> {
  const { rows } = await db.query<RetentionProposal>(sql`
    select id as "taskId", subject ->> 'clientId' as "clientId", subject ->> 'category' as category, subject ->> 'action' as action,
           subject ->> 'lastHeardAt' as "lastHeardAt", opened_at as "openedAt"
      from review_task where kind = 'consent' and reason = 'retention-due' and state = 'open'
     order by id limit 500`);
  return rows;
}
