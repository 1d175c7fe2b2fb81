-- What is written in files that hang from other people's records is looked through as their texts are.
alter table mention add column linked_system_id text,
                    add column file bytea;       -- id of the file in that system, under the subject key; null for a text of a record

-- what was asked of the system: its calls as the manifest has them, without whom they are about
alter table evidence add column query text;

alter table evidence drop constraint evidence_verb_check;
alter table evidence add constraint evidence_verb_check
  check (verb in ('locate', 'search', 'erase', 'redact', 'verify', 'export', 'suppress', 'manual'));
