-- A rate budget in use, a sealed token.
insert into rate_budget (linked_system_id) values ('erp');
insert into rate_use (linked_system_id, rule, slot, used) values ('erp', '10/s', 17000000000, 3);
insert into rate_place (lease, linked_system_id, rule, ends_at) values ('00000000-0000-7000-8000-000000000301', 'erp', 'at once', now());
insert into connector_token (name, sealed) values ('\x30', '\x31');
