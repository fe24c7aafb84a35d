-- Lead days: a day on which teams pool their new contacts. Numbers of who takes part by their own choice; forgotten after 90 days.

create schema lead_days;
grant usage on schema lead_days to entregent_member, entregent_keeper;
grant create on schema lead_days to entregent_keeper;

create table lead_days.day (
  workspace_id uuid not null,
  day_id uuid not null,
  goal text not null,
  prizes text not null default '',
  -- A day of the calendar, UTC.
  on_date date not null,
  team_ids uuid[] not null,
  planned_by uuid not null,
  created_at timestamptz not null default now(),
  -- Since when its result stands.
  ended_at timestamptz,
  constraint day_pk primary key (workspace_id, day_id),
  constraint day_teams_ck check (cardinality(team_ids) between 1 and 50)
);
create index day_date_ix on lead_days.day (workspace_id, on_date desc, day_id);

-- Who takes part, for one team, by their own choice; `named`: they want their numbers beside their name.
create table lead_days.entrant (
  workspace_id uuid not null,
  day_id uuid not null,
  member_id uuid not null,
  team_id uuid not null,
  named boolean not null,
  -- Contacts that came since then are new.
  since timestamptz not null,
  joined_at timestamptz not null default now(),
  -- What counted, once the day is over.
  fresh int,
  complete int,
  corrected int,
  settled int,
  constraint entrant_pk primary key (workspace_id, day_id, member_id),
  constraint entrant_day_fk foreign key (workspace_id, day_id) references lead_days.day on delete cascade,
  constraint entrant_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade
);
create index entrant_member_ix on lead_days.entrant (workspace_id, member_id);

-- What a member has decided about a book on the way; nobody else's business.
create table lead_days.choice (
  workspace_id uuid not null,
  day_id uuid not null,
  member_id uuid not null,
  book_id uuid not null,
  at timestamptz not null default now(),
  constraint choice_pk primary key (workspace_id, day_id, member_id, book_id),
  constraint choice_day_fk foreign key (workspace_id, day_id) references lead_days.day on delete cascade
);

do $$
declare t text;
begin
  foreach t in array array['day', 'entrant', 'choice'] loop
    execute format('alter table lead_days.%I owner to entregent_keeper', t);
    execute format('alter table lead_days.%I enable row level security', t);
  end loop;
  foreach t in array array['entrant', 'choice'] loop
    execute format($p$create policy of_member on lead_days.%I to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and member_id = nullif(current_setting('app.member', true), '')::uuid)$p$, t);
  end loop;
end $$;
-- Seen by the teams that it is for, who planned it, and admins.
create policy of_teams on lead_days.day for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (team_ids && string_to_array(nullif(current_setting('app.audiences', true), ''), ',')::uuid[]
      or planned_by = nullif(current_setting('app.member', true), '')::uuid or current_setting('app.role', true) = 'admin'));
create policy by_planner on lead_days.day for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and planned_by = nullif(current_setting('app.member', true), '')::uuid);
create policy removed_by_planner on lead_days.day for delete to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (planned_by = nullif(current_setting('app.member', true), '')::uuid or current_setting('app.role', true) = 'admin'));
grant select, insert, delete on lead_days.day to entregent_member;
grant select, insert, delete on lead_days.choice to entregent_member;
grant select, insert, delete on lead_days.entrant to entregent_member;
grant update (team_id, named) on lead_days.entrant to entregent_member;

do $$
declare kinds text[];
begin
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) into kinds
  from pg_constraint c where c.conname = 'notice_kind_ck' and c.conrelid = 'notices.notice'::regclass;
  alter table notices.notice drop constraint notice_kind_ck;
  kinds := kinds || array['lead_day_planned', 'lead_day_result'];
  execute format('alter table notices.notice add constraint notice_kind_ck check (kind in (%s))',
    (select string_agg(quote_literal(k), ', ') from unnest(kinds) k));
end $$;
