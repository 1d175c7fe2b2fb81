-- What is brought to ClickHouse asks of each record whether it is gone at its source: of the few that are, not of all that are not.
-- Runs as the owner, with search_path = ficha.
create index source_record_gone on source_record (id) where deleted_at is not null;
