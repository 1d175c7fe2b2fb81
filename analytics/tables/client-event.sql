-- One sale or interaction under keyed pseudonyms: no name, no identifier, no day. Rebuilt from PostgreSQL at any time.
-- The newest version of an event wins; is_deleted takes it out (an erased client, a record gone at its source).
create table if not exists client_event (
  event FixedString(32),
  client FixedString(32),
  linked_system LowCardinality(String),
  kind LowCardinality(String),
  month Date,
  channel LowCardinality(String),
  country LowCardinality(String),
  amount_cents Int64,
  currency LowCardinality(String),
  version UInt64,
  is_deleted UInt8
)
engine = ReplacingMergeTree(version, is_deleted)
order by event
settings non_replicated_deduplication_window = 1000, fsync_after_insert = 1
