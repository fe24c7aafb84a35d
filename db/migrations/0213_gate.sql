-- The whole gate: what a message weighs and how it is meant, what each contact point received, what is planned, the workspace's rules,
-- complaints, and how much leaves at once.

-- In which manner it is written: one member to one person, an answer, to many at once, or by a scenario; what it weighs for who gets it, and how it
-- ranks among others for a last place.
alter table outreach.message
  add column manner text not null default 'personal',
  add column weight smallint not null default 0,
  add column priority smallint not null default 0,
  add column campaign_id uuid,
  add constraint message_manner_ck check (manner in ('personal', 'answer', 'bulk', 'automated')),
  add constraint message_weight_ck check (weight between 0 and 10);

alter table outreach.decision
  add column manner text not null default 'personal',
  -- Only time stands in the way: when it may leave, and the reasons of that.
  add column later_at timestamptz,
  add column later_reasons text[] not null default '{}',
  drop constraint decision_moment_ck,
  add constraint decision_moment_ck check (moment in ('planned', 'written', 'leaving'));
create index decision_point_ix on outreach.decision (workspace_id, contact_point_id, decision_id desc);
-- Why somebody did not get something is answered by whoever administers, too: codes, no texts.
create policy of_admin on outreach.decision for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin');

-- The rules of the workspace (`gateRules` in outreach/contract.ts); no row: those that the product comes with.
create table outreach.rules (
  workspace_id uuid not null,
  rules jsonb not null,
  changed_at timestamptz not null default now(),
  changed_by uuid not null,
  constraint rules_pk primary key (workspace_id)
);

-- One row a message that has left, may have, or is to: what each contact point received, whoever wrote. Without the address and without the author
-- to read, so that everybody's messages count for everybody.
create table outreach.received (
  workspace_id uuid not null,
  message_id uuid not null,
  contact_point_id uuid not null,
  author_id uuid not null,
  -- When it left, or is to leave.
  at timestamptz not null default now(),
  has_left boolean not null default false,
  channel text not null,
  weight smallint not null,
  priority smallint not null,
  constraint received_pk primary key (workspace_id, message_id)
);
-- All that counting asks for: one scan for hundreds of people.
create index received_point_ix on outreach.received (workspace_id, contact_point_id, at)
  include (has_left, channel, weight, priority, message_id);
create index received_at_ix on outreach.received (workspace_id, at) include (contact_point_id, weight, has_left);

-- What campaigns mean to send: of greater priority it takes its place before it is written.
create table outreach.plan (
  workspace_id uuid not null,
  plan_id uuid not null,
  campaign_id uuid not null,
  contact_point_id uuid not null,
  author_id uuid not null,
  planned_at timestamptz not null,
  channel text not null,
  weight smallint not null,
  priority smallint not null,
  constraint plan_pk primary key (workspace_id, plan_id),
  constraint plan_weight_ck check (weight between 0 and 10)
);
create index plan_point_ix on outreach.plan (workspace_id, contact_point_id, planned_at) include (plan_id, channel, weight, priority);
create index plan_campaign_ix on outreach.plan (workspace_id, campaign_id);

-- Locked in the order of ids while somebody takes a place of those who bear these contact points.
create table outreach.turn (
  workspace_id uuid not null,
  contact_point_id uuid not null,
  constraint turn_pk primary key (workspace_id, contact_point_id)
);

-- By which profile a contact point is counted, where somebody above has said so (a segment, say).
create table outreach.profile_of (
  workspace_id uuid not null,
  contact_point_id uuid not null,
  profile text not null,
  constraint profile_of_pk primary key (workspace_id, contact_point_id)
);
create index profile_of_profile_ix on outreach.profile_of (workspace_id, profile);

-- When somebody last called a message of ours unwanted.
create table outreach.complaint (
  workspace_id uuid not null,
  contact_point_id uuid not null,
  at timestamptz not null default now(),
  -- Which message: reported again it is the same complaint.
  message_id uuid,
  constraint complaint_pk primary key (workspace_id, contact_point_id)
);
insert into outreach.complaint (workspace_id, contact_point_id, at)
  select workspace_id, contact_point_id, consent_since from cards.contact_point
  where consent_evidence like 'complaint %' and consent_since is not null;

-- How many left for a domain in an hour, or from a mailbox in a day (UTC), as ids made of their names. Counted on beyond the most, so that those who
-- wait spread over what comes after.
create table outreach.flow (
  workspace_id uuid not null,
  flow_id uuid not null,
  begins_at timestamptz not null,
  count int not null default 0,
  constraint flow_pk primary key (workspace_id, flow_id, begins_at)
);

do $$
declare t text;
begin
  foreach t in array array['rules', 'received', 'plan', 'turn', 'profile_of', 'complaint', 'flow'] loop
    execute format('alter table outreach.%I owner to entregent_keeper', t);
    execute format('alter table outreach.%I enable row level security', t);
    execute format($p$create policy of_workspace on outreach.%I for select to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and current_setting('app.role', true) is distinct from 'app')$p$, t);
  end loop;
  foreach t in array array['received', 'plan'] loop
    execute format($p$create policy by_author on outreach.%I to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and author_id = nullif(current_setting('app.member', true), '')::uuid)$p$, t);
  end loop;
  foreach t in array array['turn', 'flow'] loop
    execute format($p$create policy by_workspace on outreach.%I to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and current_setting('app.role', true) is distinct from 'app')$p$, t);
  end loop;
end $$;
create policy by_admin on outreach.rules to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin');

