import { people } from './read-people.ts';
import type { TestDatabase } from './postgres.ts';

/** What a page must show as text and nothing else: markup, a text direction that turns itself round, an emoji, and no end. */
export const hostile = `<script>globalThis.attacked=1</script> \u202Egnp.exe "'><img src=x onerror="globalThis.attacked=1"> 😀 ${'W'.repeat(500)}`;

/** Ids of requests in every state that a page draws differently. */
export const requests = {
  stopped: '0190b000-0000-7000-8000-000000000001',
  planned: '0190b000-0000-7000-8000-000000000002',
  over: '0190b000-0000-7000-8000-000000000003',
} as const;

export const review = '0190b000-0000-7000-8000-0000000000a1';
export const approvedBefore = 'the-first-dpo';

/** Puts hostile texts into everything of Ana that a page shows, and things to see on every page: requests, a review, runs, rejects, drift. */
export async function seedConsole({ owner }: Pick<TestDatabase, 'owner'>): Promise<void> {
  const run = async (text: string, values: readonly unknown[] = []): Promise<void> => {
    await owner.query({ text, values: [...values] });
  };
  await hostileTexts(run);
  await systems(run);
  await privacy(run);
  await run(
    `insert into ficha.review_task (id, kind, reason, subject, subject_key, opened_at)
     values ($1, 'match', 'weight-in-doubt-held-by-doubt', jsonb_build_object('one', $2::text, 'other', $3::text, 'pairs', 1, 'records', 2), 'a', now())`,
    [review, people.ana, people.elena],
  );
  await run(
    `insert into ficha.match_decision (record_a, record_b, outcome, rule, evidence)
     select least(a.id, b.id), greatest(a.id, b.id), 'review', 'weight-in-doubt', '{"given":"equal","birth":"differ","email":"shared","odd":{"level":"new-level","weight":1}}'
       from ficha.source_record a, ficha.source_record b where a.client_id = $1 and b.client_id = $2 and a.kind = 'person' and b.kind = 'person' limit 1`,
    [people.ana, people.elena],
  );
}

type Run = (text: string, values?: readonly unknown[]) => Promise<void>;

async function hostileTexts(run: Run): Promise<void> {
  await run(
    `update ficha.client set display_name = $1, golden = golden || jsonb_build_object('emails', jsonb_build_array('ana@x.example', '"<svg onload=attacked()>"@x.example'), 'phones', jsonb_build_array($1::text),
       'givenName', $1::text, 'addresses', jsonb_build_array(jsonb_build_object('street', $1::text, 'city', $1::text))) where id = any($2::uuid[])`,
    [hostile, [people.ana, people.quintana]],
  );
  await run(
    `update ficha.client set origins = (
       select jsonb_agg(o || jsonb_build_object('losing',
                jsonb_build_array(jsonb_build_object('value', $1::text, 'linkedSystemId', 'crm', 'sourceRecordId', '1', 'at', null))))
         from jsonb_array_elements(origins) o)
      where id = $2`,
    [hostile, people.ana],
  );
  await run(
    `insert into ficha.source_record (linked_system_id, kind, external_id, raw, canonical, content_hash, stream, seen_run_id, client_id)
     values ('crm', 'person', $1, '{}', jsonb_build_object('givenName', $1::text, 'notes', $1::text), '\\x01', 'all', gen_random_uuid(), $2)`,
    [hostile, people.ana],
  );
  await run(
    `update ficha.source_record set canonical = canonical || jsonb_build_object('title', $1::text, 'mediaType', $1::text) where kind = 'document'`,
    [hostile],
  );
  await run(`update ficha.interaction set subject = $1`, [hostile]);
  await run(`update ficha.sale set number = $1`, [hostile]);
  await run(`update ficha.linked_system set title = $1 where id = 'crm'`, [hostile]);
}

