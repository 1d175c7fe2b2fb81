-- Keys of the kind of then: their class in a column of its own.
insert into match_key (key, source_record_id, class) values (-42, 1, 0), (77, 2, 2);
