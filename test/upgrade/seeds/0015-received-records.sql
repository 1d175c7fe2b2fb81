insert into webhook_event (linked_system_id, event_hash, kind, sealed, at, received_at) values ('erp', '\xf0', 'record', '\xf1', now(), now());
