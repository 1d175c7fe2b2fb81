insert into sent_message (id, source_record_id, address, channel, purpose, subject, body, state, detail, sent_by, at) values
  ('00000000-0000-7000-8000-000000001201', 1, 'ana.nunez@quintana.example', 'email', 'service', 'Your order', 'It is on its way.', 'sent', '250', 'sergio', now());
