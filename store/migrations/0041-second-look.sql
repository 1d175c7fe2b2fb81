-- What Ficha suppressed is looked at once more: a system in which somebody allowed it again before the next look shows no change. Runs as the owner.
alter table suppression_act add column seen_at timestamptz;   -- a look came by after it was confirmed
update suppression_act set seen_at = confirmed_at where confirmed_at is not null;
create index suppression_act_unseen on suppression_act (source_record_id) where confirmed_at is not null and seen_at is null;
