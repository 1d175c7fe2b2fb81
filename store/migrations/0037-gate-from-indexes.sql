-- The gate before a send looks at a hundred people spread over every page of every table. What it asks of them stands in the indexes that it
-- walks anyway: the wide rows stay unread, and what it reads fits into memory.
alter table client add column birth date generated always as (birth_of(golden)) stored;
create index client_at_gate on client (id) include (state, country, birth);

create index source_record_of_client on source_record (client_id, kind) include (id) where client_id is not null;
drop index source_record_client;
alter index source_record_of_client rename to source_record_client;

alter table client_identifier drop constraint client_identifier_pkey, add primary key (kind, value, source_record_id) include (client_id);

alter table consent_subject drop constraint consent_subject_source_record_id_key,
  add constraint consent_subject_source_record_id_key unique (source_record_id) include (id);

create index consent_event_of_subject on consent_event (subject_id, at desc) include (purpose, channel, answer, at_known, given_by);
drop index consent_event_subject;
alter index consent_event_of_subject rename to consent_event_subject;
