-- A ClickHouse that holds something again, after the epoch that the migration began.
update analytics_epoch set state = 'ready';
insert into projected_client (client_id) values ('00000000-0000-7000-8000-0000000000f1');