grant select, insert, update on outreach.rules to entregent_member;
grant select (workspace_id, message_id, contact_point_id, at, has_left, channel, weight, priority) on outreach.received to entregent_member;
grant insert on outreach.received to entregent_member;
grant update (at, has_left) on outreach.received to entregent_member;
grant select (workspace_id, plan_id, campaign_id, contact_point_id, planned_at, channel, weight, priority) on outreach.plan to entregent_member;
grant insert, delete on outreach.plan to entregent_member;
grant select, insert, update on outreach.turn, outreach.flow to entregent_member;
grant select on outreach.profile_of, outreach.complaint to entregent_member;
-- Why a message waits stands beside until when.
grant update (reasons) on outreach.message to entregent_member;

-- What left before counts, too; what has not is weighed when it leaves.
insert into outreach.received (workspace_id, message_id, contact_point_id, author_id, at, has_left, channel, weight, priority)
  select workspace_id, message_id, contact_point_id, author_id, coalesce(sending_at, next_at), state <> 'queued', 'email', w.weight, w.weight
  from outreach.message
  cross join lateral (select case purpose when 'prospecting' then 3 when 'newsletter' then 2 when 'invitation' then 2 when 'recruiting' then 2
    when 'survey' then 1 else 0 end::smallint as weight) w
  where kind = 'contact' and state in ('queued', 'sending', 'sent', 'in_doubt');
update outreach.message m set weight = r.weight, priority = r.priority from outreach.received r
  where r.workspace_id = m.workspace_id and r.message_id = m.message_id and r.weight > 0;

create index correspondent_point_ix on correspondents.correspondent (workspace_id, contact_point_id) where last_received_at is not null;

-- What is known across the company of those who bear these contact points and cards: yes or no, and nothing of what was said, by whom, to whom.
-- Asked only of what the asker sees.
--   ever, lately: something came from them, ever and within so many months (a mail, an answer, an order, a visit to us; opening a mail is none)
--   customer: they bought something within these months
--   waits: they wrote something dissatisfied that we have not answered, or a ticket of theirs is open
create function outreach.know(subjects uuid[], months int) returns table (subject_id uuid, ever boolean, lately boolean, customer boolean, waits boolean)
  language plpgsql stable security definer set search_path = pg_catalog
as $$
declare
  workspace uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  since timestamptz := now() - make_interval(months => months);
  heard int[];
  bought int[];
  ticket int;
begin
  if workspace is null or current_setting('app.role', true) = 'app' then
    return;
  end if;
  select array_agg(kind_no) filter (where key in ('visit', 'order', 'ticket', 'attendance', 'click', 'till', 'download', 'app_event', 'form', 'survey')),
    array_agg(kind_no) filter (where key in ('order', 'till')), min(kind_no) filter (where key = 'ticket')
    into heard, bought, ticket
  from facts.kind where workspace_id = workspace and kind_no < 64;
  return query
    select s.id, v.heard_at is not null, coalesce(v.heard_at > since, false),
      coalesce(f.bought_at > since, false) or coalesce(a.bought_at > since, false),
      coalesce(c.waits, false) or coalesce(f.open_ticket, false) or coalesce(a.opened_at > coalesce(a.closed_at, '-infinity'), false)
    from unnest(subjects) s (id)
    left join lateral (
      select max(c.last_in_at) as heard_at, bool_or(c.waiting_since is not null and c.status in ('open', 'pending', 'snoozed')
        and exists (select from voices.reading r where r.workspace_id = workspace and r.conversation_id = c.conversation_id
          and r.tone = 'negative' and r.sent_at >= c.waiting_since)) as waits
      from conversations.conversation c where c.workspace_id = workspace and c.contact_point_id = s.id and c.erased_at is null) c on true
    left join lateral (
      select max(m.last_received_at) as heard_at from correspondents.correspondent m
      where m.workspace_id = workspace and m.contact_point_id = s.id and m.last_received_at is not null) m on true
    left join lateral (
      select max(f.at) filter (where f.kind_no = any(heard)) as heard_at, max(f.at) filter (where f.kind_no = any(bought)) as bought_at,
        -- A ticket whose last word is none of an end, within a quarter: without one it is forgotten rather than open.
        exists (select from (select distinct on (t.props ->> 'number') t.props ->> 'status' as status, t.at from facts.fact t
            where t.workspace_id = workspace and t.subject_id = s.id and t.kind_no = ticket
            order by t.props ->> 'number', t.at desc, t.fact_id desc) last
          where last.at > now() - interval '90 days'
            and lower(coalesce(last.status, '')) !~ '(clos|solv|done|clotur|clôtur|ferm|résol|resol|termin|annul|cancel)') as open_ticket
      from facts.fact f where f.workspace_id = workspace and f.subject_id = s.id and f.at <= now()) f on true
    left join lateral (
      select max(a.at) filter (where a.kind in ('replied', 'bought', 'attended', 'registered', 'subscribed', 'opened_ticket')) as heard_at,
        max(a.at) filter (where a.kind = 'bought') as bought_at, max(a.at) filter (where a.kind = 'opened_ticket') as opened_at,
        max(a.at) filter (where a.kind = 'closed_ticket') as closed_at
      from cards.fact a where a.workspace_id = workspace and a.card_id = s.id) a on true
    cross join lateral (select greatest(c.heard_at, m.heard_at, f.heard_at, a.heard_at) as heard_at) v;
end $$;
alter function outreach.know(uuid[], int) owner to entregent_keeper;
revoke all on function outreach.know(uuid[], int) from public;
grant execute on function outreach.know(uuid[], int) to entregent_member;
