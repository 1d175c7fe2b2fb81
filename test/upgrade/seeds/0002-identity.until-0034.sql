-- A model, of which version 0035 wants none.
insert into resolution_model (model, records, reason, in_force_since) values ('{"fields": {}}', 4, 'first', now());
