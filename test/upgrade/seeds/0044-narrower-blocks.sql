insert into skipped_comparisons (day, keys, comparisons, at) values ('2026-01-02', 3, 4200, '2026-01-02T03:00:00Z');
