-- What people write to clients from Ficha. Runs as the owner.
create table sent_message (
  id uuid primary key,                           -- made by whoever writes: the same message is sent once
  source_record_id bigint not null references source_record on delete cascade, -- the record that carries the address: the message moves and goes with it
  address text not null,
  channel text not null check (channel in ('email')),
  purpose text not null,
  subject text not null,
  body text not null,
  state text not null default 'sending' check (state in ('sending', 'sent', 'refused', 'unknown')), -- 'sending' of a process that died is as unknown
  detail text,                                   -- code of the mail server's answer, no personal data
  sent_by text not null,                         -- subject of the token
  at timestamptz not null
);
create index sent_message_record on sent_message (source_record_id, at desc);
grant select, insert, update, delete on sent_message to ficha_worker;
grant select on sent_message to ficha_reader;
