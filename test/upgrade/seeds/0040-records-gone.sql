-- No table of its own. A record that is gone at its source is found by the new index.
update source_record set deleted_at = seen_at where id = (select max(id) from source_record) and deleted_at is null;
