-- The tables of the spine. Runs as the owner, inside one transaction, with search_path = ficha.
-- Roles (made by store/roles.ts before the first migration): ficha_worker reads and writes, ficha_reader only
-- selects (GraphQL), ficha_accessor may only insert into access_log.

create extension if not exists unaccent with schema public;
create extension if not exists pg_trgm with schema public;

-- ---------------------------------------------------------------- linked systems and what they hold
create table linked_system (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  connector text not null,
  title text not null,
  config jsonb not null default '{}',            -- settings of the connector; secrets are references (env:NAME, file:PATH), never values
  state text not null default 'active' check (state in ('active', 'paused', 'removed')),
  sync_every_minutes integer not null default 60 check (sync_every_minutes between 1 and 44640),
  source_rank integer not null default 100,      -- survivorship: the smaller wins
  created_at timestamptz not null default now()
);

create table sync_run (
  id uuid primary key default uuidv7(),
  linked_system_id text not null references linked_system,
  mode text not null check (mode in ('full', 'incremental')),
  state text not null default 'running' check (state in ('running', 'done', 'failed')),
  pulled bigint not null default 0,
  changed bigint not null default 0,
  deleted bigint not null default 0,
  rejected bigint not null default 0,
  tombstoned bigint not null default 0,
  pages bigint not null default 0,
  error_code text,
  started_at timestamptz not null default now(),
  ended_at timestamptz
);
create index sync_run_by_system on sync_run (linked_system_id, started_at desc);

create table sync_cursor (
  linked_system_id text not null references linked_system,
  stream text not null,
  cursor jsonb not null,                         -- opaque to all but the connector; holds no personal data
  run_id uuid not null,                          -- the run that saved it
  done boolean not null,                         -- that run reached the end of the stream
  updated_at timestamptz not null default now(),
  primary key (linked_system_id, stream)
);

