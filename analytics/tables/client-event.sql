-- One sale or interaction of one epoch under keyed pseudonyms: no name, no identifier, no day.
-- The newest version of an event wins; is_deleted takes it out. Rebuilt from PostgreSQL at any time.
create table if not exists client_event_{epoch} (
  event UUID,
  client UUID,
  linked_system LowCardinality(String),
  kind LowCardinality(String),
  month Date,
  channel LowCardinality(String),
  amount_cents Int64,
  currency LowCardinality(String),
  response_minutes Int32,
  version UInt64,
  is_deleted UInt8,
  index version_range version type minmax
)
engine = ReplacingMergeTree(version, is_deleted)
partition by month
order by event
settings non_replicated_deduplication_window = 1000, fsync_after_insert = 1
