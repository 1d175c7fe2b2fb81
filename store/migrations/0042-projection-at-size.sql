-- Bringing a hundred million events to ClickHouse, and a kill in the middle of it. Runs as the owner.

-- What a killed batch may have left there stands under the versions that it took: only those are asked for.
alter table projection_state
  add column unsure_versions int8multirange not null default '{}', -- that no transaction may have noted; settled when the queue is drained
  add column since bigint not null default 0;                      -- the next version when the owner's batch began
update projection_state set unsure_versions = '{[0,)}' where unsure;
alter table projection_state drop column unsure;
grant select on sequence projection_version to ficha_worker;

-- Whether a record is there no longer is asked for each event, and is true of few: without reading the record itself.
create index source_record_gone on source_record (id) where deleted_at is not null;
