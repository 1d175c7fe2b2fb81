insert into match_decision (record_a, record_b, outcome, rule, weight) values (2, 4, 'review', 'weight', 6.5);
