-- Words are taken from clients one look-up after the other: as a join of a guessed size, the planner reads every word.
-- Runs as the owner, with search_path = ficha.
create or replace function drop_client_words(clients uuid[], names text[]) returns void language sql as $$
  with dropped as (
    delete from client_word where ctid = any(array(
      select k.place from unnest(clients, names) n(id, name) cross join lateral words_of_name(n.name) w(word)
       cross join lateral (select d.ctid as place from client_word d where d.word = w.word and d.client_id = n.id offset 0) k))
    returning word),
  counted as (select word, count(*)::int as n from dropped group by word)
  update search_word s set clients = s.clients - c.n from counted c where s.word = c.word
$$;
