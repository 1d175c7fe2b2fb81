-- a record that went while it was queued
insert into resolution_queue (source_record_id) values (999999);
