-- Broad keys (a name alone, a family name with a town) are of a class of their own and led to by fewer records, and two keys narrow them: every record
-- gets its keys anew, in the background. Runs as the owner, with search_path = ficha.
insert into resolution_queue (source_record_id)
select id from source_record where kind in ('person', 'company') and deleted_at is null order by id;

-- Comparisons that are not made because too many records share a key, counted once an hour: the figure of the day.
create table skipped_comparisons (
  day date primary key,
  keys bigint not null,                          -- that lead to nobody
  comparisons bigint not null,                   -- pairs of their records; many share a narrower key, and are compared
  at timestamptz not null
);
grant select on skipped_comparisons to ficha_reader;
