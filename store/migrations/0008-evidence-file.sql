-- Files that prove a manual task: a screenshot, a letter. Runs as the owner.
create table evidence_file (
  evidence_id uuid primary key references evidence,
  media_type text not null,
  size integer not null,
  sealed bytea not null,                         -- under the master key, bound to the evidence; its SHA-256 is evidence.digest
  at timestamptz not null
);
create trigger evidence_file_append_only before update or delete or truncate on evidence_file for each statement execute function refuse_change();
grant select, insert on evidence_file to ficha_worker;
