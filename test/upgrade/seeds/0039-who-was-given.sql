update client set golden = golden || '{"birthDate": "1980-03-01"}' where kind = 'person';
