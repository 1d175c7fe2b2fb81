-- One client of one epoch under a keyed pseudonym, by coarse dimensions of declared domains. A month that never comes stands for "not".
create table if not exists client_profile_{epoch} (
  client UUID,
  since Date,
  country LowCardinality(String),
  sector LowCardinality(String),
  source LowCardinality(String),
  age_band LowCardinality(String),
  consent_since Date,
  opted_out_since Date,
  version UInt64,
  is_deleted UInt8
)
engine = ReplacingMergeTree(version, is_deleted)
order by client
settings non_replicated_deduplication_window = 1000, fsync_after_insert = 1
