-- Several workers resolve at once: keys of what changed are written first, by one at a time and in a moment; then each worker decides
-- neighbourhoods that no other holds.
alter table resolution_queue add column prepared boolean not null default false;
create index resolution_queue_to_prepare on resolution_queue (id) where not prepared;
create index resolution_queue_prepared on resolution_queue (id) where prepared;
