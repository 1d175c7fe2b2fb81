insert into privacy_intake (way, caller, caller_ref, type, state, received_at, proven_at, sealed, address_mac, token_hash, expires_at, request_id, told, tries) values
  ('form', 'form', '1', 'erasure', 'unconfirmed', now(), null, '\x80', '\x81', '\x82', now(), null, null, 0),
  ('opendsr', 'controller', '2', 'access', 'opened', now(), now(), null, null, null, null, '00000000-0000-7000-8000-0000000000c1', 'pending', 1);
update privacy_request set asked_for = '\x83' where id = '00000000-0000-7000-8000-0000000000c1';
