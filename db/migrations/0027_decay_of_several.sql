-- The share of values lost is told only where it is nobody's in particular: of many values, on the cards of several holders. The night's count
-- fills the table anew.
delete from cards.decay;
alter table cards.decay add column holders int not null default 0;
alter table cards.decay alter column holders drop default;
drop policy of_workspace on cards.decay;
create policy of_workspace on cards.decay for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and years >= 500 and holders >= 5);
