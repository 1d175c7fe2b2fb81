-- A purpose that expires, a parent's yes, how often an address was written to.
insert into consent_purpose (name, optional, legal_basis, expires_after_months, special_categories) values ('newsletter', true, 'consent', 24, '{health}');
insert into consent_age values ('ES', 14);
insert into consent_event (subject_id, purpose, channel, answer, at, given_by, dedupe_key) values
  ('00000000-0000-7000-8000-0000000000d1', 'events', 'email', 'granted', '2026-03-12T00:00:00Z', 'holder-of-parental-responsibility', '\xa0');
insert into contact_made (hash, channel, day, times) values ('\xa1', 'email', '2026-03-01', 2);
