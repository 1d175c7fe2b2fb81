-- What people decided, and how clients grew.
insert into identity_decision (id, kind, answer, review_task_id, client_ids, records, decided_by, undone_by, undone_at) values
  ('00000000-0000-7000-8000-000000000201', 'review', 'different', '00000000-0000-7000-8000-0000000000b2',
   '{00000000-0000-7000-8000-000000000001,00000000-0000-7000-8000-000000000003}', 2, 'maria', null, null),
  ('00000000-0000-7000-8000-000000000202', 'merge', 'same', null, '{00000000-0000-7000-8000-000000000001}', 2, 'maria', 'maria', now());
insert into match_constraint (record_a, record_b, kind, decided_by, undone_at, decision_id, ended_by) values
  (3, 4, 'cannot-link', 'maria', now(), '00000000-0000-7000-8000-000000000202', '00000000-0000-7000-8000-000000000201');
insert into membership_change (source_record_id, from_client_id, to_client_id, cause, with_record_id, rule, evidence, decision_id) values
  (2, '00000000-0000-7000-8000-0000000000f1', '00000000-0000-7000-8000-000000000001', 'joined', 1, 'email', '[]', '00000000-0000-7000-8000-000000000201');
insert into review_task (id, kind, state, reason, subject, subject_key, priority, later_until) values
  ('00000000-0000-7000-8000-000000000203', 'match', 'open', 'namesakes',
   '{"one": "00000000-0000-7000-8000-000000000001", "other": "00000000-0000-7000-8000-000000000003"}', '1:3', 4.5, '2026-01-01T00:00:00Z');
insert into quality_snapshot (day, linked_system_id, records, duplicates, conflicts, invalid_identifiers, identifiers, complete_fields, asked_fields, fresh, rejected)
values ('2026-03-01', 'erp', 4, 1, 1, 0, 3, 9, 20, 4, 1);
