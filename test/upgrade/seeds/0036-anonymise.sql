update privacy_request set anonymise = true where id = '00000000-0000-7000-8000-0000000000c1';
