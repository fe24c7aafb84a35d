-- Who writes a note on a card that they read sees it there, also where the holder keeps notes to themselves.
create policy of_author_reads on cards.note for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and author_id = nullif(current_setting('app.member', true), '')::uuid
    and exposure = 0
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1);
