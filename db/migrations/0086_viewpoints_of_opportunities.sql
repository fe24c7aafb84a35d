-- A viewpoint of a person in one opportunity, beside the general one.

alter table cards.viewpoint add column opportunity_id uuid;
-- As of its opportunity: who does not see that does not see the viewpoint.
alter table cards.viewpoint add column opportunity_owner_id uuid;
alter table cards.viewpoint add column opportunity_audience_id uuid;
alter table cards.viewpoint add constraint viewpoint_opportunity_ck check ((opportunity_id is null) = (opportunity_owner_id is null)
  and (opportunity_id is null) = (opportunity_audience_id is null));
alter table cards.viewpoint add constraint viewpoint_opportunity_fk foreign key (workspace_id, opportunity_id)
  references opportunities.opportunity on delete cascade;
drop index cards.viewpoint_standing_uq;
create unique index viewpoint_standing_uq on cards.viewpoint (workspace_id, card_id, author_id, opportunity_id) nulls not distinct
  where ended_at is null;
create index viewpoint_opportunity_ix on cards.viewpoint (workspace_id, opportunity_id) where opportunity_id is not null;

-- One's own; of others what they share about a card that one may read, in an opportunity that one sees. Programs are told of none.
drop policy of_author_or_shared on cards.viewpoint;
create policy of_author_or_shared on cards.viewpoint for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (author_id = nullif(current_setting('app.member', true), '')::uuid
      or (shared
        and (exposure < 2 or current_setting('app.restoring', true) = 'on')
        and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
          or (exposure = 0
            and (opportunity_id is null or opportunity_owner_id = nullif(current_setting('app.member', true), '')::uuid
              or strpos(current_setting('app.audiences', true), opportunity_audience_id::text) > 0)
            and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)))));
