insert into evidence_file (evidence_id, media_type, size, sealed, at) values ('00000000-0000-7000-8000-0000000000c6', 'image/png', 4, '\x80', now());
