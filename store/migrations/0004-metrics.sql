-- Anonymous metrics: what ClickHouse is fed from, and the ledger of what was ever published. Runs as the owner.

-- ---------------------------------------------------------------- projection to ClickHouse
-- Queues are append-only: a change that is made while a drain reads the row before it adds a row of its own, so none is lost.
alter table projection_queue drop constraint projection_queue_pkey;
alter table projection_queue add column id bigint generated always as identity primary key;

create table client_projection_queue (           -- clients whose profile in ClickHouse is stale; the client may be gone here
  id bigint generated always as identity primary key,
  client_id uuid not null,
  queued_at timestamptz not null default now()
);

create sequence projection_version;              -- grows from batch to batch: of two versions of a row ClickHouse keeps the larger

create table projection_state (                  -- whether ClickHouse may hold rows that no transaction noted
  singleton boolean primary key default true check (singleton),
  owner uuid,                                    -- the batch that is being written; left behind by one that was killed
  unsure boolean not null default false          -- a batch was killed: until the queue is drained, ClickHouse is asked what it holds
);
insert into projection_state default values;

create table projected_record (                  -- events that ClickHouse holds, and in which partition
  source_record_id bigint primary key,
  month date not null
);
create index projected_record_month on projected_record (month);

create table projected_client (client_id uuid primary key);

create table analytics_epoch (                   -- pseudonyms are made for one epoch; a rebuild starts the next
  single boolean primary key default true check (single),
  number integer not null default 1 check (number >= 1),
  state text not null default 'ready' check (state in ('ready', 'rebuilding')),
  started_at timestamptz not null default now()
);
insert into analytics_epoch default values;

create function queue_client_projection() returns trigger language plpgsql as $$
begin
  insert into client_projection_queue (client_id) values (coalesce(new.id, old.id));
  return null;
end $$;
create trigger client_projection after insert or delete or update of state, golden, country, acquisition_source, company_id on client
  for each row execute function queue_client_projection();

create function queue_consent_projection() returns trigger language plpgsql as $$
begin
  insert into client_projection_queue (client_id)
  select coalesce(r.client_id, s.left_client_id)
    from consent_subject s left join source_record r on r.id = s.source_record_id
   where s.id = new.subject_id and coalesce(r.client_id, s.left_client_id) is not null;
  return null;
end $$;
create trigger consent_projection after insert on consent_event for each row execute function queue_consent_projection();

-- ---------------------------------------------------------------- the release ledger
create table metric_month (                      -- one closed month; its budget is fixed when its first table is published
  month date primary key check (extract(day from month) = 1),
  budget_micro integer not null check (budget_micro between 1 and 2000000),
  spent_micro integer not null default 0,
  parameters jsonb not null,
  opened_at timestamptz not null default now(),
  constraint metric_budget_spent check (spent_micro between 0 and budget_micro)
);

create table released_table (                    -- published once: the unique key is the privacy control
  id bigint generated always as identity primary key,
  month date not null references metric_month,
  metric text not null,
  dimensions text[] not null,                    -- sorted by name
  clamp bigint not null,
  epsilon_micro integer not null check (epsilon_micro > 0),
  scale double precision not null check (scale > 0),
  released_at timestamptz not null default now(),
  constraint released_once unique (metric, dimensions, month)
);

create table released_cell (
  table_id bigint not null references released_table,
  place integer not null,                        -- in the product of the domains
  cell text[] not null,                          -- a value a dimension; empty for a total and for `other`
  kind text not null check (kind in ('cell', 'other')),
  value bigint,                                  -- noised; null where nothing is shown
  scale double precision not null,
  primary key (table_id, place)
);

create function spend_metric_budget() returns trigger language plpgsql security definer set search_path = ficha as $$
begin
  update metric_month set spent_micro = spent_micro + new.epsilon_micro where month = new.month;
  return null;
end $$;
create trigger released_table_spends after insert on released_table for each row execute function spend_metric_budget();

create trigger released_table_append_only before update or delete or truncate on released_table for each statement execute function refuse_change();
create trigger released_cell_append_only before update or delete or truncate on released_cell for each statement execute function refuse_change();
create trigger metric_month_stays before delete or truncate on metric_month for each statement execute function refuse_change();

-- ---------------------------------------------------------------- rights
grant usage on sequence projection_version to ficha_worker;
revoke update, delete on metric_month, released_table, released_cell from ficha_worker;
grant select on metric_month, released_table, released_cell, analytics_epoch to ficha_reader;

-- what is there already is brought to ClickHouse in its new form
insert into projection_queue (source_record_id) select source_record_id from sale union all select source_record_id from interaction;
insert into client_projection_queue (client_id) select id from client;
