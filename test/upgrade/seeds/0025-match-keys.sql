-- A key of the new kind, and a record as it is compared.
insert into match_key (key, source_record_id, class) values (-42, 1, 0);
insert into match_form (source_record_id, version, form) values (1, 1, '{"key": "erp:person:1", "kind": "person"}');
