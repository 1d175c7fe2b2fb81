-- Until now a sale, and a message that nobody answered, came to ClickHouse as answered after a million minutes. What was brought there goes
-- there again, in an epoch of its own, so that no month is released from it meanwhile; released months stay. Runs as the owner.
update analytics_epoch set number = number + 1, state = 'rebuilding', started_at = now()
 where exists (select from projected_record) or exists (select from projection_state where owner is not null);
insert into projection_queue (source_record_id)
select source_record_id from (select source_record_id, at from sale union all select source_record_id, at from interaction) e
 where exists (select from analytics_epoch where state = 'rebuilding')
 order by at;
insert into client_projection_queue (client_id) select id from analytics_epoch, client where analytics_epoch.state = 'rebuilding';

-- How much is noted as brought there, counted as it is noted: a release asks for six months of it, which are millions of rows.
create table projected_month (
  month date primary key,
  events bigint not null
);
insert into projected_month (month, events) select month, count(*) from projected_record group by month;
alter table projection_state add column clients bigint not null default 0 check (clients >= 0);
update projection_state set clients = (select count(*) from projected_client);
drop index projected_record_month;
