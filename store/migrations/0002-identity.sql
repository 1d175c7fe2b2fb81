-- Identity with people: what they decided, how clients grew, the review queue, data quality, the learnt model.

-- ---------------------------------------------------------------- the queue
-- Append-only: a change that is made while a batch reads the record adds a row of its own, which that batch does not take away.
alter table resolution_queue drop constraint resolution_queue_pkey;
alter table resolution_queue add column id bigint generated always as identity primary key;
create index resolution_queue_record on resolution_queue (source_record_id);

-- ---------------------------------------------------------------- what people decided
create table identity_decision (                 -- append-only but for the undo
  id uuid primary key default uuidv7(),
  kind text not null check (kind in ('split', 'merge', 'link', 'review')),
  answer text not null check (answer in ('same', 'different')),
  review_task_id uuid references review_task,
  client_ids uuid[] not null,                    -- the clients as they were
  records integer not null,
  decided_by text not null,
  at timestamptz not null default now(),
  undone_by text,
  undone_at timestamptz,
  check ((undone_by is null) = (undone_at is null))
);
create index identity_decision_client on identity_decision using gin (client_ids);

create function keep_identity_decision() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.undone_at is null
     and to_jsonb(new) - 'undone_by' - 'undone_at' = to_jsonb(old) - 'undone_by' - 'undone_at' then
    return new;
  end if;
  raise exception 'append-only-table: identity_decision takes no % but one undo (rule 7)', tg_op;
end $$;
create trigger identity_decision_append_only before update or delete on identity_decision
  for each row execute function keep_identity_decision();

alter table match_constraint
  add column decision_id uuid references identity_decision,
  add column ended_by uuid references identity_decision; -- a later decision on the same pair; its undo restores this one
create index match_constraint_b on match_constraint (record_b) where undone_at is null;
create index match_constraint_decision on match_constraint (decision_id);
create index match_constraint_ended on match_constraint (ended_by) where ended_by is not null;

-- ---------------------------------------------------------------- how clients grew
create table membership_change (                 -- append-only; the founding of a client by one record alone has no row
  id bigint generated always as identity primary key,
  source_record_id bigint not null references source_record on delete cascade,
  from_client_id uuid,
  to_client_id uuid,
  cause text not null check (cause in ('joined', 'parted', 'left')),
  with_record_id bigint,                         -- the member that it joined, or that it was parted from, on the strongest evidence
  rule text,
  evidence jsonb,
  decision_id uuid references identity_decision, -- when a person decided
  at timestamptz not null default now()
);
create index membership_change_record on membership_change (source_record_id, id desc);
create index membership_change_to on membership_change (to_client_id, id);
create index membership_change_from on membership_change (from_client_id, id);

-- a record that is erased or removed: what was decided together with it is decided again without it
create function queue_neighbours_of_gone() returns trigger language plpgsql as $$
begin
  insert into ficha.resolution_queue (source_record_id)
  select r.id from ficha.source_record r
   where r.id <> old.id and r.kind in ('person', 'company')
     and (r.client_id = old.client_id
          or r.id in (select k.source_record_id from ficha.match_key mine join ficha.match_key k on k.kind = mine.kind and k.hash = mine.hash
                       where mine.source_record_id = old.id
                       limit 10000));
  return old;
end $$;
create trigger source_record_gone before delete on source_record
  for each row when (old.kind in ('person', 'company')) execute function queue_neighbours_of_gone();

-- ---------------------------------------------------------------- the review queue
alter table review_task
  add column priority double precision not null default 0, -- value x doubt; the largest first
  add column later_until timestamptz;            -- "later": out of the list until then
create index review_task_by_priority on review_task (priority desc, id) where state = 'open' and kind = 'match';
update review_task set state = 'withdrawn', settled_at = now() where kind = 'match' and state = 'open'; -- pairs; they come again as clusters
insert into resolution_queue (source_record_id) select id from source_record where kind in ('person', 'company');

-- ---------------------------------------------------------------- data quality, a row a day and system
create table quality_snapshot (
  day date not null,
  linked_system_id text not null references linked_system,
  records bigint not null,
  duplicates bigint not null,                    -- records beyond the first of one client in the same system
  conflicts bigint not null,                     -- golden fields of its clients where this system says otherwise
  invalid_identifiers bigint not null,
  identifiers bigint not null,
  complete_fields bigint not null,               -- filled of `asked_fields`
  asked_fields bigint not null,
  fresh bigint not null,                         -- changed or seen in the last 365 days, as the source says
  rejected bigint not null,
  at timestamptz not null default now(),
  primary key (day, linked_system_id)
);

-- ---------------------------------------------------------------- the learnt model
create table resolution_model (
  version bigint generated always as identity primary key,
  model jsonb not null,                          -- weights and frequencies; values only as keyed hashes
  records bigint not null,                       -- learnt from so many
  reason text not null,
  at timestamptz not null default now(),
  in_force_since timestamptz
);

-- ---------------------------------------------------------------- rights
revoke delete, update on identity_decision, membership_change from ficha_worker;
grant update (undone_by, undone_at) on identity_decision to ficha_worker;
grant select on identity_decision, membership_change, quality_snapshot, resolution_model to ficha_reader;

-- ---------------------------------------------------------------- the hot path of a resolution
create index source_record_contact_of on source_record (linked_system_id, (canonical ->> 'companyExternalId'))
  where kind = 'person' and canonical ->> 'companyExternalId' is not null;
create index review_task_one on review_task (((subject ->> 'one')::uuid)) where state = 'open' and kind = 'match';
create index review_task_other on review_task (((subject ->> 'other')::uuid)) where state = 'open' and kind = 'match';
