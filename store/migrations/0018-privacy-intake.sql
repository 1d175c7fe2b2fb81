-- Requests that come in by themselves: from a form, another controller (OpenDSR), a shop's webhooks.

create table privacy_intake (
  id uuid primary key default uuidv7(),
  way text not null check (way in ('form', 'opendsr', 'shop')),
  caller text not null,                          -- controller or shop, by its name in the settings; `form`
  caller_ref text not null,                      -- the caller's own id: the same is taken in once
  type text not null check (type in ('access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'shop-left')),
  state text not null check (state in ('unconfirmed', 'waiting', 'opened', 'over')),
  received_at timestamptz not null,
  proven_at timestamptz,                         -- form: when the link in the mail was followed
  sealed bytea,                                  -- identities, callbacks: under the master key; null once they are of no more use
  address_mac bytea,                             -- form: keyed hash of the address, for the limit of mails to one address
  token_hash bytea,                              -- form: sha-256 of the token in the mail
  expires_at timestamptz,
  request_id uuid references privacy_request,
  told text,                                     -- opendsr: the status that the caller knows of
  tries integer not null default 0,
  try_at timestamptz not null default now(),
  unique (way, caller, caller_ref)
);
create index privacy_intake_waiting on privacy_intake (try_at) where state in ('waiting', 'opened');
create unique index privacy_intake_token on privacy_intake (token_hash) where token_hash is not null;
create index privacy_intake_form on privacy_intake (received_at) where way = 'form';

-- what a person of whom Ficha knows nothing is looked for by, under the subject key
alter table privacy_request add column asked_for bytea;

grant select (id, way, caller, type, state, received_at, request_id, told) on privacy_intake to ficha_reader;
