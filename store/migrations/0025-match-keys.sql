-- Keys of eight bytes in the order in which they are looked up: at a million records the two indexes of the hot path take a third of the
-- room, and a new record writes fifteen keys without asking fifteen times whether its own row is there.
create table match_key_short (
  key bigint not null,                           -- the first 8 bytes of the keyed HMAC of kind and normalised value
  source_record_id bigint not null,              -- no reference: the trigger below keeps it
  class smallint not null,                       -- 0 parts of names, dates, places; 1 tax id or company name; 2 e-mail or telephone
  primary key (key, source_record_id)
);
insert into match_key_short (key, source_record_id, class)
select ('x' || encode(substr(hash, 1, 8), 'hex'))::bit(64)::bigint, source_record_id,
       max(case kind when 'email' then 2 when 'phone' then 2 when 'tax-id' then 1 when 'company-name' then 1 else 0 end)
  from match_key group by 1, 2;
drop table match_key;
alter table match_key_short rename to match_key;
alter index match_key_short_pkey rename to match_key_pkey;
create index match_key_record on match_key (source_record_id);

-- a record that is erased or removed: what was decided together with it is decided again without it, and its keys go
create or replace function queue_neighbours_of_gone() returns trigger language plpgsql as $$
begin
  insert into ficha.resolution_queue (source_record_id)
  select r.id from ficha.source_record r
   where r.id <> old.id and r.kind in ('person', 'company')
     and (r.client_id = old.client_id
          or r.id in (select k.source_record_id from ficha.match_key mine join ficha.match_key k on k.key = mine.key
                       where mine.source_record_id = old.id
                       limit 10000));
  delete from ficha.match_key where source_record_id = old.id;
  return old;
end $$;

-- records as they are compared, made ready once and not at each comparison
create table match_form (
  source_record_id bigint primary key references source_record on delete cascade,
  version smallint not null,                     -- of the code that made it; of another version it is made anew
  form json not null
);

-- golden values are written seven a client: their record knows its system already
alter table golden_field drop constraint golden_field_linked_system_id_fkey;
