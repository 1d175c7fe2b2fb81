-- Records that come by webhook or form, kept like any other event before they are answered. Runs as the owner.
alter table webhook_event drop constraint webhook_event_kind_check;
alter table webhook_event add constraint webhook_event_kind_check
  check (kind in ('changed', 'deleted', 'consent', 'hard-bounce', 'complaint', 'record'));
