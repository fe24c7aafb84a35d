-- What is sent again by hand is told to the holders again.
grant update (told) on distribution.delivery to entregent_member;
-- The log and what is counted, by state.
create index delivery_state_ix on distribution.delivery (workspace_id, endpoint_id, state, last_at desc, delivery_id) where last_at is not null;
