-- Controllers that a package was handed to are told of an erasure, a rectification, a restriction (GDPR art. 19): found by the request that handed it over.
create index audit_entry_transfer on audit_entry (subject) where action = 'package.transfer';
