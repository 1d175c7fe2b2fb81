insert into suppression_list (hash, identifier_kind, purpose, channel, reason, since) values ('\x0a', 'email', '*', 'email', 'hard-bounce', '2026-01-02T00:00:00Z');
