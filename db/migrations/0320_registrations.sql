-- Events to which anybody registers by a page of ours, and who guests bring along.

alter table events.event
  -- The web form by which anybody registers; null: it never was open to all.
  add column registration_channel_id uuid,
  -- Anybody may register now; false: the page says that it is closed.
  add column registration_open boolean not null default false,
  add constraint event_registration_ck check (not registration_open or registration_channel_id is not null),
  -- Who registers falls into a book of the company's: only what everybody there sees is open to all.
  add constraint event_registration_audience_ck check (registration_channel_id is null or audience_id = workspace_id);
grant update (registration_channel_id, registration_open) on events.event to entregent_member;

-- Who registered themselves has no card before the form's own has been made.
alter table events.guest
  alter column card_id drop not null,
  -- When they confirmed that it was them who registered; null: somebody invited them.
  add column registered_at timestamptz,
  add constraint guest_card_ck check (card_id is not null or registered_at is not null);

-- Who a guest brings along, by the names that the guest gave for the door. No card is made of them; they go a month after the event.
create table events.companion (
  workspace_id uuid not null,
  guest_id uuid not null,
  companion_no smallint not null,
  audience_id uuid not null,
  given text not null,
  family text not null,
  attended_at timestamptz,
  -- When and by whom it was last said at the door whether they are there: the last word holds.
  door_at timestamptz,
  let_in_by uuid,
  constraint companion_pk primary key (workspace_id, guest_id, companion_no),
  constraint companion_guest_fk foreign key (workspace_id, guest_id) references events.guest on delete cascade,
  constraint companion_no_ck check (companion_no between 1 and 10)
);
alter table events.companion owner to entregent_keeper;
alter table events.companion enable row level security;
create policy of_audience on events.companion for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0);
create policy by_audience on events.companion to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0)
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0);
grant select, delete on events.companion to entregent_member;
grant update (attended_at, door_at, let_in_by) on events.companion to entregent_member;

-- What was sent by such a page registers for this event once it is confirmed.
alter table forms.submission add column event_id uuid;
