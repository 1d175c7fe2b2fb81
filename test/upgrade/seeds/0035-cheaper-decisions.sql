-- No table of its own. A word that one client alone carries, with its variants: it goes when the client does.
insert into client_word (client_id, word, name) values ('00000000-0000-7000-8000-000000000001', 'seeded', ' seeded') on conflict do nothing;
insert into search_word (word, clients) values ('seeded', 1) on conflict do nothing;
insert into search_variant (variant, word) select v, 'seeded' from search_variants('seeded') v on conflict do nothing;
