-- What saving clients costs. Runs as the owner, with search_path = ficha.

-- What changed is told by taking one set from the other: as a join, whose plan a connection keeps from its first change of one client,
-- each client of a thousand was held against each.
create or replace function follow_clients() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into ficha.client_projection_queue (client_id) select id from new_client;
  elsif tg_op = 'UPDATE' then
    insert into ficha.client_projection_queue (client_id)
    select id from (
      select id, state, golden, country, acquisition_source, company_id, no_profiling from new_client
      except
      select id, state, golden, country, acquisition_source, company_id, no_profiling from old_client) changed;
  else
    insert into ficha.client_projection_queue (client_id) select id from old_client;
    delete from ficha.client_identifier where client_id in (select id from old_client);
  end if;
  return null;
end $$;

-- Words of the search box are found by the names that carried them: the index of words by client goes, and the one that the search box
-- reads says that a client carries a word once.
drop index client_word_names;
alter table client_word drop constraint client_word_pkey, add primary key (word, client_id) include (name);
drop function drop_client_words(uuid[]);
drop function add_client_words(uuid[]);

-- The words of a name, each once, as they are kept.
create function words_of_name(search_name text) returns setof text language sql immutable parallel safe rows 3 as $$
  select distinct left(w.word, 60) collate "C" from unnest(string_to_array(search_name, ' ')) w(word) where w.word <> ''
$$;

-- Takes words from clients; a word that nobody carries any more goes with its variants.
create function drop_client_words(clients uuid[], names text[]) returns void language sql as $$
  with dropped as (
    delete from client_word where ctid = any(array(
      select d.ctid from unnest(clients, names) n(id, name) cross join lateral words_of_name(n.name) w(word)
        join client_word d on d.word = w.word and d.client_id = n.id))
    returning word),
  counted as (select word, count(*)::int as n from dropped group by word)
  update search_word s set clients = s.clients - c.n from counted c where s.word = c.word
$$;

-- Gives clients the words of their names; a word that is new gets its variants.
create function add_client_words(clients uuid[], names text[]) returns void language sql as $$
  with added as (
    insert into client_word (client_id, word, name)
    select n.id, w.word, left(' ' || n.name, 400)
      from unnest(clients, names) n(id, name) cross join lateral words_of_name(n.name) w(word)
     order by 2
    returning word),
  counted as (
    insert into search_word as s (word, clients) select word, count(*)::int from added group by word
    on conflict (word) do update set clients = s.clients + excluded.clients
    returning new.word, old.word is null as is_new)
  insert into search_variant (variant, word)
  select v, c.word from counted c cross join lateral search_variants(c.word) v where c.is_new
$$;
create or replace function keep_client_words() returns trigger language plpgsql as $$
declare
  left_by uuid[];
  left_names text[];
  come_to uuid[];
  come_names text[];
begin
  if tg_op = 'INSERT' then
    select array_agg(id), array_agg(search_name) into come_to, come_names
      from new_client where state = 'active' and search_name <> '';
  elsif tg_op = 'UPDATE' then
    select array_agg(id), array_agg(search_name) into left_by, left_names from (
      select id, search_name from old_client where state = 'active' and search_name <> ''
      except
      select id, search_name from new_client where state = 'active') gone;
    select array_agg(id), array_agg(search_name) into come_to, come_names from (
      select id, search_name from new_client where state = 'active' and search_name <> ''
      except
      select id, search_name from old_client where state = 'active') come;
  else
    select array_agg(id), array_agg(search_name) into left_by, left_names
      from old_client where state = 'active' and search_name <> '';
  end if;
  if left_by is null and come_to is null then
    return null;
  end if;
  perform pg_advisory_xact_lock(hashtext('client-words'));
  if left_by is not null then
    perform drop_client_words(left_by, left_names);
  end if;
  if come_to is not null then
    perform add_client_words(come_to, come_names);
  end if;
  if left_by is not null then
    perform drop_unused_words(array(select distinct w.word from unnest(left_names) n(name) cross join lateral words_of_name(n.name) w(word)));
  end if;
  return null;
end $$;

-- People belong to no company, and their place in this index was one and the same.
create index client_of_company on client (company_id) where company_id is not null;
drop index client_company;
alter index client_of_company rename to client_company;

-- Called for each client that is written: as plpgsql it is set up once a connection, not once a row.
create or replace function birth_of(golden jsonb) returns date language plpgsql immutable parallel safe as $$
declare
  written text := golden ->> 'birthDate';
begin
  return case when written ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$' then written::date
              when written ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(29|3[01])$' and pg_input_is_valid(written, 'date') then written::date end;
end $$;

-- Keys are written by one at a time; who has written some and finds this number unchanged need not ask again who else has them.
create table match_key_writing (times bigint not null);
insert into match_key_writing values (0);
