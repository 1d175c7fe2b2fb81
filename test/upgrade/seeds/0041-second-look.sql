update suppression_act set seen_at = confirmed_at where confirmed_at is not null;
