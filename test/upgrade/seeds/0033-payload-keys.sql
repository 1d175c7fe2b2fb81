insert into subject_key (id, wrapped, payload_wrapped, payload_destroyed_at, destroyed_at) values
  ('00000000-0000-7000-8000-0000000000d1', '\x81', '\x82', null, null),
  ('00000000-0000-7000-8000-0000000000d2', null, null, now(), now());
