-- Of whom an endpoint was told is looked through again only where something changed for it, by one at a time.
alter table distribution.endpoint
  -- What its grantee reached when it was looked last (a hash), and how far the books had changed: {book_no: change_no}.
  add column looked_reach text,
  add column looked_marks jsonb not null default '{}',
  add column looked_at timestamptz,
  -- When all of them were looked at last.
  add column looked_whole_at timestamptz,
  -- Somebody is at it until then, at most.
  add column looking_until timestamptz;
create index known_since_ix on distribution.known (workspace_id, endpoint_id, since);
