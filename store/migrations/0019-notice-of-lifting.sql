-- Proof that the person was told before a restriction was lifted (GDPR art. 18(3)). Runs as the owner.
alter table restriction
  add column notice_by text check (notice_by in ('mail', 'letter')),
  add column notice_digest bytea;                -- SHA-256 of the text that was sent by mail; no copy of it is kept
