-- A client that comes after the words have names.
insert into client (id, kind, display_name, search_name) values ('00000000-0000-7000-8000-000000001301', 'person', 'Élodie Marchand', 'elodie marchand');