async function systems(run: Run): Promise<void> {
  for (const [id, mode, state] of [
    ['0190b000-0000-7000-8000-0000000000b1', 'full', 'done'],
    ['0190b000-0000-7000-8000-0000000000b2', 'incremental', 'failed'],
  ]) {
    await run(
      `insert into ficha.sync_run (id, linked_system_id, mode, state, pulled, changed, rejected, pages, error_code, started_at, ended_at)
       values ($1, 'crm', $2, $3, 1200, 40, 2, 3, $4, now() - interval '1 hour', now() - interval '50 minutes')`,
      [id, mode, state, state === 'failed' ? 'right-missing' : null],
    );
  }
  await run(
    `insert into ficha.rejected_record (linked_system_id, run_id, stream, external_id, reason_code, reason)
     values ('crm', '0190b000-0000-7000-8000-0000000000b1', 'people', $1, 'not-valid', $1)`,
    [hostile],
  );
  await run(
    `insert into ficha.sync_cursor (linked_system_id, stream, cursor, run_id, done) values ('crm', 'people', '{"version":1}', '0190b000-0000-7000-8000-0000000000b1', true)`,
  );
  await run(
    `insert into ficha.consent_drift (client_id, linked_system_id, purpose, channel, found_at) values ($1, 'crm', 'marketing', 'email', now())`,
    [people.ana],
  );
  await run(
    `insert into ficha.review_task (kind, reason, subject, subject_key)
     values ('consent', 'retention-due', jsonb_build_object('clientId', $1::text, 'category', 'prospect', 'action', 'erase', 'lastHeardAt', '2020-01-01T00:00:00Z'), 'retention/' || $1)`,
    [people.ana],
  );
}

async function privacy(run: Run): Promise<void> {
  await run(`insert into ficha.linked_system (id, connector, title) values ('mailer', 'mailchimp', 'The mailer')`);
  const open = `insert into ficha.privacy_request (id, type, state, outcome, client_id, country, opened_by, received_at, due_at, plan_hash, approvals, identity_proven_at, certificate, closed_at)
    values ($1, $2, $3, $4, $5, 'ES', 'somebody', now() - interval '40 days', now() + $6::interval, '\\xab', $7::jsonb, now(), $8::jsonb, $9)`;
  const hash = 'ab';
  const approvals = JSON.stringify([{ by: approvedBefore, at: '2026-01-01T00:00:00.000Z', planHash: hash }]);
  await run(open, [requests.stopped, 'erasure', 'verifying', null, people.elena, '-3 days', '[]', null, null]);
  await run(open, [requests.planned, 'erasure', 'planned', null, people.quintana, '4 days', approvals, null, null]);
  await run(open, [requests.over, 'access', 'closed', 'complete', people.elena, '20 days', '[]', '{}', new Date().toISOString()]);
  const states = ['located', 'acting', 'acted', 'verified', 'grace', 'kept', 'needs-attention'];
  for (const [place, state] of states.entries()) {
    await run(
      `insert into ficha.plan_line (request_id, linked_system_id, kind, record_hash, action, legal_basis, until, state, residue)
       values ($1, $2, 'person', decode(md5($3), 'hex'), $4, $5, '2032-01-01', $3, $6::jsonb)`,
      [
        requests.stopped,
        state === 'grace' ? 'mailer' : place % 2 === 0 ? 'crm' : 'erp',
        state,
        state === 'kept' ? 'keep-until' : 'delete',
        state === 'kept' ? hostile : null,
        JSON.stringify(
          state === 'grace'
            ? [{ where: 'recycle bin', due: '2027-01-15' }]
            : state === 'needs-attention'
              ? [{ where: hostile, due: null }]
              : [],
        ),
      ],
    );
  }
  await run(
    `insert into ficha.plan_line (request_id, linked_system_id, kind, record_hash, action, state) values ($1, 'crm', 'person', '\\x01', 'delete', 'located')`,
    [requests.planned],
  );
  for (const reason of ['namesake', 'manual-task', 'needs-attention', 'deadline-escalated']) {
    await run(
      `insert into ficha.review_task (kind, reason, subject, subject_key)
       values ('privacy', $1, jsonb_build_object('requestId', $2::text, 'systemId', 'crm'), $2 || '/' || $1)`,
      [reason, requests.stopped],
    );
  }
  for (const [id, verb] of [
    [requests.stopped, 'locate'],
    [requests.over, 'manual'],
  ]) {
    await run(
      `insert into ficha.evidence (request_id, linked_system_id, verb, result, digest) values ($1, 'crm', $2, 'done', '\\xabcdef')`,
      [id, verb],
    );
  }
}

/** A step of a request that a person does by hand and proves with a file. */
export async function seedManualTask({ owner }: Pick<TestDatabase, 'owner'>, requestId: string): Promise<void> {
  await owner.query({
    text: `with line as (
        insert into ficha.plan_line (request_id, linked_system_id, kind, record_hash, action) values ($1, 'erp', 'person', '\\x0f', 'manual') returning id)
      insert into ficha.review_task (kind, reason, subject, subject_key)
      select 'privacy', 'manual-task', jsonb_build_object('requestId', $1::text, 'systemId', 'erp', 'lineId', id), $1::text || '/manual-task/line' from line`,
    values: [requestId],
  });
}
