-- The whole life of a request, what is blocked, what is read again.
insert into audit_head (day, seq, hash, signed) values ('2026-01-01', 1, '\x1c', '{"seq": 1}');
insert into privacy_request (id, type, state, client_id, subject_key_id, country, opened_by, received_at, due_at, identity_proof, identity_asked_at, identity_proven_at,
  identity_token, identity_expires_at, first_due_at, extended_at, extension_reason, scope, details, approvals, package_token, package_expires_at, package_fetched_at, reminded) values
  ('00000000-0000-7000-8000-000000000601', 'objection', 'planned', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-0000000000c8', 'ES', 'dpo',
   '2026-03-01T00:00:00Z', '2026-06-01T00:00:00Z', 'link', now(), now(), '\x60', now(), '2026-04-01T00:00:00Z', now(), 'many systems', 'marketing', '\x61',
   '[{"by": "dpo", "at": "2026-03-02T00:00:00.000Z", "planHash": "00"}]', '\x62', now(), now(), '{half-way}');
insert into request_duplicate (request_id, opened_by, received_at) values ('00000000-0000-7000-8000-000000000601', 'dpo', now());
insert into plan_line (id, request_id, linked_system_id, kind, external_id, record_hash, action, state) values
  ('00000000-0000-7000-8000-000000000602', '00000000-0000-7000-8000-000000000601', 'erp', 'person', '\x63', '\x64', 'restrict', 'located');
insert into read_again (line_id, request_id, due_at, external_id, result, read_at) values
  ('00000000-0000-7000-8000-0000000000c3', '00000000-0000-7000-8000-0000000000c1', '2026-05-01T00:00:00Z', '\x65', 'absent', now());
insert into restriction (client_id, request_id, since, notice_at, lifted_at, lifted_by) values
  ('00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-0000000000c1', now(), null, null, null),
  ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000601', now(), now(), now(), 'dpo');
insert into blocked_record (request_id, line_id, sealed, wrapped_key, digest, until, legal_basis, blocked_at, destroyed_at) values
  ('00000000-0000-7000-8000-0000000000c1', '00000000-0000-7000-8000-0000000000c4', '\x66', '\x67', '\x68', '2029-01-01', 'LOPDGDD art. 32', now(), now());
insert into blocked_release (request_id, reference, asked_by, asked_at, agreed_by, agreed_at, read_at) values
  ('00000000-0000-7000-8000-0000000000c1', 'order 12/2026', 'dpo', now(), 'dpo-2', now(), now());
insert into mention (request_id, source_record_id, record_hash, field, how, context, answer, answered_by, answered_at, redacted_at) values
  ('00000000-0000-7000-8000-0000000000c1', 6, '\x69', 'text', '{phone}', '\x6a', 'redact', 'dpo', now(), now());
