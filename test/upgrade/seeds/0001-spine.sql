-- A small company's data as the first version held it: every table, every column.
insert into linked_system (id, connector, title, config, state, sync_every_minutes, source_rank) values
  ('erp', 'tryton', 'The ERP', '{"url": "https://erp.example"}', 'active', 60, 10),
  ('crm', 'spreadsheet', 'The workbook', '{}', 'paused', 1440, 20),
  ('shop', 'spreadsheet', 'The old shop', '{}', 'removed', 60, 100);
insert into sync_run (id, linked_system_id, mode, state, pulled, changed, deleted, rejected, tombstoned, pages, error_code, ended_at) values
  ('00000000-0000-7000-8000-0000000000a1', 'erp', 'full', 'done', 12, 11, 1, 1, 1, 2, null, now()),
  ('00000000-0000-7000-8000-0000000000a2', 'crm', 'incremental', 'failed', 0, 0, 0, 0, 0, 0, 'connector-unreachable', now());
insert into sync_cursor (linked_system_id, stream, cursor, run_id, done) values
  ('erp', 'parties', '{"after": "12"}', '00000000-0000-7000-8000-0000000000a1', true);

insert into client (id, kind, state, display_name, search_name, golden, company_id, country, acquisition_source) values
  ('00000000-0000-7000-8000-000000000002', 'company', 'active', 'Talleres Quintana SL', 'talleres quintana sl',
   '{"companyName": "Talleres Quintana SL", "taxId": "B12345674", "emails": ["info@quintana.example"]}', null, 'ES', null),
  ('00000000-0000-7000-8000-000000000001', 'person', 'active', 'Ana Núñez Ortega', 'ana nunez ortega',
   '{"givenName": "Ana", "familyName": "Núñez Ortega", "emails": ["ana.nunez@quintana.example"], "phones": ["+34600111222"], "birthDate": "1980-05-17"}',
   '00000000-0000-7000-8000-000000000002', 'ES', 'fair'),
  ('00000000-0000-7000-8000-000000000003', 'person', 'restricted', 'Carla Ferri', 'carla ferri', '{"givenName": "Carla", "familyName": "Ferri"}', null, 'IT', null),
  ('00000000-0000-7000-8000-000000000004', 'person', 'erased', null, null, '{}', null, null, null);
insert into client_alias (alias_id, client_id) values ('00000000-0000-7000-8000-0000000000f1', '00000000-0000-7000-8000-000000000001');

insert into source_record (id, linked_system_id, kind, external_id, raw, canonical, content_hash, stream, seen_run_id, client_external_id, client_id, changed_at, deleted_at)
overriding system value
select id, system, kind, external_id, '{}', canonical::jsonb, sha256(external_id::bytea), 'parties', '00000000-0000-7000-8000-0000000000a1', owner, client::uuid,
       '2026-01-02T03:04:05Z', deleted::timestamptz
  from (values
  (1, 'erp', 'person', 'P-1', '{"givenName": "Ana", "familyName": "Núñez Ortega", "emails": ["ana.nunez@quintana.example"], "companyExternalId": "C-1"}', null, '00000000-0000-7000-8000-000000000001', null),
  (2, 'crm', 'person', '7', '{"givenName": "Ana", "familyName": "Nuñez", "emails": ["ana.nunez@quintana.example"]}', null, '00000000-0000-7000-8000-000000000001', null),
  (3, 'erp', 'company', 'C-1', '{"companyName": "Talleres Quintana SL", "taxId": "B12345674"}', null, '00000000-0000-7000-8000-000000000002', null),
  (4, 'erp', 'person', 'P-2', '{"givenName": "Carla", "familyName": "Ferri"}', null, '00000000-0000-7000-8000-000000000003', '2026-02-01T00:00:00Z'),
  (5, 'erp', 'sale', 'S-1', '{"lines": []}', 'P-1', '00000000-0000-7000-8000-000000000001', null),
  (6, 'erp', 'interaction', 'T-1', '{"subject": "late delivery", "text": "call +34 600 111 222"}', 'P-1', '00000000-0000-7000-8000-000000000001', null),
  (7, 'erp', 'document', 'D-1', '{"title": "Contract", "mediaType": "application/pdf", "originUrl": "https://erp.example/d/1"}', 'P-1', '00000000-0000-7000-8000-000000000001', null),
  (8, 'erp', 'consent', 'K-1', '{}', 'P-1', '00000000-0000-7000-8000-000000000001', null)
) r (id, system, kind, external_id, canonical, owner, client, deleted);
select setval(pg_get_serial_sequence('source_record', 'id'), 100);
insert into rejected_record (linked_system_id, run_id, stream, external_id, reason_code, reason, raw, replayed_at) values
  ('erp', '00000000-0000-7000-8000-0000000000a1', 'parties', 'P-9', 'record-invalid', 'emails[0] is no address', '{"email": "?"}', null),
  ('erp', '00000000-0000-7000-8000-0000000000a1', 'parties', 'P-8', 'record-invalid', 'emails[0] is no address', null, now());

