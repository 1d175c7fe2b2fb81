insert into noted_recipient (client_id, place, title, given_at, noted_by, noted_at)
values ('0199b6f0-0000-7000-8000-000000000042', 'insurer.example', 'Seguros Norte S.A.', '2026-05-05T00:00:00Z', 'dpo-1', '2026-05-06T00:00:00Z');
