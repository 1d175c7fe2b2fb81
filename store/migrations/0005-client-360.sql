-- The ficha in full and the search box. Functions are read through by the planner; nothing here holds a right of its own (security invoker).

-- ---------------------------------------------------------------- lists
create index client_in_order on client ((coalesce(search_name, '') collate "C"), id) where state = 'active';
create index client_by_change on client (updated_at desc, id desc) where state = 'active';
create index client_identifier_prefix on client_identifier (kind, value collate "C");
drop index client_search_prefix;
drop index client_search_words;                  -- trigrams of whole names: 0.3 s a typo at a million; the tables below take their place

-- ---------------------------------------------------------------- search: the words of active clients, and how they are mistyped
create table client_word (
  client_id uuid not null,                       -- no reference: the triggers below keep it
  word text collate "C" not null,
  primary key (client_id, word)
);
create index client_word_lookup on client_word (word, client_id);

-- every word of a name at once; no pending list, so that a question never pays for the inserts before it
create index client_words on client using gin (array_to_tsvector(string_to_array(search_name, ' '))) with (fastupdate = off) where state = 'active';

create table search_word (                       -- every word once, while somebody carries it: a rare surname is personal data
  word text collate "C" primary key,
  clients integer not null                       -- how many carry it, to start at the rarest
);

create table search_variant (                    -- each word without one letter: two words one typo apart share a variant
  variant text collate "C" not null,             -- @see Garbe, Symmetric Delete spelling correction, 2012
  word text collate "C" not null references search_word on delete cascade,
  primary key (variant, word)
);

create function search_variants(word text) returns setof text language sql immutable parallel safe as $$
  select word
  union
  select overlay(word placing '' from place for 1) from generate_series(1, length(word)) place where length(word) between 3 and 24
$$;

create function drop_client_words(clients uuid[]) returns void language sql as $$
  with dropped as (delete from client_word where client_id = any($1) returning word),
  counted as (select word, count(*)::int as n from dropped group by word)
  update search_word s set clients = s.clients - c.n from counted c where s.word = c.word
$$;

create function add_client_words(clients uuid[]) returns void language sql as $$
  with added as (
    insert into client_word (client_id, word)
    select distinct n.id, left(w.word, 60) collate "C"
      from client n cross join lateral unnest(string_to_array(n.search_name, ' ')) w(word)
     where n.id = any($1) and n.state = 'active' and w.word <> ''
    on conflict do nothing returning word),
  counted as (
    insert into search_word as s (word, clients) select word, count(*)::int from added group by word
    on conflict (word) do update set clients = s.clients + excluded.clients
    returning s.word)
  insert into search_variant (variant, word)
  select v, c.word from counted c cross join lateral search_variants(c.word) v
   where not exists (select from search_variant k where k.variant = c.word and k.word = c.word)
$$;

-- writers take turns from their first change of a word to their end, so that no word is dropped while another client takes it
create function keep_client_words() returns trigger language plpgsql as $$
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
    delete from search_word where clients <= 0;
  end if;
  return null;
end $$;
create trigger client_words_inserted after insert on client referencing new table as new_client
  for each statement execute function keep_client_words();
create trigger client_words_updated after update on client referencing old table as old_client new table as new_client
  for each statement execute function keep_client_words();
create trigger client_words_deleted after delete on client referencing old table as old_client
  for each statement execute function keep_client_words();
create index search_word_unused on search_word (clients) where clients <= 0;

select add_client_words(array(select id from client));

-- ---------------------------------------------------------------- consent
-- Every event of one client's ledger: of its records, and of records that their source deleted while they were the client's.
create function consent_ledger(client uuid) returns setof consent_event language sql stable parallel safe rows 10 as $$
  select e.* from (
    select s.id from source_record r join consent_subject s on s.source_record_id = r.id where r.client_id = $1
    union
    select s.id from consent_subject s left join source_record r on r.id = s.source_record_id
     where s.left_client_id in (select $1 union all select a.alias_id from client_alias a where a.client_id = $1)
       and r.client_id is null) x
  join consent_event e on e.subject_id = x.id
$$;

