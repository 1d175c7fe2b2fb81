-- Every reason why an address is listed stands by itself: taking one off leaves the others. Runs as the owner.
alter table suppression_list drop constraint suppression_list_pkey, add primary key (hash, purpose, channel, reason);
