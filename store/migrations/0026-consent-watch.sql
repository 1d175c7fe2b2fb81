-- What people allow is looked at every few seconds in a system that does not call: a run of its own kind, forgotten when it found nothing.
alter table sync_run drop constraint sync_run_mode_check;
alter table sync_run add constraint sync_run_mode_check check (mode in ('full', 'incremental', 'consent'));
grant delete on sync_run to ficha_worker;
create index rejected_record_run on rejected_record (run_id);
alter table linked_system add column heard_at timestamptz; -- the last webhook that was worked in

-- the ledger only grows; an erasure takes a person's events along with their subject
revoke update, delete on consent_event from ficha_worker;

-- a batch of what is due is the first of an index, however many wait
drop index suppression_due;
drop index suppression_lift_due;
create index suppression_due on suppression (linked_system_id, id) where state = 'due' and lifted_at is null;
create index suppression_lift_due on suppression (linked_system_id, id) where lift_state = 'due';
