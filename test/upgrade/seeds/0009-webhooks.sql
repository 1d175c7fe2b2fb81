insert into webhook_event (linked_system_id, event_hash, kind, sealed, at, received_at, done_at) values
  ('erp', '\x90', 'changed', '\x91', now(), now(), null), ('erp', '\x92', 'complaint', null, now(), now(), now());
