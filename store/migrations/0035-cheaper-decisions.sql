-- What deciding a record costs. Runs as the owner, with search_path = ficha.

-- Words that nobody carries any more are looked for among those that were just taken away, not among all; and how many carry a word stands
-- in no index, so that counting one more writes no entry of any.
drop index search_word_unused;
drop function drop_unused_words();
create function drop_unused_words(words text[]) returns void language sql as $$
  with gone as (delete from search_word where word = any(words) and clients <= 0 returning word)
  -- one look-up after the other: as a join of a guessed size, the planner reads every variant
  delete from search_variant where ctid = any(array(
    select k.place from gone g cross join lateral search_variants(g.word) v
     cross join lateral (select s.ctid as place from search_variant s where s.variant = v and s.word = g.word offset 0) k))
$$;
create or replace function keep_client_words() returns trigger language plpgsql as $$
declare
  changed uuid[];
  taken text[];
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
    taken := array(select distinct word from client_word where client_id = any(changed));
    perform drop_client_words(changed);
  end if;
  if tg_op <> 'DELETE' then
    perform add_client_words(changed);
  end if;
  if tg_op <> 'INSERT' then
    perform drop_unused_words(taken);
  end if;
  return null;
end $$;

-- The server decides by the shares that ship: see docs/how-matching-decides.md. Nothing was ever written here.
drop table resolution_model;
