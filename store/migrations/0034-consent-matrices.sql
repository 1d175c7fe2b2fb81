-- The consent matrices of a whole page in one go: one call for each client took half of the time of a list. What `about` says is about whom:
-- an answer for every channel or every purpose is about all that the client's ledger knows. Same rules as before; a test holds them
-- together with domain/consent/consent-state.ts. Give an array that is a column or a parameter: with a subquery in the call the planner
-- does not take the function into the statement around it, and plans it again at each call.
create function consent_matrices(clients uuid[])
returns table (client_id uuid, purpose text, channel text, answer text, at timestamptz, linked_system_id text, how text, text_version text, evidence text)
language sql stable parallel safe rows 200 as $$
  with person as materialized (
    select c.id, birth_of(c.golden) as birth, age_of_consent(c.country) as age from client c where c.id = any($1) and c.golden ? 'birthDate'),
  record as materialized (select r.id, r.client_id from source_record r where r.client_id = any($1)),
  subject as (
    select r.client_id as client, s.id from consent_subject s join record r on r.id = s.source_record_id
     where s.source_record_id = any(array(select id from record))
    union
    select k.client, s.id
      from (select i.id as client, i.id as left_as from unnest($1) i(id)
            union all
            select a.client_id, a.alias_id from client_alias a where a.client_id = any($1)) k
      join consent_subject s on s.left_client_id = k.left_as
      left join source_record r on r.id = s.source_record_id
     where r.client_id is null),
  e as materialized (
    select s.client, l.id, l.purpose collate "C" as purpose, l.channel collate "C" as channel, w.answer, l.at, l.linked_system_id, l.how, l.text_version, l.evidence,
           (l.at_known or l.answer = 'denied') as act, date_trunc('milliseconds', l.at) as said,
           case w.answer when 'denied' then 3 when 'pending' then 2 when 'expired' then 1 else 0 end as protection
      from subject s
      join consent_event l on l.subject_id = s.id
      left join person on person.id = s.client
      left join consent_purpose p on p.name = l.purpose
     cross join lateral (select consent_worth(l.answer, l.at, l.given_by, p.expires_after_months, person.birth, person.age) as answer) w),
  about as (
    select e.purpose as asked, e.channel as medium, e.* from e
    union all
    select e.purpose, o.channel, e.* from e
      join (select distinct client, channel from e) o on o.client = e.client and o.channel <> 'any'
     where e.channel = 'any' and e.purpose <> '*' and e.answer = 'denied'
    union all
    select p.purpose, o.channel, e.* from e
      join (select distinct client, purpose from e) p on p.client = e.client
      join (select distinct client, channel from e) o on o.client = e.client and e.channel in (o.channel, 'any')
     where e.purpose = '*' and (p.purpose <> '*' or o.channel <> e.channel))
  select d.client, d.asked, d.medium, d.answer, d.at, d.linked_system_id, d.how, d.text_version, d.evidence
    from (
      select distinct on (b.client, b.asked, b.medium) b.* from (
        select distinct on (a.client, a.asked, a.medium, (a.purpose = '*')) a.*, (a.purpose = '*') as of_all
          from about a
         order by a.client, a.asked, a.medium, (a.purpose = '*') desc, a.act desc, a.said desc, a.protection desc, a.at, a.id) b
       where not b.of_all or b.answer = 'denied' or b.asked = '*'
       order by b.client, b.asked, b.medium, b.of_all desc) d
   where d.answer = 'denied' or (d.asked <> '*' and d.medium <> 'any')
$$;

create or replace function consent_matrix(client uuid)
returns table (purpose text, channel text, answer text, at timestamptz, linked_system_id text, how text, text_version text, evidence text)
language sql stable parallel safe rows 10 as $$
  select purpose, channel, answer, at, linked_system_id, how, text_version, evidence from consent_matrices(array[$1])
$$;
