-- Who objects to being profiled is scored by nobody and counted in no metric. Runs as the owner.
alter table client add column no_profiling boolean not null default false; -- derived from the ledger, as suppressions are

drop trigger client_projection on client;
create trigger client_projection after insert or delete or update of state, golden, country, acquisition_source, company_id, no_profiling on client
  for each row execute function queue_client_projection();

alter function client_potential(uuid) rename to business_points;
-- The points of a client who may be scored; none of one who objects to profiling, or to advertising altogether (GDPR art. 21(1), 21(3)).
create function client_potential(client uuid) returns table (code text, points integer, most integer) language sql stable parallel safe rows 4 as $$
  select p.* from business_points($1) p
   where not exists (select from client c where c.id = $1 and c.no_profiling)
     and not exists (select from consent_matrix($1) m where m.answer = 'denied' and m.purpose in ('*', 'profiling'))
$$;
