-- A destination that was made with an API key ends with the key.
alter table destinations.destination
  add column key_id uuid,
  -- When the key ends, or ended.
  add column key_ends_at timestamptz;

-- The seal that holds an entry, in the audit as a file.
create index seal_range_ix on audit.seal (workspace_id, from_id);
-- What is held of a person is found by these, in an erasure and in an answer.
create index message_card_ix on outreach.message (workspace_id, card_id) where card_id is not null;
create index guest_contact_ix on events.guest (workspace_id, contact_point_id);
create index journey_point_ix on scenarios.journey (workspace_id, contact_point_id) where contact_point_id is not null;
create index effect_journey_ix on scenarios.effect (workspace_id, journey_id);
create index answer_point_ix on surveys.answer (workspace_id, contact_point_id) where contact_point_id is not null;
create index invitation_point_ix on surveys.invitation (workspace_id, contact_point_id) where contact_point_id is not null;
create index attendee_point_ix on correspondents.attendee (workspace_id, contact_point_id);
create index pair_a_ix on correspondents.pair (workspace_id, point_a);
create index pair_b_ix on correspondents.pair (workspace_id, point_b);
create index recipient_person_ix on campaigns.recipient (workspace_id, card_id);
create index recipient_contact_ix on campaigns.recipient (workspace_id, contact_point_id) where contact_point_id is not null;
