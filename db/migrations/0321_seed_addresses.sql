-- Copies of a campaign to addresses that are no member's.

alter table campaigns.sending
  -- As they were typed and normalised; no card is made of them, and they are counted nowhere.
  add column seed_addresses text[] not null default '{}',
  add constraint sending_seed_addresses_ck check (cardinality(seed_addresses) <= 20);
grant update (seed_addresses) on campaigns.sending to entregent_member;
