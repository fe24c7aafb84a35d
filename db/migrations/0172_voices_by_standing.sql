-- Voices are counted by who speaks, too: read by who tends the channel, as what they are counted from.
create policy of_channel on voices.voice for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1);
grant select on voices.voice to entregent_member;
