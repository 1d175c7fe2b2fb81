-- Records kept aside are replayed from what is kept of them: a run that lists nothing, and says nothing of how fresh a system is.
alter table sync_run drop constraint sync_run_mode_check;
alter table sync_run add constraint sync_run_mode_check check (mode in ('full', 'incremental', 'consent', 'replay'));
