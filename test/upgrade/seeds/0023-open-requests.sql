-- An index only; a request that is open beside one that is closed.
insert into privacy_request (id, type, client_id, opened_by, received_at, due_at) values
  ('00000000-0000-7000-8000-000000002301', 'access', '00000000-0000-7000-8000-000000000001', 'dpo-1', '2026-03-01T00:00:00Z', '2026-03-31T00:00:00Z');
