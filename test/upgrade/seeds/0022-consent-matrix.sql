-- Functions only; a yes of a child of whom nobody knew the age yet.
insert into consent_event (subject_id, purpose, channel, answer, at, dedupe_key) values
  ('00000000-0000-7000-8000-0000000000d1', 'events', 'phone', 'granted', '2026-03-13T00:00:00Z', '\xa9');
