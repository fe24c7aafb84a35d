create policy planted on cards.card for select to entregent_member
  using (workspace_id = current_setting('app.workspace')::uuid and book_no in (select book_no from delegation.book));
