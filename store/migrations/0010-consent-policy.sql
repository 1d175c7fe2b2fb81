-- What a yes is worth: how long it holds, from which age, and whether the gate was asked too often. Runs as the owner.
create table consent_purpose (                   -- the policy's purposes, so that reads and writes see one truth
  name text primary key,
  optional boolean not null,
  legal_basis text not null,
  expires_after_months integer,
  special_categories text[] not null default '{}'
);
create table consent_age (
  country text primary key,                      -- '*' elsewhere
  years integer not null
);
insert into consent_age values ('*', 16);
grant select on consent_purpose, consent_age to ficha_reader;
grant select, insert, update, delete on consent_purpose, consent_age to ficha_worker;

alter table consent_event add column given_by text check (given_by in ('person', 'holder-of-parental-responsibility'));

-- What one answer is worth now: a yes expires when its purpose says so; a yes of a child waits for the holder of parental
-- responsibility, whose yes ends on the birthday from which the child decides (GDPR art. 8).
create function consent_word(e consent_event, birth date, country text) returns text language sql stable parallel safe as $$
  select case
    when e.answer <> 'granted' then e.answer
    when p.expires_after_months is not null and e.at + make_interval(months => p.expires_after_months) <= now() then 'expired'
    when birth is null then e.answer
    when e.given_by = 'holder-of-parental-responsibility'
      then case when birth + make_interval(years => a.years) <= now() and e.at < birth + make_interval(years => a.years) then 'expired' else e.answer end
    when e.at < birth + make_interval(years => a.years) then 'pending'
    else e.answer end
  from (select coalesce((select years from consent_age where consent_age.country = $3), (select years from consent_age where consent_age.country = '*'), 16) as years) a
  left join consent_purpose p on p.name = e.purpose
$$;

-- A client's day of birth, where it is a day; texts that are none count as unknown.
create function birth_of(golden jsonb) returns date language sql immutable parallel safe as $$
  select case when golden ->> 'birthDate' ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$' then (golden ->> 'birthDate')::date
              when golden ->> 'birthDate' ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(29|3[01])$' then
                case when pg_input_is_valid(golden ->> 'birthDate', 'date') then (golden ->> 'birthDate')::date end end
$$;

-- The rules of domain/consent/consent-state.ts as one set, over what each answer is worth now; a test holds the two together.
create or replace function consent_matrix(client uuid)
returns table (purpose text, channel text, answer text, at timestamptz, linked_system_id text, how text, text_version text, evidence text)
language sql stable parallel safe rows 10 as $$
  with e as materialized (
    select l.id, l.purpose, l.channel, w.answer, l.at, l.linked_system_id, l.how, l.text_version, l.evidence,
           (l.at_known or l.answer = 'denied') as act, date_trunc('milliseconds', l.at) as said,
           case w.answer when 'denied' then 3 when 'pending' then 2 when 'expired' then 1 else 0 end as protection
      from consent_ledger($1) l
      left join client c on c.id = $1
     cross join lateral (select consent_word(l, birth_of(c.golden), c.country) as answer) w)
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

-- ---------------------------------------------------------------- how often an address was written to
create table contact_made (                      -- keyed hashes; days older than any cap are deleted
  hash bytea not null,
  channel text not null,
  day date not null,
  times integer not null default 1,
  primary key (hash, channel, day)
);
grant select, insert, update, delete on contact_made to ficha_worker;
