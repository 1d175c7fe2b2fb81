-- Some systems keep an opt-out by address: a new address leaves it behind. Runs as the owner.
create function suppress_new_address() returns trigger language plpgsql as $$
begin
  update suppression set applied_to = array_remove(applied_to, new.id)
   where client_id = new.client_id and linked_system_id = new.linked_system_id and new.id = any(applied_to) and lifted_at is null;
  if found then
    insert into consent_queue (client_id) values (new.client_id) on conflict do nothing;
  end if;
  return null;
end $$;
create trigger source_record_new_address after update of canonical on source_record for each row
  when (new.client_id is not null and new.kind in ('person', 'company')
        and (old.canonical -> 'emails' is distinct from new.canonical -> 'emails'
             or old.canonical -> 'phones' is distinct from new.canonical -> 'phones'))
  execute function suppress_new_address();