insert into resolution_queue (source_record_id) values (1), (3);
insert into match_constraint (record_a, record_b, kind, decided_by) values (1, 2, 'must-link', 'maria'), (1, 4, 'cannot-link', 'maria');
insert into match_constraint (record_a, record_b, kind, decided_by, undone_at) values (2, 4, 'cannot-link', 'maria', now());
insert into match_decision (record_a, record_b, outcome, rule, evidence) values
  (1, 2, 'same', 'email', '[{"field": "email", "level": "exact"}]'), (1, 4, 'different', 'name', '[]');
insert into review_task (id, kind, state, reason, subject, subject_key, settled_at, settled_by, answer) values
  ('00000000-0000-7000-8000-0000000000b1', 'match', 'open', 'shared-phone', '{"recordA": 1, "recordB": 4}', '1:4', null, null, null),
  ('00000000-0000-7000-8000-0000000000b2', 'match', 'settled', 'shared-phone', '{"recordA": 2, "recordB": 4}', '2:4', now(), 'maria', 'different'),
  ('00000000-0000-7000-8000-0000000000b3', 'privacy', 'open', 'manual-line', '{"requestId": "00000000-0000-7000-8000-0000000000c1"}', 'c1', null, null, null),
  ('00000000-0000-7000-8000-0000000000b4', 'consent', 'open', 'opt-out-refused', '{"clientId": "00000000-0000-7000-8000-000000000001"}', 'ana', null, null, null);
insert into client_identifier (kind, value, client_id, source_record_id) values
  ('email', 'ana.nunez@quintana.example', '00000000-0000-7000-8000-000000000001', 1),
  ('phone', '+34600111222', '00000000-0000-7000-8000-000000000001', 1),
  ('tax-id', 'B12345674', '00000000-0000-7000-8000-000000000002', 3),
  ('external-id', 'erp:P-1', '00000000-0000-7000-8000-000000000001', 1);

insert into sale (source_record_id, linked_system_id, client_id, sale_kind, status, number, at, amount_cents, currency, channel) values
  (5, 'erp', '00000000-0000-7000-8000-000000000001', 'invoice', 'paid', 'F-1', '2026-01-05T00:00:00Z', 12345, 'EUR', 'web');
insert into interaction (source_record_id, linked_system_id, client_id, interaction_kind, direction, status, channel, at, subject) values
  (6, 'erp', '00000000-0000-7000-8000-000000000001', 'ticket', 'in', 'open', 'email', '2026-01-06T00:00:00Z', 'late delivery');
insert into projection_queue (source_record_id) values (5), (6);

insert into consent_subject (id, source_record_id, left_client_id) values
  ('00000000-0000-7000-8000-0000000000d1', 1, null),
  ('00000000-0000-7000-8000-0000000000d2', null, '00000000-0000-7000-8000-0000000000f1');
insert into consent_event (id, subject_id, purpose, channel, answer, at, linked_system_id, at_known, text_version, language, how, evidence, dedupe_key) values
  ('00000000-0000-7000-8000-0000000000e1', '00000000-0000-7000-8000-0000000000d1', 'newsletter', 'email', 'granted', '2026-01-10T00:00:00Z', 'erp', true, '2', 'es', 'form', 'https://erp.example/k/1', '\x01'),
  ('00000000-0000-7000-8000-0000000000e2', '00000000-0000-7000-8000-0000000000d1', 'newsletter', 'email', 'denied', '2026-03-10T00:00:00Z', 'erp', true, null, null, null, null, '\x02'),
  ('00000000-0000-7000-8000-0000000000e3', '00000000-0000-7000-8000-0000000000d2', 'newsletter', 'phone', 'pending', '2026-03-11T00:00:00Z', null, false, null, null, null, null, '\x03');
