-- An erasure that leaves, about nobody, what says nothing of a person without the person: a proposal of the retention round may ask for it.
alter table privacy_request add column anonymise boolean not null default false check (not anonymise or type = 'erasure');
