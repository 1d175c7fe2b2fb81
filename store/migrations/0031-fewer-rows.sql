-- What a record costs when it comes: fewer rows, fewer index entries, and no reference that is looked up for each row of thousands.
-- Runs as the owner, with search_path = ficha.

-- Keys are listed once beside the form in which a record is compared, not each in an index of their own; the class of a key stands in its
-- two lowest bits.
create table match_key_packed (
  key bigint not null,                           -- 62 bits of the keyed HMAC of kind and normalised value, and the class:
                                                 -- 0 parts of names, dates, places; 1 tax id or company name; 2 e-mail or telephone
  source_record_id bigint not null,              -- no reference: the trigger below keeps it
  primary key (key, source_record_id)
);
insert into match_key_packed (key, source_record_id) select distinct (key & -4) | class, source_record_id from match_key;
drop table match_key;
alter table match_key_packed rename to match_key;
alter index match_key_packed_pkey rename to match_key_pkey;

alter table match_form drop constraint match_form_source_record_id_fkey,
  add column keys bigint[] not null default '{}'; -- the record's rows of match_key
insert into match_form (source_record_id, version, form)
select k.source_record_id, -1, '{}'::json from (select distinct source_record_id from match_key) k
 where exists (select from source_record r where r.id = k.source_record_id)
on conflict do nothing;                          -- version -1: made anew when it is read
update match_form f set keys = array(select k.key from match_key k where k.source_record_id = f.source_record_id);

alter table match_decision drop constraint match_decision_record_a_fkey, drop constraint match_decision_record_b_fkey;

-- Where golden values are from stands with them; a view reads it as rows.
alter table client add column origins jsonb not null default '[]'; -- [{field, source_record_id, linked_system_id, rule, at, losing}]
alter table client disable trigger user;
update client c set origins = g.origins
  from (select client_id, jsonb_agg(jsonb_build_object('field', field, 'source_record_id', source_record_id, 'linked_system_id',
                 linked_system_id, 'rule', rule, 'at', at, 'losing', losing) order by field) as origins
          from golden_field group by client_id) g
 where c.id = g.client_id;
alter table client enable trigger user;
drop table golden_field;
create view golden_field as
  select c.id as client_id, o.field, o.source_record_id, o.linked_system_id, o.rule, o.at, coalesce(o.losing, '[]') as losing
    from client c
   cross join lateral jsonb_to_recordset(c.origins)
     as o(field text, source_record_id bigint, linked_system_id text, rule text, at timestamptz, losing jsonb);
grant select on golden_field to ficha_reader;

-- Takes the origins that lie in these records from these clients.
create function forget_origins(clients uuid[], records bigint[]) returns void language sql as $$
  update ficha.client c set origins = (
      select coalesce(jsonb_agg(o.value order by o.place), '[]')
        from jsonb_array_elements(c.origins) with ordinality o(value, place)
       where (o.value ->> 'source_record_id')::bigint <> all(records))
   where c.id = any(clients)
     and exists (select from jsonb_array_elements(c.origins) o where (o.value ->> 'source_record_id')::bigint = any(records))
$$;

-- Identifiers: one index for equal and for how it begins, and triggers in place of references.
drop index client_identifier_prefix;
alter table client_identifier drop constraint client_identifier_client_id_fkey, drop constraint client_identifier_source_record_id_fkey,
  alter column value type text collate "C";

-- A record that is erased or removed: what was decided together with it is decided again without it, and what was made of it goes.
create or replace function queue_neighbours_of_gone() returns trigger language plpgsql as $$
declare
  gone bigint[] := coalesce((select f.keys from ficha.match_form f where f.source_record_id = old.id), '{}');
begin
  insert into ficha.resolution_queue (source_record_id)
  select r.id from ficha.source_record r
   where r.id <> old.id and r.kind in ('person', 'company')
     and (r.client_id = old.client_id
          or r.id in (select k.source_record_id from ficha.match_key k where k.key = any(gone) limit 10000));
  delete from ficha.match_key where source_record_id = old.id and key = any(gone);
  delete from ficha.match_form where source_record_id = old.id;
  delete from ficha.match_decision where record_a = old.id;
  delete from ficha.match_decision where record_b = old.id;
  delete from ficha.client_identifier where source_record_id = old.id;
  -- a client that was restricted when the record left it may still name it
  perform ficha.forget_origins(
    array(select old.client_id union select m.from_client_id from ficha.membership_change m where m.source_record_id = old.id),
    array[old.id]);
  return old;
end $$;

-- Clients are queued for the metrics a statement at a time, and only when something that is counted changed.
create function follow_clients() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into ficha.client_projection_queue (client_id) select id from new_client;
  elsif tg_op = 'UPDATE' then
    insert into ficha.client_projection_queue (client_id)
    select n.id from new_client n join old_client o on o.id = n.id
     where (n.state, n.golden, n.country, n.acquisition_source, n.company_id, n.no_profiling)
           is distinct from (o.state, o.golden, o.country, o.acquisition_source, o.company_id, o.no_profiling);
  else
    insert into ficha.client_projection_queue (client_id) select id from old_client;
    delete from ficha.client_identifier where client_id in (select id from old_client);
  end if;
  return null;
end $$;
drop trigger client_projection on client;
drop function queue_client_projection();
create trigger client_followed_inserted after insert on client referencing new table as new_client
  for each statement execute function follow_clients();
create trigger client_followed_updated after update on client referencing old table as old_client new table as new_client
  for each statement execute function follow_clients();
create trigger client_followed_deleted after delete on client referencing old table as old_client
  for each statement execute function follow_clients();

-- Words of the search box: only a word that is new gets its variants, without asking for each that is not; one that nobody carries takes
-- its variants with it by their key, not by reading all of them.
alter table search_variant drop constraint search_variant_word_fkey;
create or replace function add_client_words(clients uuid[]) returns void language sql as $$
  with added as (
    insert into client_word (client_id, word, name)
    select distinct n.id, left(w.word, 60) collate "C", left(' ' || n.search_name, 400)
      from client n cross join lateral unnest(string_to_array(n.search_name, ' ')) w(word)
     where n.id = any($1) and n.state = 'active' and w.word <> ''
    on conflict do nothing returning word),
  counted as (
    insert into search_word as s (word, clients) select word, count(*)::int from added group by word
    on conflict (word) do update set clients = s.clients + excluded.clients
    returning new.word, old.word is null as is_new)
  insert into search_variant (variant, word)
  select v, c.word from counted c cross join lateral search_variants(c.word) v where c.is_new
$$;
create function drop_unused_words() returns void language sql as $$
  with gone as (delete from search_word where clients <= 0 returning word)
  delete from search_variant s using gone g cross join lateral search_variants(g.word) v where s.variant = v and s.word = g.word
$$;
create or replace function keep_client_words() returns trigger language plpgsql as $$
declare
  changed uuid[];
begin
  if tg_op = 'INSERT' then
    changed := array(select id from new_client where state = 'active' and search_name <> '');
  elsif tg_op = 'UPDATE' then
    changed := array(select n.id from new_client n join old_client o on o.id = n.id
                      where (n.state, n.search_name) is distinct from (o.state, o.search_name));
  else
    changed := array(select id from old_client);
  end if;
  if cardinality(changed) = 0 then
    return null;
  end if;
  perform pg_advisory_xact_lock(hashtext('client-words'));
  if tg_op <> 'INSERT' then
    perform drop_client_words(changed);
  end if;
  if tg_op <> 'DELETE' then
    perform add_client_words(changed);
  end if;
  if tg_op <> 'INSERT' then
    perform drop_unused_words();
  end if;
  return null;
end $$;
