-- What a program makes with an API key that goes on by itself ends with the key.
alter table distribution.endpoint
  add column key_id uuid,
  -- When the key ends, or ended.
  add column key_ends_at timestamptz;
grant select (key_id, key_ends_at) on distribution.endpoint to entregent_member;
