-- The payloads of a request's workflows lie in Temporal under a key of that request; once they ended nobody needs to read them again.
alter table subject_key
  add column payload_wrapped bytea,              -- null once destroyed, and for requests from before this column
  add column payload_destroyed_at timestamptz,
  add check (payload_wrapped is null or payload_destroyed_at is null);