create table client (
  id uuid primary key default uuidv7(),
  kind text not null check (kind in ('person', 'company')),
  state text not null default 'active' check (state in ('active', 'restricted', 'blocked', 'erased')),
  display_name text,
  search_name text,                              -- normalised words, for the search box
  golden jsonb not null default '{}',            -- canonical person or company: the values that won
  company_id uuid references client,             -- a contact belongs to a company
  country text,
  acquisition_source text,
  first_seen_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index client_search_prefix on client (search_name collate "C" text_pattern_ops) where state = 'active';
create index client_search_words on client using gin (search_name public.gin_trgm_ops) where state = 'active';
create index client_company on client (company_id);

create table client_alias (
  alias_id uuid primary key,                     -- an id that was merged away and still resolves
  client_id uuid not null references client,
  since timestamptz not null default now()
);
create index client_alias_client on client_alias (client_id);

create table source_record (
  id bigint generated always as identity primary key,
  linked_system_id text not null references linked_system,
  kind text not null check (kind in ('person', 'company', 'sale', 'interaction', 'consent', 'document')),
  external_id text not null,
  raw jsonb not null,
  canonical jsonb not null,
  content_hash bytea not null,                   -- sha-256 of canonical + raw: an unchanged record is not written again
  stream text not null,                          -- the stream of the linked system that it comes by
  seen_run_id uuid not null,                     -- the last run that listed it
  client_external_id text,                       -- kinds other than person and company: whose it is, in the same system
  client_id uuid references client,              -- membership (person, company), or the owner (other kinds), null until resolved
  changed_at timestamptz,                        -- as the source says
  seen_at timestamptz not null default now(),
  deleted_at timestamptz,                        -- noticed deleted at the source
  unique (linked_system_id, kind, external_id)
);
create index source_record_client on source_record (client_id, kind);
create index source_record_owner on source_record (linked_system_id, client_external_id) where client_external_id is not null;

create table rejected_record (
  id bigint generated always as identity primary key,
  linked_system_id text not null references linked_system,
  run_id uuid not null references sync_run,
  stream text not null,
  external_id text,
  reason_code text not null,
  reason text not null,                          -- names field and rule, never a value
  raw jsonb,
  at timestamptz not null default now(),
  replayed_at timestamptz
);
create index rejected_record_open on rejected_record (linked_system_id, at desc) where replayed_at is null;
create unique index rejected_record_once on rejected_record (linked_system_id, stream, external_id, reason_code) where external_id is not null and replayed_at is null;

-- ---------------------------------------------------------------- identity
create table match_key (
  source_record_id bigint not null references source_record on delete cascade,
  kind text not null,                            -- email, phone, tax-id, name-birth, company-name...
  hash bytea not null,                           -- keyed HMAC of the normalised value
  primary key (source_record_id, kind, hash)
);
create index match_key_lookup on match_key (kind, hash);

create table resolution_queue (                  -- records whose client must be decided again
  source_record_id bigint primary key references source_record on delete cascade,
  queued_at timestamptz not null default now()
);

create table match_constraint (                  -- decided by a person; survives every re-run
  id uuid primary key default uuidv7(),
  record_a bigint not null references source_record on delete cascade,
  record_b bigint not null references source_record on delete cascade,
  kind text not null check (kind in ('must-link', 'cannot-link')),
  decided_by text not null,
  at timestamptz not null default now(),
  undone_at timestamptz,
  check (record_a < record_b)
);
create unique index match_constraint_in_force on match_constraint (record_a, record_b) where undone_at is null;

create table match_decision (                    -- the scored pairs as last decided
  record_a bigint not null references source_record on delete cascade,
  record_b bigint not null references source_record on delete cascade,
  outcome text not null check (outcome in ('same', 'review', 'different')),
  rule text not null,                            -- code of the rule that decided
  evidence jsonb not null default '[]',          -- per field: agreement level and weight, no values
  at timestamptz not null default now(),
  primary key (record_a, record_b),
  check (record_a < record_b)
);
create index match_decision_b on match_decision (record_b);

create table review_task (
  id uuid primary key default uuidv7(),
  kind text not null check (kind in ('match', 'privacy', 'consent')),
  state text not null default 'open' check (state in ('open', 'settled', 'withdrawn')),
  reason text not null,                          -- code
  subject jsonb not null,                        -- ids only
  subject_key text not null,                     -- the same task is opened once
  opened_at timestamptz not null default now(),
  settled_at timestamptz,
  settled_by text,
  answer text
);
create unique index review_task_open on review_task (kind, subject_key) where state = 'open';

create table golden_field (                      -- provenance of every golden value
  client_id uuid not null references client on delete cascade,
  field text not null,
  source_record_id bigint not null references source_record on delete cascade,
  linked_system_id text not null references linked_system,
  rule text not null,
  at timestamptz,                                -- when the source said so
  losing jsonb not null default '[]',            -- [{value, sourceRecordId, linkedSystemId, at}]
  primary key (client_id, field)
);

create table client_identifier (                 -- exact look-up in a blink
  kind text not null check (kind in ('email', 'phone', 'tax-id', 'external-id')),
  value text not null,                           -- normalised; external ids as "<system>:<id>"
  client_id uuid not null references client on delete cascade,
  source_record_id bigint not null references source_record on delete cascade,
  primary key (kind, value, source_record_id)
);
create index client_identifier_client on client_identifier (client_id);
create index client_identifier_record on client_identifier (source_record_id);

-- ---------------------------------------------------------------- sales and interactions, flattened from source records
create table sale (
  source_record_id bigint primary key references source_record on delete cascade,
  linked_system_id text not null references linked_system,
  client_id uuid references client,
  sale_kind text not null,
  status text,
  number text,
  at timestamptz not null,
  amount_cents bigint not null,
  currency text not null,
  channel text
);
create index sale_client on sale (client_id, at desc);

create table interaction (
  source_record_id bigint primary key references source_record on delete cascade,
  linked_system_id text not null references linked_system,
  client_id uuid references client,
  interaction_kind text not null,
  direction text,
  status text,
  channel text,
  at timestamptz not null,
  subject text
);
create index interaction_client on interaction (client_id, at desc);

create table projection_queue (                  -- sales and interactions whose ClickHouse row is stale; the row may be gone here
  source_record_id bigint primary key,
  queued_at timestamptz not null default now()
);

-- ---------------------------------------------------------------- consent
create table consent_event (                     -- append-only; the state is derived
  id uuid primary key default uuidv7(),
  subject_id uuid not null,                      -- stable id of the person the event is about: see consent_subject
  purpose text not null,
  channel text not null,
  answer text not null check (answer in ('granted', 'denied', 'pending')),
  at timestamptz not null,                       -- event time
  received_at timestamptz not null default now(),
  linked_system_id text references linked_system,
  legal_basis text not null default 'consent',
  at_known boolean not null default true,        -- false: a state that was found, `at` is when Ficha first saw it
  text_version text,
  language text,
  how text,
  evidence text,
  dedupe_key bytea not null unique               -- sha-256 of what makes two arrivals the same event
);
create index consent_event_subject on consent_event (subject_id, at desc);

create table consent_subject (                   -- one per person record: merges and splits of clients move no event
  id uuid primary key default uuidv7(),
  source_record_id bigint unique references source_record on delete set null,
  left_client_id uuid,                           -- whose it was when its source deleted it: an opt-out outlives the contact (may be an alias)
  created_at timestamptz not null default now()
);
create index consent_subject_left on consent_subject (left_client_id) where left_client_id is not null;

create table suppression (                       -- "do not contact", per client, purpose, channel and linked system
  id uuid primary key default uuidv7(),
  client_id uuid not null references client on delete cascade,
  purpose text not null,
  channel text not null,
  linked_system_id text not null references linked_system,
  since timestamptz not null,
  state text not null default 'due' check (state in ('due', 'applied', 'refused', 'unsupported', 'absent', 'failed')),
  attempts integer not null default 0,
  detail text,                                   -- code of the vendor's answer, no personal data
  applied_to bigint[] not null default '{}',     -- source records that were read back suppressed
  read_back_at timestamptz,
  claimed_by text,                               -- the activity that works on it, so that two runs do not call the vendor twice
  claimed_until timestamptz,
  lifted_at timestamptz,
  lifted_by uuid,                                -- the consent event that allows contact again; null: the denial went with a split
  lift_state text check (lift_state in ('due', 'applied', 'refused', 'unsupported', 'absent', 'failed')),
  unique (client_id, purpose, channel, linked_system_id)
);
create index suppression_due on suppression (linked_system_id) where state = 'due' and lifted_at is null;
create index suppression_lift_due on suppression (linked_system_id) where lift_state = 'due';
create index suppression_client_in_force on suppression (client_id, since desc) where lifted_at is null;

create table suppression_act (                   -- what Ficha itself wrote into a linked system: its echo is no word of the person
  source_record_id bigint not null references source_record on delete cascade,
  purpose text not null,
  channel text not null,
  started_at timestamptz not null,               -- noted before the call, so that a crash loses none
  confirmed_at timestamptz,
  ended_at timestamptz,                          -- taken back with a fresh consent
  primary key (source_record_id, purpose, channel)
);

create table consent_queue (                     -- clients whose outward state must be compared with the ledger
  client_id uuid primary key references client on delete cascade,
  queued_at timestamptz not null default now()
);

create table suppression_list (                  -- keyed hashes that must not be contacted; outlives the person's erasure
  hash bytea not null,
  identifier_kind text not null,
  purpose text not null,
  channel text not null,
  reason text not null check (reason in ('opt-out', 'complaint', 'hard-bounce', 'ended-relation', 'no-interest', 'unconfirmed', 'exclusion-list')),
  since timestamptz not null,
  primary key (hash, purpose, channel)
);

-- ---------------------------------------------------------------- privacy requests
create table subject_key (                       -- per-person data key, wrapped by the key-encryption key; wrapped is null once destroyed
  id uuid primary key default uuidv7(),
  wrapped bytea,
  created_at timestamptz not null default now(),
  destroyed_at timestamptz
);

create table privacy_request (
  id uuid primary key default uuidv7(),
  type text not null check (type in ('access', 'rectification', 'erasure', 'restriction', 'portability', 'objection')),
  state text not null default 'received' check (state in ('received', 'locating', 'planned', 'approved', 'acting', 'verifying', 'closed', 'refused', 'cancelled')),
  outcome text check (outcome in ('complete', 'complete-with-exceptions', 'needs-attention')),
  client_id uuid,                                -- no reference: the client row goes, the request stays
  subject_key_id uuid references subject_key,
  country text,                                  -- whose holidays and retention rules hold
  opened_by text not null,                       -- subject of the token, never the data subject
  received_at timestamptz not null,
  due_at timestamptz not null,
  plan_hash bytea,                               -- sha-256 of the frozen plan
  decided_by text,
  decided_at timestamptz,
  decision_reason text,
  certificate jsonb,                             -- signed, holds no personal data
  package bytea,                                 -- portability: encrypted under the subject key
  closed_at timestamptz
);
create index privacy_request_by_deadline on privacy_request (due_at) where closed_at is null;
create index privacy_request_client on privacy_request (client_id);

create table plan_line (                         -- one located record and what will happen to it
  id uuid primary key default uuidv7(),
  request_id uuid not null references privacy_request,
  linked_system_id text not null references linked_system,
  kind text not null,
  external_id bytea,                             -- encrypted under the subject key; read back through it only
  record_hash bytea not null,                    -- keyed hash of (system, kind, external id): the same record is planned once
  position integer not null default 100,         -- order inside its system; the seed identity has the largest
  action text not null check (action in ('delete', 'anonymise', 'block-until', 'keep-until', 'manual', 'export')),
  legal_basis text,
  until date,
  state text not null default 'located' check (state in ('located', 'acting', 'acted', 'verified', 'grace', 'kept', 'needs-attention')),
  residue jsonb not null default '[]',           -- [{where, due}] what the system still holds, by name of place
  recheck_at timestamptz,
  exported bytea,                                -- portability: what the system holds, encrypted under the subject key until the package is made
  unique (request_id, record_hash)
);
create index plan_line_request on plan_line (request_id, linked_system_id, position);

create table evidence (                          -- append-only
  id uuid primary key default uuidv7(),
  request_id uuid not null references privacy_request,
  line_id uuid references plan_line,
  linked_system_id text not null,
  verb text not null check (verb in ('locate', 'erase', 'redact', 'verify', 'export', 'suppress', 'manual')),
  result text not null,
  status integer,                                -- HTTP status where there is one
  count_before integer,
  count_after integer,
  vendor_request_id text,
  digest bytea,                                  -- sha-256 of the normalised answer
  at timestamptz not null default now()
);
create index evidence_request on evidence (request_id, at);
create index evidence_line on evidence (line_id, verb) where line_id is not null;

create table effect (                            -- each effect on a linked system is done once (rule 5)
  key bytea primary key,                         -- sha-256 of (request, system, record, verb)
  state text not null check (state in ('started', 'done')),
  started_at timestamptz not null default now(),
  done_at timestamptz
);

create table tombstone (                         -- keyed hash of an erased person's identifiers (rule 6)
  hash bytea not null,
  kind text not null,
  request_id uuid not null references privacy_request,
  purpose text not null,
  legal_basis text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  lifted_at timestamptz,
  primary key (hash, kind)
);

create table tombstone_hit (                     -- a record that came back and was not written
  id bigint generated always as identity primary key,
  linked_system_id text not null references linked_system,
  kind text not null,
  record_hash bytea not null,                    -- keyed hash of (system, kind, external id)
  external_id bytea,                             -- encrypted, for the re-erasure only
  matched text[] not null,                       -- kinds of identifier that matched a tombstone
  request_id uuid not null references privacy_request,
  at timestamptz not null default now(),
  settled_at timestamptz,
  unique (linked_system_id, kind, record_hash)
);

-- ---------------------------------------------------------------- audit and access
create table audit_entry (                       -- append-only hash chain: each hash covers the one before
  seq bigint primary key,
  at timestamptz not null,
  actor text not null,
  action text not null,
  subject text,                                  -- opaque id
  facts jsonb not null default '{}',             -- no personal data
  prev_hash bytea not null,
  hash bytea not null
);

create table access_log (
  id uuid primary key default uuidv7(),
  at timestamptz not null default now(),
  actor text not null,
  role text not null,
  client_id uuid not null,
  purpose text
);
create index access_log_client on access_log (client_id, at desc);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'append-only-table: % takes no % (rule 7)', tg_table_name, tg_op;
end $$;
create trigger audit_entry_append_only before update or delete or truncate on audit_entry for each statement execute function refuse_change();
create trigger evidence_append_only before update or delete or truncate on evidence for each statement execute function refuse_change();
create trigger access_log_append_only before update or delete or truncate on access_log for each statement execute function refuse_change();

-- ---------------------------------------------------------------- rights
grant usage on schema ficha to ficha_worker, ficha_reader, ficha_accessor;
grant select, insert, update, delete on all tables in schema ficha to ficha_worker;
revoke insert, update, delete on access_log from ficha_worker;
revoke update, delete on audit_entry, evidence from ficha_worker;
revoke insert, update, delete on schema_migration from ficha_worker;
grant usage on all sequences in schema ficha to ficha_worker;
grant select on all tables in schema ficha to ficha_reader;
revoke select on subject_key, tombstone, suppression_list, match_key, effect from ficha_reader;
grant insert on access_log to ficha_accessor;
alter default privileges in schema ficha grant select, insert, update, delete on tables to ficha_worker;
alter default privileges in schema ficha grant usage on sequences to ficha_worker;
