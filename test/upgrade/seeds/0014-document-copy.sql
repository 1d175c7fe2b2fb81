insert into document_copy (source_record_id, media_type, size, sha256, sealed, uploaded_by, uploaded_at) values (7, 'application/pdf', 4, '\xe0', '\xe1', 'sergio', now());
