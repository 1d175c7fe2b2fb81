insert into sync_run (id, linked_system_id, mode, state, pulled, changed, ended_at) values
  ('00000000-0000-7000-8000-000000002601', 'erp', 'consent', 'done', 12, 1, '2026-03-02T00:00:00Z');
update linked_system set heard_at = '2026-03-02T00:00:00Z' where id = 'erp';
