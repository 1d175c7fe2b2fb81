-- One look at two fichas. The words of the search box are written by triggers.
insert into access_log (actor, role, client_ids, purpose) values
  ('sergio', 'front-office', '{00000000-0000-7000-8000-000000000001,00000000-0000-7000-8000-000000000002}', 'support');
