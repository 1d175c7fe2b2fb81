update client set golden = golden || '{"birthDate": "1980-02-29"}' where kind = 'person';
