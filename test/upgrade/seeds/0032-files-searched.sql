insert into mention (request_id, record_hash, field, how, context, linked_system_id, file) values
  ('00000000-0000-7000-8000-0000000000c1', '\x71', 'file', '{email}', '\x72', 'sample', '\x73');
insert into evidence (request_id, linked_system_id, verb, query, result, count_before, count_after) values
  ('00000000-0000-7000-8000-0000000000c1', 'sample', 'search', 'GET /files', 'searched-in-part', 12, 1);