-- The rules of domain/consent/consent-state.ts as one set; a test holds the two together.
create function consent_matrix(client uuid)
returns table (purpose text, channel text, answer text, at timestamptz, linked_system_id text, how text, text_version text, evidence text)
language sql stable parallel safe rows 10 as $$
  with e as materialized (
    select l.*, (l.at_known or l.answer = 'denied') as act, date_trunc('milliseconds', l.at) as said,
           case l.answer when 'denied' then 2 when 'pending' then 1 else 0 end as protection
      from consent_ledger($1) l)
  select p.purpose, c.channel, d.answer, d.at, d.linked_system_id, d.how, d.text_version, d.evidence
    from (select distinct purpose from e) p
   cross join (select distinct channel from e) c
   cross join lateral (
     select * from (
       (select 1 as turn, g.* from e g
         where g.purpose = '*' and g.channel in (c.channel, 'any')
         order by g.act desc, g.said desc, g.protection desc, g.at, g.id limit 1)
       union all
       (select 2, s.* from e s
         where p.purpose <> '*' and s.purpose = p.purpose and (s.channel = c.channel or (s.channel = 'any' and s.answer = 'denied'))
         order by s.act desc, s.said desc, s.protection desc, s.at, s.id limit 1)) u
      where u.turn = 2 or u.answer = 'denied' or p.purpose = '*'
      order by u.turn limit 1) d
   where d.answer = 'denied' or (p.purpose <> '*' and c.channel <> 'any')
$$;

-- ---------------------------------------------------------------- at a glance
-- Who is invoiced is counted by invoices, who is not by orders: an order and its invoice are one purchase.
create function main_sale_kind(client uuid) returns text language sql stable parallel safe as $$
  select case when exists (select from sale s where s.client_id = $1 and s.sale_kind = 'invoice'
                              and coalesce(s.status, '') not in ('draft', 'refused', 'cancelled'))
         then 'invoice' else 'order' end
$$;

create function main_currency(client uuid) returns text language sql stable parallel safe as $$
  select s.currency from sale s
   where s.client_id = $1 and s.sale_kind = main_sale_kind($1) and coalesce(s.status, '') not in ('draft', 'refused', 'cancelled')
   group by s.currency order by sum(s.amount_cents) desc, s.currency limit 1
$$;

-- Business potential, 0 to 100, as points with their reason: lately, often, much (RFM), and what is open now.
create function client_potential(client uuid) returns table (code text, points integer, most integer) language sql stable parallel safe rows 4 as $$
  with b as (
    select count(*) filter (where s.at >= now() - interval '12 months') as times,
           coalesce(sum(s.amount_cents) filter (where s.at >= now() - interval '12 months'), 0) as cents,
           extract(day from now() - max(s.at)) as days
      from sale s
     where s.client_id = $1 and s.sale_kind = main_sale_kind($1) and coalesce(s.status, '') not in ('draft', 'refused', 'cancelled'))
  select 'bought-lately', case when days is null then 0 when days <= 90 then 30 when days <= 180 then 20 when days <= 365 then 10 else 0 end, 30 from b
  union all select 'buys-often', least(times * 5, 25)::int, 25 from b
  union all select 'buys-much', least(cents / 40000, 25)::int, 25 from b
  union all select 'has-open-offer', case when exists (
    select from sale s where s.client_id = $1 and s.sale_kind = 'quote' and s.status in ('draft', 'sent') and s.at >= now() - interval '6 months')
    then 20 else 0 end, 20
$$;

-- What is wrong with the data of one client, as codes.
create function client_flags(client uuid) returns text[] language sql stable parallel safe as $$
  select array_remove(array[
    case when not c.golden ? 'emails' then 'no-email' end,
    case when not c.golden ? 'phones' then 'no-phone' end,
    case when not c.golden ? 'taxId' then 'no-tax-id' end,
    case when not c.golden ? 'addresses' then 'no-address' end,
    case when exists (select from golden_field g where g.client_id = c.id and g.losing <> '[]') then 'sources-disagree' end,
    case when exists (
      select from client_identifier i join client_identifier o on o.kind = i.kind and o.value = i.value and o.client_id <> i.client_id
       where i.client_id = c.id) then 'shares-an-identifier' end,
    case when not exists (
      select from source_record r where r.client_id = c.id and r.kind in ('person', 'company') and r.seen_at >= now() - interval '12 months')
      then 'not-seen-for-a-year' end], null)
    from client c where c.id = $1
$$;

-- ---------------------------------------------------------------- access log: one entry a look, however many fichas it shows
alter table access_log disable trigger access_log_append_only;
alter table access_log add column client_ids uuid[];
update access_log set client_ids = array[client_id];
alter table access_log alter column client_ids set not null;
alter table access_log add constraint access_log_about_somebody check (cardinality(client_ids) > 0);
alter table access_log drop column client_id;    -- its index goes with it
alter table access_log enable trigger access_log_append_only;
create index access_log_clients on access_log using gin (client_ids); -- "who looked at this person?" is asked rarely, and written always

-- ---------------------------------------------------------------- rights
grant select on client_word, search_word, search_variant to ficha_reader;
