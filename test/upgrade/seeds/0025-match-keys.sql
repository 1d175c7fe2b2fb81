-- A record as it is compared.
insert into match_form (source_record_id, version, form) values (1, 1, '{"key": "erp:person:1", "kind": "person"}');
