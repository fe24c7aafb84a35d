-- Whom an invitation was for stands in its link, where an erasure can empty it, and not in the audit: those who oversee read it there.
create policy for_overseers on identity.link for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and purpose = 'invitation'
    and current_setting('app.role', true) = 'auditor');
