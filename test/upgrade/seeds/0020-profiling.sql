update client set no_profiling = true where id = '00000000-0000-7000-8000-000000000001';
