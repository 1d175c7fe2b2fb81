-- Encrypted copies of documents that somebody uploaded. Runs as the owner.
create table document_copy (
  source_record_id bigint primary key references source_record on delete cascade, -- an erasure of the record takes its copy along
  media_type text not null,
  size integer not null check (size > 0),
  sha256 bytea not null,
  sealed bytea not null,                         -- under the master key, bound to the record
  uploaded_by text not null,
  uploaded_at timestamptz not null
);
-- the read API tells that there is a copy; what is in it only the command API hands out, after the look is logged
grant select (source_record_id, media_type, size, sha256, uploaded_at) on document_copy to ficha_reader;
