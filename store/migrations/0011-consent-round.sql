-- What the daily round over consent found: systems that allow what the ledger denies. Runs as the owner.
create table consent_drift (
  id uuid primary key default uuidv7(),
  client_id uuid not null references client on delete cascade,
  linked_system_id text not null references linked_system,
  purpose text not null,
  channel text not null,
  found_at timestamptz not null
);
create index consent_drift_newest on consent_drift (linked_system_id, found_at desc);
create index consent_drift_client on consent_drift (client_id);
grant select on consent_drift to ficha_reader;
grant select, insert on consent_drift to ficha_worker;
