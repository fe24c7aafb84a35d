-- What members are told about conversations.
do $$
declare kinds text[];
begin
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) into kinds
  from pg_constraint c where c.conname = 'notice_kind_ck' and c.conrelid = 'notices.notice'::regclass;
  alter table notices.notice drop constraint notice_kind_ck;
  kinds := kinds || array['conversation_assigned', 'mentioned'];
  execute format('alter table notices.notice add constraint notice_kind_ck check (kind in (%s))',
    (select string_agg(quote_literal(k), ', ') from unnest(kinds) k));
end $$;
