-- Controllers that were given data of a client outside Ficha, as an officer noted (GDPR art. 19). Runs as the owner, with search_path = ficha.
create table noted_recipient (
  client_id uuid not null,
  place text not null check (place ~ '^[a-z0-9][a-z0-9.-]{1,62}$'),
  title text not null check (length(title) between 1 and 200),
  given_at timestamptz not null,
  noted_by text not null,
  noted_at timestamptz not null,
  primary key (client_id, place)
);
