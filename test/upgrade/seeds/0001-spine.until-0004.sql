insert into access_log (actor, role, client_id, purpose) values ('sergio', 'front-office', '00000000-0000-7000-8000-000000000001', 'support');
