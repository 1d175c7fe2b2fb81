insert into consent_drift (client_id, linked_system_id, purpose, channel, found_at) values ('00000000-0000-7000-8000-000000000001', 'erp', 'newsletter', 'email', now());
