-- Voices that come from elsewhere than a conversation: answers to surveys, interviews about deals, ideas and votes of a community. What was said
-- stands with whom it is shown to; read as a message is.

create table voices.elsewhere (
  workspace_id uuid not null,
  -- Where it was said: a module's word for it; what it is about (a survey, a deal, an idea), and which saying it is, once.
  origin text not null,
  item_id uuid not null,
  origin_id uuid not null,
  -- Null: nobody knows, or is to know, who it was.
  contact_point_id uuid,
  -- Who sees it: the workspace, a team, or a member.
  audience_id uuid not null,
  said_on date not null,
  text text not null,
  language text not null,
  tone text not null,
  -- What the deal is worth that it was said about, in hundredths of the currency.
  value_cents bigint,
  currency text,
  constraint elsewhere_pk primary key (workspace_id, origin, item_id),
  constraint elsewhere_tone_ck check (tone in ('negative', 'neutral', 'positive'))
);
create index elsewhere_origin_ix on voices.elsewhere (workspace_id, origin, origin_id);

-- A row for each topic; of what fits none, a single row with the id that is all zeros.
create table voices.elsewhere_topic (
  workspace_id uuid not null,
  origin text not null,
  item_id uuid not null,
  topic_id uuid not null,
  origin_id uuid not null,
  contact_point_id uuid,
  audience_id uuid not null,
  said_on date not null,
  tone text not null,
  confidence double precision not null,
  why text[] not null,
  constraint elsewhere_topic_pk primary key (workspace_id, origin, item_id, topic_id),
  constraint elsewhere_topic_item_fk foreign key (workspace_id, origin, item_id) references voices.elsewhere on delete cascade
);
create index elsewhere_topic_ix on voices.elsewhere_topic (workspace_id, topic_id, said_on desc);

do $$
declare t text;
begin
  foreach t in array array['elsewhere', 'elsewhere_topic'] loop
    execute format('alter table voices.%I owner to entregent_keeper', t);
    execute format('alter table voices.%I enable row level security', t);
    execute format($policy$
      create policy of_audience on voices.%I for select to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app'
          and strpos(current_setting('app.audiences', true), audience_id::text) > 0)$policy$, t);
    execute format('grant select on voices.%I to entregent_member', t);
  end loop;
end $$;
