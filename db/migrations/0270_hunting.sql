-- Hunting in a pack: a campaign cut by who knows whom. Each holder gets their own contacts of it, chooses, and writes in their own name.

create schema hunting;
grant usage on schema hunting to entregent_member, entregent_keeper;
grant create on schema hunting to entregent_keeper;

create table hunting.hunt (
  workspace_id uuid not null,
  hunt_id uuid not null,
  campaign_id uuid not null,
  opened_by uuid not null,
  -- The letter that holders find, with variables; they change it for each contact as they like.
  language text not null,
  subject text not null,
  letter text not null,
  -- Until when they choose, that day included.
  ends_on date not null,
  -- Minutes, at least, between two mails of one holder.
  pace int not null,
  -- How many of the segment nobody of ours lends.
  unknown int not null default 0,
  -- When the lists were given out; null: not yet.
  shared_out_at timestamptz,
  opened_at timestamptz not null default now(),
  ended_at timestamptz,
  version int not null default 1,
  constraint hunt_pk primary key (workspace_id, hunt_id),
  constraint hunt_campaign_uq unique (workspace_id, campaign_id),
  constraint hunt_opener_fk foreign key (workspace_id, opened_by) references identity.member,
  constraint hunt_language_ck check (language in ('fr', 'en')),
  constraint hunt_pace_ck check (pace between 1 and 240)
);

-- One contact of one holder in a hunt. Nobody but the holder sees what they decided.
create table hunting.approach (
  workspace_id uuid not null,
  hunt_id uuid not null,
  approach_id uuid not null,
  holder_id uuid not null,
  -- The holder's own card.
  card_id uuid not null,
  -- The holder put them on the list; else they are of the segment.
  contributed boolean not null,
  state text not null default 'proposed',
  -- The holder's order: 1 first.
  rank smallint not null default 2,
  -- Postponed: the day on which they are proposed again.
  until_on date,
  -- Accepted: not before this instant it is written.
  due_at timestamptz,
  -- As the holder changed them; null: the hunt's letter.
  subject text,
  letter text,
  contact_point_id uuid,
  message_id uuid,
  -- Why the gate let nothing be written.
  reasons text[] not null default '{}',
  outcome text,
  -- Seen by the product (an answer came); else said by the holder.
  outcome_seen boolean,
  outcome_at timestamptz,
  changed_at timestamptz not null default now(),
  constraint approach_pk primary key (workspace_id, hunt_id, approach_id),
  constraint approach_card_uq unique (workspace_id, hunt_id, card_id),
  constraint approach_hunt_fk foreign key (workspace_id, hunt_id) references hunting.hunt on delete cascade,
  constraint approach_state_ck check (state in ('proposed', 'postponed', 'withdrawn', 'accepted', 'written', 'refused')),
  constraint approach_postponed_ck check ((until_on is not null) = (state = 'postponed')),
  constraint approach_due_ck check ((due_at is not null) = (state = 'accepted')),
  constraint approach_written_ck check ((message_id is not null) = (state = 'written')),
  constraint approach_rank_ck check (rank between 1 and 3),
  constraint approach_outcome_ck check (outcome in ('answered', 'meeting', 'later', 'declined')
    and (outcome is null) = (outcome_at is null) and (outcome is null) = (outcome_seen is null))
);
create index approach_holder_ix on hunting.approach (workspace_id, holder_id, hunt_id);
create index approach_card_ix on hunting.approach (workspace_id, card_id);
create index approach_due_ix on hunting.approach (workspace_id, due_at) where state = 'accepted';

alter table hunting.hunt owner to entregent_keeper;
alter table hunting.approach owner to entregent_keeper;
alter table hunting.hunt enable row level security;
alter table hunting.approach enable row level security;

create policy of_workspace on hunting.hunt for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) is distinct from 'app');
create policy by_opener on hunting.hunt for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app' and opened_by = nullif(current_setting('app.member', true), '')::uuid);
create policy update_by_member on hunting.hunt for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) is distinct from 'app');
grant select, insert on hunting.hunt to entregent_member;
grant update (language, subject, letter, ends_on, pace, ended_at, version) on hunting.hunt to entregent_member;

create policy of_holder on hunting.approach to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app' and holder_id = nullif(current_setting('app.member', true), '')::uuid)
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app' and holder_id = nullif(current_setting('app.member', true), '')::uuid);
-- Those to whom contacts are addressed for the company see whom a letter left for, of contacts that are lent (the names, as far as they read the cards); of the
-- others nothing tells them apart.
create policy of_written on hunting.approach for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) in ('admin', 'marketing')
    and state = 'written' and not contributed);
grant select, insert, update on hunting.approach to entregent_member;

-- How far holders are, in numbers: what they let go, put off or have not looked at is one number.
create function hunting.count_coverage(asked uuid) returns table (holder_id uuid, proposed int, contributed int, written int, answered int, meetings int)
  language plpgsql stable security definer set search_path = pg_catalog
as $$
declare
  workspace uuid := nullif(current_setting('app.workspace', true), '')::uuid;
begin
  if workspace is null or current_setting('app.role', true) is not distinct from 'app' then
    return;
  end if;
  return query
    select a.holder_id, count(*) filter (where not a.contributed)::int, count(*) filter (where a.contributed)::int,
      count(*) filter (where a.state = 'written')::int, count(*) filter (where a.outcome is not null)::int,
      count(*) filter (where a.outcome = 'meeting')::int
    from hunting.approach a where a.workspace_id = workspace and a.hunt_id = asked group by a.holder_id;
end $$;
alter function hunting.count_coverage(uuid) owner to entregent_keeper;
revoke all on function hunting.count_coverage(uuid) from public;
grant execute on function hunting.count_coverage(uuid) to entregent_member;
