-- A ClickHouse that holds events again, after the epoch that the migration began.
update analytics_epoch set state = 'ready';
