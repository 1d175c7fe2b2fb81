-- Values of special categories that linked systems hold, kept aside until something allows to hold them. Runs as the owner.
create table special_value (
  id uuid primary key default uuidv7(),
  source_record_id bigint not null references source_record on delete cascade, -- an erasure of the record takes them along
  field text not null,                           -- where the linked system holds it
  category text not null,
  sealed bytea not null,                         -- under the master key, bound to record and field
  value_hash bytea not null,                     -- keyed: tells a new value from the same
  state text not null default 'held' check (state in ('held', 'released', 'dropped')),
  value jsonb,                                   -- in clear only while it is released
  basis text,                                    -- why it may be held: 'consent', or the basis that was recorded
  settled_by text,                               -- who recorded the basis or dropped it: 'policy', or the subject of a token
  since timestamptz not null,
  unique (source_record_id, field),
  check ((state = 'released') = (value is not null)),
  check (state <> 'released' or basis is not null)
);
create index special_value_held on special_value (since, id) where state = 'held';
grant select (id, source_record_id, field, category, state, value, basis, settled_by, since) on special_value to ficha_reader;
grant select, insert, update, delete on special_value to ficha_worker;

-- A denial takes what rests on consent out of sight in the transaction that writes it, whoever writes it.
create function hold_special_values() returns trigger language plpgsql as $$
begin
  if new.answer = 'denied' and (new.purpose = '*' or exists (
       select from consent_purpose p where p.name = new.purpose and p.special_categories <> '{}')) then
    update special_value v set state = 'held', value = null, basis = null, settled_by = null, since = new.received_at
      from consent_subject s
      join source_record r on r.id = s.source_record_id
      join source_record o on o.client_id = r.client_id
     where s.id = new.subject_id and v.source_record_id = o.id and v.state = 'released' and v.basis = 'consent';
  end if;
  return null;
end $$;
create trigger consent_event_holds_special after insert on consent_event for each row execute function hold_special_values();
