insert into match_key (source_record_id, kind, hash) values (1, 'email', '\x01'), (2, 'email', '\x01'), (3, 'tax-id', '\x02');
