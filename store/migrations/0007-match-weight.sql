-- How strongly a compared pair speaks for one client: what hangs together is found by it, and doubt is ranked by it.
alter table match_decision add column weight real; -- match weight in bits; null: a person said so
insert into resolution_queue (source_record_id) select id from source_record where kind in ('person', 'company');
