-- The open requests among a hundred thousand closed ones are found without passing those.
create index privacy_request_open on privacy_request (id) where closed_at is null;