insert into suppression (client_id, purpose, channel, linked_system_id, since, state, attempts, detail, applied_to, read_back_at, claimed_by, claimed_until, lifted_at, lifted_by, lift_state) values
  ('00000000-0000-7000-8000-000000000001', 'newsletter', 'email', 'erp', '2026-03-10T00:00:00Z', 'applied', 1, 'ok', '{1}', now(), 'activity-1', now(), null, null, null),
  ('00000000-0000-7000-8000-000000000001', 'newsletter', 'phone', 'crm', '2026-03-11T00:00:00Z', 'failed', 3, 'status-500', '{}', null, null, null, now(), '00000000-0000-7000-8000-0000000000e1', 'due');
insert into suppression_act (source_record_id, purpose, channel, started_at, confirmed_at, ended_at) values (1, 'newsletter', 'email', now(), now(), now());
insert into consent_queue (client_id) values ('00000000-0000-7000-8000-000000000001');
insert into suppression_list (hash, identifier_kind, purpose, channel, reason, since) values ('\x0a', 'email', '*', 'email', 'complaint', '2026-01-01T00:00:00Z');

insert into subject_key (id, wrapped, destroyed_at) values
  ('00000000-0000-7000-8000-0000000000c8', '\x0b', null), ('00000000-0000-7000-8000-0000000000c9', null, now());
insert into privacy_request (id, type, state, outcome, client_id, subject_key_id, country, opened_by, received_at, due_at, plan_hash, decided_by, decided_at, decision_reason, certificate, package, closed_at) values
  ('00000000-0000-7000-8000-0000000000c1', 'erasure', 'acting', null, '00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-0000000000c8', 'IT', 'dpo',
   '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z', '\x0c', 'dpo', '2026-03-02T00:00:00Z', 'art. 17(1)(b)', null, null, null),
  ('00000000-0000-7000-8000-0000000000c2', 'portability', 'closed', 'complete', '00000000-0000-7000-8000-000000000004', '00000000-0000-7000-8000-0000000000c9', 'ES', 'dpo',
   '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', '\x0d', 'dpo', '2026-01-02T00:00:00Z', null, '{"outcome": "complete"}', '\x0e', '2026-01-20T00:00:00Z');
insert into plan_line (id, request_id, linked_system_id, kind, external_id, record_hash, position, action, legal_basis, until, state, residue, recheck_at, exported) values
  ('00000000-0000-7000-8000-0000000000c3', '00000000-0000-7000-8000-0000000000c1', 'erp', 'person', '\x10', '\x11', 1000, 'delete', null, null, 'acting', '[]', null, null),
  ('00000000-0000-7000-8000-0000000000c4', '00000000-0000-7000-8000-0000000000c1', 'erp', 'sale', '\x12', '\x13', 100, 'keep-until', 'ES: Código de Comercio, art. 30', '2032-01-01', 'grace', '[{"where": "bin", "due": "P30D"}]', now(), null),
  ('00000000-0000-7000-8000-0000000000c5', '00000000-0000-7000-8000-0000000000c2', 'erp', 'person', null, '\x14', 100, 'export', null, null, 'verified', '[]', null, '\x15');
insert into evidence (id, request_id, line_id, linked_system_id, verb, result, status, count_before, count_after, vendor_request_id, digest) values
  ('00000000-0000-7000-8000-0000000000c6', '00000000-0000-7000-8000-0000000000c1', '00000000-0000-7000-8000-0000000000c3', 'erp', 'erase', 'acted', 204, 1, 0, 'req-1', '\x16');
insert into effect (key, state, done_at) values ('\x17', 'done', now()), ('\x18', 'started', null);
insert into tombstone (hash, kind, request_id, purpose, legal_basis, expires_at, lifted_at) values
  ('\x19', 'email', '00000000-0000-7000-8000-0000000000c1', 'erasure', 'GDPR art. 17', '2036-01-01T00:00:00Z', now());
insert into tombstone_hit (linked_system_id, kind, record_hash, external_id, matched, request_id, settled_at) values
  ('erp', 'person', '\x1a', '\x1b', '{email}', '00000000-0000-7000-8000-0000000000c1', now());
insert into audit_entry (seq, at, actor, action, subject, facts, prev_hash, hash) values
  (1, '2026-01-01T00:00:00Z', 'dpo', 'request-opened', '00000000-0000-7000-8000-0000000000c1', '{"type": "erasure"}', '\x00', '\x1c');
