-- No table of its own. A client whose name has words of which one stands twice.
update client set search_name = search_name || ' doble doble' where id = '00000000-0000-7000-8000-000000000001';
