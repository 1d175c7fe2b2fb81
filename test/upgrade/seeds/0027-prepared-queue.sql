-- A record whose keys are written and whose client is still to be decided.
insert into resolution_queue (source_record_id, prepared) values (2, true);
