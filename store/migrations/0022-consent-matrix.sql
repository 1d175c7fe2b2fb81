-- The consent matrix in a quarter of the time: what an answer is worth is part of the statement that asks, and no call for each event.
-- Same rules as in 0010; a test holds them together with domain/consent/consent-state.ts.
create function age_of_consent(country text) returns interval language sql stable parallel safe as $$
  select make_interval(years => coalesce(
    (select years from consent_age a where a.country = $1), (select years from consent_age a where a.country = '*'), 16))
$$;

-- A yes expires when its purpose says so; a yes of a child waits for the holder of parental responsibility, whose yes ends on the birthday
-- from which the child decides (GDPR art. 8). It has no `from`, so that the planner takes it into the statement around it.
create function consent_worth(answer text, at timestamptz, given_by text, expires_after_months integer, birth date, age interval)
returns text language sql stable parallel safe as $$
  select case
    when answer <> 'granted' then answer
    when expires_after_months is not null and at + make_interval(months => expires_after_months) <= now() then 'expired'
    when birth is null then answer
    when given_by = 'holder-of-parental-responsibility' then
      case when birth + age <= now() and at < birth + age then 'expired' else answer end
    when at < birth + age then 'pending'
    else answer end
$$;

create or replace function consent_word(e consent_event, birth date, country text) returns text language sql stable parallel safe as $$
  select consent_worth(e.answer, e.at, e.given_by, p.expires_after_months, birth, age_of_consent(country))
    from (select e.purpose) x left join consent_purpose p on p.name = x.purpose
$$;

create or replace function consent_matrix(client uuid)
returns table (purpose text, channel text, answer text, at timestamptz, linked_system_id text, how text, text_version text, evidence text)
language sql stable parallel safe rows 10 as $$
  with person as materialized (
    select birth_of(c.golden) as birth, case when c.golden ? 'birthDate' then age_of_consent(c.country) end as age
      from client c where c.id = $1),
  e as materialized (
    select l.id, l.purpose, l.channel, w.answer, l.at, l.linked_system_id, l.how, l.text_version, l.evidence,
           (l.at_known or l.answer = 'denied') as act, date_trunc('milliseconds', l.at) as said,
           case w.answer when 'denied' then 3 when 'pending' then 2 when 'expired' then 1 else 0 end as protection
      from consent_ledger($1) l
      left join person on true
      left join consent_purpose p on p.name = l.purpose
     cross join lateral (select consent_worth(l.answer, l.at, l.given_by, p.expires_after_months, person.birth, person.age) as answer) w)
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
