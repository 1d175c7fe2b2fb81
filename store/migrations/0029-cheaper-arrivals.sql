-- What a record costs when it comes: its place in the queue is written by the statement that writes the record, and is not looked up again
-- row by row. A record that goes takes its places along; one that was queued while it went is let go of by the next resolution.
alter table resolution_queue drop constraint resolution_queue_source_record_id_fkey;

create function unqueue_gone() returns trigger language plpgsql as $$
begin
  delete from ficha.resolution_queue where source_record_id in (select id from gone);
  return null;
end $$;
create trigger source_record_unqueue after delete on source_record referencing old table as gone
  for each statement execute function unqueue_gone();

-- records that are nobody's yet stand in no index of clients: there, all new ones would lie under one key
drop index source_record_client;
create index source_record_client on source_record (client_id, kind) where client_id is not null;

-- Whose a record is was looked up for each row, with a plan set up and ended for each; a statement's rows are of one system.
alter table source_record drop constraint source_record_linked_system_id_fkey;

create function records_of_known_systems() returns trigger language plpgsql as $$
declare
  asked bigint := (select count(distinct linked_system_id) from written);
  found bigint;
begin
  perform from ficha.linked_system where id in (select linked_system_id from written) for key share;
  get diagnostics found = row_count;
  if found < asked then
    raise foreign_key_violation using message = 'a record of a linked system that is not there', table = 'source_record',
      constraint = 'source_record_of_known_system';
  end if;
  return null;
end $$;
create trigger source_record_of_known_system after insert on source_record referencing new table as written
  for each statement execute function records_of_known_systems();

create function keep_record_in_its_system() returns trigger language plpgsql as $$
begin
  raise foreign_key_violation using message = 'a record does not move to another linked system', table = 'source_record',
    constraint = 'source_record_of_known_system';
end $$;
create trigger source_record_stays before update of linked_system_id on source_record
  for each row when (old.linked_system_id <> new.linked_system_id) execute function keep_record_in_its_system();

create function keep_system_of_records() returns trigger language plpgsql as $$
begin
  if exists (select from ficha.source_record where linked_system_id = old.id) then
    raise foreign_key_violation using message = 'a linked system that records are of stays', table = 'linked_system',
      constraint = 'source_record_of_known_system';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger linked_system_keeps_records before delete on linked_system
  for each row execute function keep_system_of_records();
create trigger linked_system_keeps_its_id before update of id on linked_system
  for each row when (old.id <> new.id) execute function keep_system_of_records();
