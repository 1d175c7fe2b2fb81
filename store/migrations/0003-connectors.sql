-- What all workers share of a linked system: its rate budget and its access tokens.

create table rate_budget (                       -- one row a linked system: whoever asks for a start locks it for an instant
  linked_system_id text primary key references linked_system on delete cascade,
  not_before timestamptz not null default '-infinity'  -- the system asked for a pause
);

create table rate_use (                          -- starts by slots of a hundredth of their window
  linked_system_id text not null references rate_budget on delete cascade,
  rule text not null,
  slot bigint not null,                          -- number of the slot since 1970
  used bigint not null,
  primary key (linked_system_id, rule, slot)
);

create table rate_place (                        -- calls that run now, for rules of calls at once
  id uuid primary key default uuidv7(),
  lease uuid not null,
  linked_system_id text not null references rate_budget on delete cascade,
  rule text not null,
  ends_at timestamptz not null                   -- a worker that died gives its place back then
);
create index rate_place_of_rule on rate_place (linked_system_id, rule);
create index rate_place_of_lease on rate_place (lease);

create table connector_token (                   -- access tokens, sealed by the key ring; the name is a keyed hash
  name bytea primary key,
  sealed bytea,
  updated_at timestamptz not null default now()
);

-- Gives one start, or says how long to wait. Never more than `most` in any window, on any clock: a start is made at most half a guard
-- after it was given, and a slot counts until its window and the guard are over. The guard is 2 % of the window, at most 250 ms.
create function take_rate(asked_system text, rules text[], mosts bigint[], windows bigint[], costs bigint[], lease_ms bigint)
returns table (lease uuid, wait_ms bigint, usable_ms bigint)
language plpgsql as $$
declare
  now_ms bigint;
  paused timestamptz;
  slot_ms bigint;
  guard_ms bigint;
  cost bigint;
  over bigint;
  longest bigint := 0;
  usable bigint := 3600000;
  held record;
  given uuid;
begin
  select b.not_before into paused from rate_budget b where b.linked_system_id = asked_system for update;
  if not found then
    insert into rate_budget (linked_system_id) values (asked_system) on conflict do nothing;
    select b.not_before into paused from rate_budget b where b.linked_system_id = asked_system for update;
  end if;
  now_ms := floor(extract(epoch from clock_timestamp()) * 1000);
  if paused > clock_timestamp() then
    longest := ceil(extract(epoch from paused - clock_timestamp()) * 1000);
  end if;
  for i in 1 .. coalesce(array_length(rules, 1), 0) loop
    cost := least(costs[i], mosts[i]);
    continue when cost = 0;
    if windows[i] = 0 then
      delete from rate_place p where p.linked_system_id = asked_system and p.rule = rules[i] and p.ends_at <= clock_timestamp();
      if (select count(*) from rate_place p where p.linked_system_id = asked_system and p.rule = rules[i]) >= mosts[i] then
        longest := greatest(longest, 20);
      end if;
      continue;
    end if;
    slot_ms := greatest(1, windows[i] / 100);
    guard_ms := greatest(2, least(250, windows[i] / 50));
    usable := least(usable, guard_ms / 2);
    delete from rate_use u
     where u.linked_system_id = asked_system and u.rule = rules[i] and (u.slot + 1) * slot_ms + windows[i] + guard_ms <= now_ms;
    select coalesce(sum(u.used), 0) + cost - mosts[i] into over
      from rate_use u where u.linked_system_id = asked_system and u.rule = rules[i];
    if over > 0 then
      for held in
        select u.slot, u.used from rate_use u where u.linked_system_id = asked_system and u.rule = rules[i] order by u.slot
      loop
        over := over - held.used;
        if over <= 0 then
          longest := greatest(longest, (held.slot + 1) * slot_ms + windows[i] + guard_ms - now_ms);
          exit;
        end if;
      end loop;
    end if;
  end loop;
  if longest > 0 then
    return query select null::uuid, longest, 0::bigint;
    return;
  end if;
  given := gen_random_uuid();
  for i in 1 .. coalesce(array_length(rules, 1), 0) loop
    cost := least(costs[i], mosts[i]);
    continue when cost = 0;
    if windows[i] = 0 then
      insert into rate_place (lease, linked_system_id, rule, ends_at)
      values (given, asked_system, rules[i], clock_timestamp() + make_interval(secs => lease_ms / 1000.0));
    else
      insert into rate_use (linked_system_id, rule, slot, used)
      values (asked_system, rules[i], now_ms / greatest(1, windows[i] / 100), cost)
      on conflict on constraint rate_use_pkey do update set used = rate_use.used + excluded.used;
    end if;
  end loop;
  return query select given, 0::bigint, usable;
end $$;

grant select, insert, update, delete on rate_budget, rate_use, rate_place, connector_token to ficha_worker;
grant execute on function take_rate to ficha_worker;
revoke all on connector_token from ficha_reader;
