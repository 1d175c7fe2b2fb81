-- A month that was published, and a ClickHouse that holds what it says.
update projection_state set owner = '00000000-0000-7000-8000-000000000401';
insert into projected_record (source_record_id, month) values (5, '2026-01-01');
insert into projected_client (client_id) values ('00000000-0000-7000-8000-000000000001');
update analytics_epoch set number = 3, state = 'rebuilding';
insert into metric_month (month, budget_micro, parameters) values ('2026-01-01', 1000000, '{"epsilon": 1}');
insert into released_table (month, metric, dimensions, clamp, epsilon_micro, scale) values ('2026-01-01', 'clients', '{country}', 1, 100000, 10);
insert into released_cell (table_id, place, cell, kind, value, scale) values (1, 0, '{ES}', 'cell', 120, 10), (1, 1, '{}', 'other', null, 10);
