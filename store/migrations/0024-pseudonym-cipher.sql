-- Pseudonyms are made by a cipher from here on, not by a keyed hash. What was brought to ClickHouse goes there again, in an epoch of its
-- own; the batch that drains the queue ends it. What is noted as brought stays until its row is brought again: no month is released
-- meanwhile. Runs as the owner.
update analytics_epoch set number = number + 1, state = 'rebuilding', started_at = now()
 where exists (select from projected_record) or exists (select from projected_client)
    or exists (select from projection_state where owner is not null);
insert into projection_queue (source_record_id)
select e.source_record_id from analytics_epoch, (select source_record_id from sale union all select source_record_id from interaction) e
 where state = 'rebuilding';
insert into client_projection_queue (client_id) select id from analytics_epoch, client where analytics_epoch.state = 'rebuilding';
