update suppression_act set seen_at = null where confirmed_at is not null;
