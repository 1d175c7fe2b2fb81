-- Webhooks, kept before they are answered and worked on after. Runs as the owner.
create table webhook_event (
  id bigint generated always as identity primary key,
  linked_system_id text not null references linked_system,
  event_hash bytea not null,                     -- SHA-256 of the vendor's event id: the same event is kept once
  kind text not null check (kind in ('changed', 'deleted', 'consent', 'hard-bounce', 'complaint')),
  sealed bytea,                                  -- whom it is about and what they said, under the master key; gone once it is worked in
  at timestamptz,                                -- as the vendor says
  received_at timestamptz not null,
  done_at timestamptz,
  unique (linked_system_id, event_hash)
);
create index webhook_event_open on webhook_event (linked_system_id, id) where done_at is null;
create index webhook_event_done on webhook_event (done_at) where done_at is not null;
grant select, insert, update, delete on webhook_event to ficha_worker;
