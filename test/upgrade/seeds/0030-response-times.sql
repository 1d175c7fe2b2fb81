-- A ClickHouse that holds events again, after the epoch that the migration began.
update analytics_epoch set state = 'ready';
insert into projected_month (month, events) values ('2026-01-01', 1) on conflict do nothing;
