-- The life of privacy requests beyond erasure and portability, what is read again after closing, blocked data, signed audit heads.

-- ---------------------------------------------------------------- audit
create table audit_head (                        -- where the chain stood at the end of a day, signed
  day date primary key,
  seq bigint not null,
  hash bytea not null,
  signed jsonb not null,                         -- schemas/evidence/audit-head.schema.json
  at timestamptz not null default now()
);
create trigger audit_head_append_only before update or delete or truncate on audit_head for each statement execute function refuse_change();

-- ---------------------------------------------------------------- the life of a request
alter table privacy_request
  add column identity_proof text not null default 'manual' check (identity_proof in ('login', 'link', 'manual')),
  add column identity_asked_at timestamptz,      -- when more was asked of the person; the clock may stand from here
  add column identity_proven_at timestamptz,
  add column identity_token bytea,               -- sha-256 of the token in the link; null once used
  add column identity_expires_at timestamptz,
  add column first_due_at timestamptz,           -- the deadline before it was extended
  add column extended_at timestamptz,
  add column extension_reason text,
  add column scope text,                         -- objection: marketing or other; erasure: the letter of art. 17(1)
  add column details bytea,                      -- rectification: the new values, under the subject key
  add column approvals jsonb not null default '[]', -- [{by, at, planHash}] who approved the plan as it stands
  add column package_token bytea,                -- sha-256 of the token in the download link; null once used
  add column package_expires_at timestamptz,
  add column package_fetched_at timestamptz,
  add column reminded text[] not null default '{}';

create table request_duplicate (                 -- the same person asked the same again while a request was open
  id uuid primary key default uuidv7(),
  request_id uuid not null references privacy_request,
  opened_by text not null,
  received_at timestamptz not null
);
create index request_duplicate_request on request_duplicate (request_id);

alter table plan_line drop constraint plan_line_action_check;
alter table plan_line add constraint plan_line_action_check
  check (action in ('delete', 'anonymise', 'block-until', 'keep-until', 'manual', 'export', 'rectify', 'restrict'));

-- ---------------------------------------------------------------- read again after closing
create table read_again (                        -- a line of a closed erasure that is read again on this day
  line_id uuid not null references plan_line,
  request_id uuid not null references privacy_request,
  due_at timestamptz not null,
  external_id bytea,                             -- under the master key, for this read only; null once read
  result text,
  read_at timestamptz,
  primary key (line_id, due_at)
);
create index read_again_due on read_again (due_at) where read_at is null;

-- ---------------------------------------------------------------- restriction and blocking
create table restriction (                       -- stored and nothing else (GDPR art. 18)
  id uuid primary key default uuidv7(),
  client_id uuid not null,
  request_id uuid not null references privacy_request,
  since timestamptz not null,
  notice_at timestamptz,                         -- when the person was told that it will be lifted (art. 18(3))
  lifted_at timestamptz,
  lifted_by text
);
create unique index restriction_in_force on restriction (client_id) where lifted_at is null;

create table blocked_record (                    -- set apart for courts and authorities until a date (LOPDGDD art. 32)
  id uuid primary key default uuidv7(),
  request_id uuid not null references privacy_request,
  line_id uuid not null unique references plan_line,
  sealed bytea,                                  -- under a key of its own; null once destroyed
  wrapped_key bytea,
  digest bytea not null,                         -- sha-256 of what was sealed: evidence of integrity
  until date not null,
  legal_basis text not null,
  blocked_at timestamptz not null,
  destroyed_at timestamptz
);
create index blocked_record_until on blocked_record (until) where destroyed_at is null;

create table blocked_release (                   -- a court or authority asks for what is blocked; two people must agree
  id uuid primary key default uuidv7(),
  request_id uuid not null references privacy_request,
  reference text not null,                       -- of the order, as its sender writes it
  asked_by text not null,
  asked_at timestamptz not null,
  agreed_by text check (agreed_by <> asked_by),
  agreed_at timestamptz,
  read_at timestamptz
);

-- ---------------------------------------------------------------- free text
create table mention (                           -- a place in a text of somebody else's record that may speak of the person
  id uuid primary key default uuidv7(),
  request_id uuid not null references privacy_request,
  source_record_id bigint references source_record on delete cascade,
  record_hash bytea not null,
  field text not null,
  how text[] not null,                           -- email, phone, tax-id, name, name-variant
  context bytea,                                 -- the words around it, under the subject key: for the reviewer only
  answer text check (answer in ('redact', 'leave')),
  answered_by text,
  answered_at timestamptz,
  redacted_at timestamptz,                       -- read back without the person in it
  unique (request_id, record_hash, field)
);
create index mention_request on mention (request_id);

-- where names, addresses and telephones of others can stand: looked through by trigram, telephones by their digits alone
create index source_record_text on source_record using gin (
  lower(coalesce(canonical ->> 'subject', '') || ' ' || coalesce(canonical ->> 'text', '')) public.gin_trgm_ops)
  where kind = 'interaction';
create index source_record_text_digits on source_record using gin (
  regexp_replace(coalesce(canonical ->> 'subject', '') || ' ' || coalesce(canonical ->> 'text', ''), '[^0-9]', '', 'g') public.gin_trgm_ops)
  where kind = 'interaction';

-- a client that is merged away takes the hold along
create function keep_restriction() returns trigger language plpgsql as $$
begin
  if exists (select from ficha.restriction where client_id = new.alias_id and lifted_at is null) then
    update ficha.client set state = 'restricted' where id = new.client_id and state = 'active';
    if exists (select from ficha.restriction where client_id = new.client_id and lifted_at is null) then
      update ficha.restriction set lifted_at = now(), lifted_by = 'ficha' where client_id = new.alias_id and lifted_at is null;
    else
      update ficha.restriction set client_id = new.client_id where client_id = new.alias_id and lifted_at is null;
    end if;
  end if;
  return new;
end $$;
create trigger client_alias_keeps_restriction after insert on client_alias for each row execute function keep_restriction();

-- ---------------------------------------------------------------- rights
revoke update, delete on audit_head from ficha_worker;
revoke select on blocked_record, blocked_release from ficha_reader;
grant select on audit_head, request_duplicate, restriction, read_again to ficha_reader;
grant select (id, request_id, field, how, answer, answered_at) on mention to ficha_reader;
