-- A replay of what was kept aside, done.
insert into sync_run (id, linked_system_id, mode, state, pulled, changed, pages, ended_at) values
  ('00000000-0000-7000-8000-000000002801', 'erp', 'replay', 'done', 3, 2, 1, now());
