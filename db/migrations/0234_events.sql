-- Events: gatherings to which contacts are invited by the gate, answer by a link of their own, are let in at the door, and what came of it.

create schema events;
grant usage on schema events to entregent_member, entregent_keeper;
grant create on schema events to entregent_keeper;

create table events.event (
  workspace_id uuid not null,
  event_id uuid not null,
  kind text not null,
  name_fr text not null,
  name_en text not null,
  intro_fr text not null,
  intro_en text not null,
  -- Where it is; empty: on line only.
  place text not null,
  -- Where it is joined on line: told to those who come.
  online_url text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  -- IANA name: in which its hours are said.
  zone text not null,
  -- Seats in all; null: as many as come.
  seats int,
  most_companions int not null,
  -- Who finds no seat may wait for one.
  waiting_list boolean not null,
  -- The last instant for answers; null: until it begins.
  answers_until timestamptz,
  -- Days before it at which those who come are reminded; null: not.
  remind_days int,
  -- Who sees the event: the workspace, a team, or its owner. Never changes.
  audience_id uuid not null,
  owner_id uuid not null,
  -- RFC 5545, 3.8.7.4: counts what calendars have to take over.
  sequence int not null default 0,
  cancelled_at timestamptz,
  -- Who came was told to holders and stands among facts.
  settled_at timestamptz,
  created_at timestamptz not null default now(),
  constraint event_pk primary key (workspace_id, event_id),
  constraint event_owner_fk foreign key (workspace_id, owner_id) references identity.member,
  constraint event_kind_ck check (kind in ('seminar', 'breakfast', 'webinar', 'fair', 'other')),
  constraint event_time_ck check (ends_at > starts_at),
  constraint event_seats_ck check (seats > 0),
  constraint event_companions_ck check (most_companions between 0 and 10),
  constraint event_remind_ck check (remind_days between 0 and 30)
);
create index event_start_ix on events.event (workspace_id, starts_at);

-- Seats that are kept for those whom a team invites.
create table events.quota (
  workspace_id uuid not null,
  event_id uuid not null,
  team_id uuid not null,
  audience_id uuid not null,
  seats int not null,
  constraint quota_pk primary key (workspace_id, event_id, team_id),
  constraint quota_event_fk foreign key (workspace_id, event_id) references events.event on delete cascade,
  constraint quota_seats_ck check (seats between 1 and 100000)
);

-- Who was invited. What they are called stands on cards; how they want to be called at the door is what they said themselves, and goes with the event.
create table events.guest (
  workspace_id uuid not null,
  guest_id uuid not null,
  event_id uuid not null,
  audience_id uuid not null,
  contact_point_id uuid not null,
  -- As the inviter saw them.
  card_id uuid not null,
  invited_by uuid not null,
  -- The team on whose seats they are; null: on those of nobody's.
  team_id uuid,
  -- The message that it went with, whose lent cards hear of the answer.
  message_id uuid,
  locale text not null,
  state text not null,
  companions int not null default 0,
  badge text not null default '',
  -- Since when they wait, or come.
  placed_at timestamptz,
  answered_at timestamptz,
  -- A colleague who answered for them; null: they did.
  answered_by uuid,
  attended_at timestamptz,
  attended_companions int not null default 0,
  -- When and by whom it was last said at the door whether they are there: the last word holds.
  door_at timestamptz,
  let_in_by uuid,
  invited_at timestamptz not null default now(),
  constraint guest_pk primary key (workspace_id, guest_id),
  constraint guest_event_fk foreign key (workspace_id, event_id) references events.event on delete cascade,
  constraint guest_state_ck check (state in ('invited', 'coming', 'waiting', 'declined')),
  constraint guest_placed_ck check ((placed_at is not null) = (state in ('coming', 'waiting'))),
  constraint guest_companions_ck check (companions between 0 and 10 and attended_companions between 0 and 10),
  constraint guest_seat_ck check (state <> 'declined' or companions = 0)
);
create unique index guest_point_uq on events.guest (workspace_id, event_id, contact_point_id);
create index guest_card_ix on events.guest (workspace_id, card_id);

-- What a guest was told, once for each occasion: a message that passed the gate, or its reasons against it.
create table events.told (
  workspace_id uuid not null,
  guest_id uuid not null,
  audience_id uuid not null,
  kind text not null,
  -- The event's sequence, or the day: told again for another.
  occasion text not null,
  message_id uuid,
  reasons text[] not null default '{}',
  at timestamptz not null default now(),
  constraint told_pk primary key (workspace_id, guest_id, kind, occasion),
  constraint told_guest_fk foreign key (workspace_id, guest_id) references events.guest on delete cascade,
  constraint told_kind_ck check (kind in ('confirmed', 'seat', 'nudge', 'reminder', 'changed', 'cancelled'))
);

do $$
declare t text;
begin
  foreach t in array array['event', 'quota', 'guest', 'told'] loop
    execute format('alter table events.%I owner to entregent_keeper', t);
    execute format('alter table events.%I enable row level security', t);
    execute format($policy$
      create policy of_audience on events.%I for select to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app'
          and strpos(current_setting('app.audiences', true), audience_id::text) > 0)$policy$, t);
    execute format('grant select on events.%I to entregent_member', t);
  end loop;
  -- What hangs on an event is written by those who see it; which of them may is the operation's to say.
  foreach t in array array['quota', 'guest', 'told'] loop
    execute format($policy$
      create policy by_audience on events.%I to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app'
          and strpos(current_setting('app.audiences', true), audience_id::text) > 0)
        with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app'
          and strpos(current_setting('app.audiences', true), audience_id::text) > 0)$policy$, t);
    execute format('grant insert on events.%I to entregent_member', t);
  end loop;
end $$;
grant delete on events.quota to entregent_member;
grant update (state, companions, badge, placed_at, answered_at, answered_by, attended_at, attended_companions, door_at, let_in_by, message_id)
  on events.guest to entregent_member;

create policy by_owner on events.event for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and owner_id = nullif(current_setting('app.member', true), '')::uuid
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0
    and (audience_id <> workspace_id or current_setting('app.role', true) in ('admin', 'marketing')));
create policy update_by_owner on events.event for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0
    and (owner_id = nullif(current_setting('app.member', true), '')::uuid or current_setting('app.role', true) = 'admin'));
grant insert on events.event to entregent_member;
grant update (kind, name_fr, name_en, intro_fr, intro_en, place, online_url, starts_at, ends_at, zone, seats, most_companions, waiting_list,
  answers_until, remind_days, sequence, cancelled_at) on events.event to entregent_member;

-- The ledger tells holders that their contact came.
do $$
declare kinds text[];
begin
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) into kinds
  from pg_constraint c where c.conname = 'use_kind_ck' and c.conrelid = 'delegation.use'::regclass;
  alter table delegation.use drop constraint use_kind_ck;
  kinds := kinds || array['attended'];
  execute format('alter table delegation.use add constraint use_kind_ck check (kind in (%s))',
    (select string_agg(quote_literal(k), ', ') from unnest(kinds) k));
end $$;
