-- Written by tools/schema.ts from the migrated schema; do not edit. For reading: databases are made by the migrations.

adoption.house
  workspace_id uuid not null
  all_open boolean not null
  open text[] not null default ('{}'::text[])
  changed_at timestamp with time zone not null default (now())
  constraint house_pk PRIMARY KEY (workspace_id)
  constraint house_workspace_fk FOREIGN KEY (workspace_id) REFERENCES identity.workspace(workspace_id) ON DELETE CASCADE
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

adoption.lesson
  workspace_id uuid not null
  lesson_id uuid not null
  lot_id uuid not null
  text text not null
  author_id uuid not null
  at timestamp with time zone not null default (now())
  constraint lesson_author_fk FOREIGN KEY (workspace_id, author_id) REFERENCES identity.member(workspace_id, member_id)
  constraint lesson_lot_fk FOREIGN KEY (workspace_id, lot_id) REFERENCES adoption.lot(workspace_id, lot_id) ON DELETE CASCADE
  constraint lesson_pk PRIMARY KEY (workspace_id, lesson_id)
  CREATE INDEX lesson_lot_ix ON adoption.lesson USING btree (workspace_id, lot_id, at DESC)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

adoption.lot
  workspace_id uuid not null
  lot_id uuid not null
  name text not null
  starts_on date not null
  state text not null default ('planned'::text)
  team_ids uuid[] not null
  sources text not null default (''::text)
  parts text[] not null
  goal text not null default (''::text)
  version integer not null default (1)
  changed_at timestamp with time zone not null default (now())
  created_at timestamp with time zone not null default (now())
  removed_at timestamp with time zone
  constraint lot_parts_ck CHECK ((cardinality(parts) <= 20))
  constraint lot_pk PRIMARY KEY (workspace_id, lot_id)
  constraint lot_state_ck CHECK ((state = ANY (ARRAY['planned'::text, 'running'::text, 'done'::text])))
  constraint lot_teams_ck CHECK (((cardinality(team_ids) >= 1) AND (cardinality(team_ids) <= 50)))
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

attributes.access
  workspace_id uuid not null
  attribute_id uuid not null
  audience_kind text not null
  audience_id uuid not null
  writes boolean not null
  constraint access_attribute_fk FOREIGN KEY (workspace_id, attribute_id) REFERENCES attributes.attribute(workspace_id, attribute_id) ON DELETE CASCADE
  constraint access_kind_ck CHECK ((audience_kind = ANY (ARRAY['workspace'::text, 'team'::text, 'member'::text])))
  constraint access_pk PRIMARY KEY (workspace_id, attribute_id, audience_id)
  CREATE INDEX access_audience_ix ON attributes.access USING btree (workspace_id, audience_id, attribute_id)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

attributes.attribute
  workspace_id uuid not null
  attribute_id uuid not null
  attribute_no integer not null
  key text not null
  name text not null
  meaning text not null
  type text not null
  unit text
  choices jsonb not null default ('[]'::jsonb)
  many boolean not null default (false)
  bounds jsonb not null default ('{}'::jsonb)
  sensitivity text not null
  purpose text not null
  basis text not null
  special_basis text
  months integer not null
  version integer not null default (1)
  created_by uuid not null
  created_at timestamp with time zone not null default (now())
  changed_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  constraint attribute_basis_ck CHECK ((basis = ANY (ARRAY['consent'::text, 'contract'::text, 'legal_obligation'::text, 'vital_interests'::text, 'public_task'::text, 'legitimate_interests'::text])))
  constraint attribute_key_ck CHECK (((key ~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$'::text) AND (length(key) <= 40)))
  constraint attribute_months_ck CHECK (((months >= 1) AND (months <= 120)))
  constraint attribute_no_uq UNIQUE (workspace_id, attribute_no)
  constraint attribute_pk PRIMARY KEY (workspace_id, attribute_id)
  constraint attribute_sensitivity_ck CHECK ((sensitivity = ANY (ARRAY['ordinary'::text, 'confidential'::text, 'special'::text])))
  constraint attribute_special_basis_ck CHECK ((special_basis = ANY (ARRAY['explicit_consent'::text, 'employment'::text, 'vital_interests'::text, 'association'::text, 'made_public'::text, 'legal_claims'::text, 'public_interest'::text, 'health'::text, 'public_health'::text, 'archiving'::text])))
  constraint attribute_special_ck CHECK (((sensitivity = 'special'::text) = (special_basis IS NOT NULL)))
  constraint attribute_type_ck CHECK ((type = ANY (ARRAY['text'::text, 'number'::text, 'boolean'::text, 'date'::text, 'choice'::text])))
  CREATE UNIQUE INDEX attribute_key_uq ON attributes.attribute USING btree (workspace_id, key) WHERE (ended_at IS NULL)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

attributes.use
  workspace_id uuid not null
  attribute_id uuid not null
  kind text not null
  used_by uuid not null
  constraint use_attribute_fk FOREIGN KEY (workspace_id, attribute_id) REFERENCES attributes.attribute(workspace_id, attribute_id) ON DELETE CASCADE
  constraint use_pk PRIMARY KEY (workspace_id, attribute_id, kind, used_by)
  CREATE INDEX use_user_ix ON attributes.use USING btree (workspace_id, kind, used_by)
  policy by_user for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

attributes.value
  workspace_id uuid not null
  subject_id uuid not null
  attribute_no integer not null
  book_no integer
  exposure smallint
  value jsonb not null
  text text
  number numeric
  day date
  origin text not null
  said_by uuid not null
  at timestamp with time zone not null default (now())
  constraint value_card_ck CHECK (((book_no IS NULL) = (exposure IS NULL)))
  constraint value_origin_ck CHECK ((origin = ANY (ARRAY['form'::text, 'self_update'::text, 'member'::text, 'api'::text, 'import'::text])))
  constraint value_pk PRIMARY KEY (workspace_id, subject_id, attribute_no)
  constraint value_text_ck CHECK ((length(text) <= 500))
  CREATE INDEX value_at_ix ON attributes.value USING btree (workspace_id, attribute_no, at)
  CREATE INDEX value_day_ix ON attributes.value USING btree (workspace_id, attribute_no, day, subject_id) WHERE (day IS NOT NULL)
  CREATE INDEX value_number_ix ON attributes.value USING btree (workspace_id, attribute_no, number, subject_id) WHERE (number IS NOT NULL)
  CREATE INDEX value_text_ix ON attributes.value USING btree (workspace_id, attribute_no, text, subject_id) WHERE (text IS NOT NULL)
  policy delete_by_writer for delete to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (get_bit((NULLIF(current_setting('app.attributes_written'::text, true), ''::text))::bytea, (attribute_no)::bigint) = 1) AND (book_no IS NOT NULL) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy follow_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.following'::text, true) = 'on'::text) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.following'::text, true) = 'on'::text))
  policy insert_by_writer for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (get_bit((NULLIF(current_setting('app.attributes_written'::text, true), ''::text))::bytea, (attribute_no)::bigint) = 1) AND ((book_no IS NULL) OR (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1)) AND (said_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_reader for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (get_bit((NULLIF(current_setting('app.attributes'::text, true), ''::text))::bytea, (attribute_no)::bigint) = 1) AND ((book_no IS NULL) OR (((exposure < 2) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))))
  policy seen_to_follow for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.following'::text, true) = 'on'::text) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy update_by_writer for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (get_bit((NULLIF(current_setting('app.attributes_written'::text, true), ''::text))::bytea, (attribute_no)::bigint) = 1) AND ((book_no IS NULL) OR (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

audit.seal
  workspace_id uuid not null
  seal_no integer not null
  from_id uuid not null
  until_id uuid not null
  entries integer not null
  entries_digest bytea not null
  uses integer not null
  uses_digest bytea not null
  mac bytea not null
  sealed_at timestamp with time zone not null
  constraint seal_count_ck CHECK (((entries + uses) > 0))
  constraint seal_pk PRIMARY KEY (workspace_id, seal_no)
  constraint seal_range_ck CHECK ((from_id < until_id))
  CREATE INDEX seal_range_ix ON audit.seal USING btree (workspace_id, from_id)
  policy of_overseer for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'auditor'::text])))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

audit.verification
  workspace_id uuid not null
  verification_id uuid not null
  at timestamp with time zone not null default (now())
  seals integer not null
  entries integer not null
  uses integer not null
  breaks jsonb not null
  constraint verification_pk PRIMARY KEY (workspace_id, verification_id)
  policy of_overseer for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'auditor'::text])))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

bi."row"
  workspace_id uuid not null
  access_id uuid not null
  row_id uuid not null
  organization boolean not null
  book_nos integer[] not null
  book_masks integer[] not null
  constraint row_access_fk FOREIGN KEY (workspace_id, access_id) REFERENCES bi.access(workspace_id, access_id) ON DELETE CASCADE
  constraint row_pk PRIMARY KEY (workspace_id, access_id, row_id)
  policy delete_by_holder for delete to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND delegation.holds_any(book_nos))
  policy read_by_holder for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND delegation.holds_any(book_nos))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, select to entregent_member

bi.access
  workspace_id uuid not null
  access_id uuid not null
  name text not null
  grantee_kind text not null
  grantee_id uuid not null
  short text not null
  created_by uuid not null
  created_at timestamp with time zone not null default (now())
  password_at timestamp with time zone not null default (now())
  ends_at timestamp with time zone not null
  ended_at timestamp with time zone
  grants_no bigint not null default (0)
  made_of text
  filled_at timestamp with time zone
  row_count integer not null default (0)
  constraint access_grantee_ck CHECK ((grantee_kind = ANY (ARRAY['member'::text, 'team'::text, 'process'::text])))
  constraint access_member_fk FOREIGN KEY (workspace_id, created_by) REFERENCES identity.member(workspace_id, member_id)
  constraint access_pk PRIMARY KEY (workspace_id, access_id)
  constraint access_short_ck CHECK ((short ~ '^[a-z0-9]{12}$'::text))
  constraint access_short_uq UNIQUE (workspace_id, short)
  policy of_workspace for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

campaigns.recipient
  workspace_id uuid not null
  campaign_id uuid not null
  recipient_id uuid not null
  author_id uuid not null
  card_id uuid not null
  lot integer not null default (0)
  state text not null default ('waiting'::text)
  reasons text[] not null default ('{}'::text[])
  contact_point_id uuid
  message_id uuid
  variant_no integer
  not_before timestamp with time zone
  constraint recipient_card_uq UNIQUE (workspace_id, campaign_id, card_id)
  constraint recipient_pk PRIMARY KEY (workspace_id, campaign_id, recipient_id)
  constraint recipient_point_uq UNIQUE (workspace_id, campaign_id, contact_point_id)
  constraint recipient_sending_fk FOREIGN KEY (workspace_id, campaign_id) REFERENCES campaigns.sending(workspace_id, campaign_id) ON DELETE CASCADE
  constraint recipient_state_ck CHECK ((state = ANY (ARRAY['waiting'::text, 'written'::text, 'refused'::text, 'aside'::text, 'stopped'::text, 'held'::text])))
  constraint recipient_written_ck CHECK ((((state = 'written'::text) = (message_id IS NOT NULL)) AND ((state = 'written'::text) = (contact_point_id IS NOT NULL))))
  CREATE INDEX recipient_contact_ix ON campaigns.recipient USING btree (workspace_id, contact_point_id) WHERE (contact_point_id IS NOT NULL)
  CREATE INDEX recipient_dealt_ix ON campaigns.recipient USING btree (workspace_id, campaign_id, lot, recipient_id) WHERE ((state = 'waiting'::text) AND (variant_no IS NOT NULL))
  CREATE INDEX recipient_message_ix ON campaigns.recipient USING btree (workspace_id, message_id) WHERE (message_id IS NOT NULL)
  CREATE INDEX recipient_person_ix ON campaigns.recipient USING btree (workspace_id, card_id)
  CREATE INDEX recipient_state_ix ON campaigns.recipient USING btree (workspace_id, campaign_id, state, lot, recipient_id)
  policy of_author for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

campaigns.sending
  workspace_id uuid not null
  campaign_id uuid not null
  content_id uuid not null
  sender_id uuid not null
  seed_ids uuid[] not null default ('{}'::uuid[])
  per_hour integer
  lots integer not null default (1)
  over_hours integer not null default (0)
  state text not null default ('draft'::text)
  problem text
  approved_content_id uuid
  approved_version integer
  approved_segment_id uuid
  approved_sender_id uuid
  approved_purpose text
  gathered boolean not null default (false)
  starts_at timestamp with time zone
  started_at timestamp with time zone
  ended_at timestamp with time zone
  chain uuid
  beat_at timestamp with time zone not null default (now())
  paced_until timestamp with time zone
  estimate jsonb
  edition integer not null default (1)
  changed_by uuid not null
  created_at timestamp with time zone not null default (now())
  holdout integer not null default (0)
  watch_days integer not null default (30)
  test_share integer not null default (100)
  aim text not null default ('wrote'::text)
  chosen_no integer
  chosen_by uuid
  chosen_at timestamp with time zone
  choice_task_id uuid
  approved_variants jsonb not null default ('[]'::jsonb)
  way text not null default ('email'::text)
  approved_filter text
  planned_after uuid
  agreed_ids uuid[] not null default ('{}'::uuid[])
  seed_addresses text[] not null default ('{}'::text[])
  constraint sending_aim_ck CHECK ((aim = ANY (ARRAY['wrote'::text, 'attended'::text, 'answered'::text, 'bought'::text, 'replied'::text, 'clicked'::text])))
  constraint sending_campaign_fk FOREIGN KEY (workspace_id, campaign_id) REFERENCES plan.campaign(workspace_id, campaign_id)
  constraint sending_chosen_ck CHECK ((((chosen_no IS NULL) = (chosen_by IS NULL)) AND ((chosen_no IS NULL) = (chosen_at IS NULL))))
  constraint sending_holdout_ck CHECK (((holdout >= 0) AND (holdout <= 50)))
  constraint sending_pace_ck CHECK (((per_hour > 0) AND ((lots >= 1) AND (lots <= 100)) AND ((over_hours >= 0) AND (over_hours <= 720))))
  constraint sending_pk PRIMARY KEY (workspace_id, campaign_id)
  constraint sending_seed_addresses_ck CHECK ((cardinality(seed_addresses) <= 20))
  constraint sending_sender_fk FOREIGN KEY (workspace_id, sender_id) REFERENCES identity.member(workspace_id, member_id)
  constraint sending_state_ck CHECK ((state = ANY (ARRAY['draft'::text, 'scheduled'::text, 'gathering'::text, 'sending'::text, 'paused'::text, 'stopped'::text, 'done'::text])))
  constraint sending_test_ck CHECK (((test_share >= 5) AND (test_share <= 100)))
  constraint sending_watch_ck CHECK (((watch_days >= 1) AND (watch_days <= 365)))
  constraint sending_way_ck CHECK ((way = ANY (ARRAY['email'::text, 'sms'::text, 'whatsapp'::text, 'letter'::text])))
  CREATE INDEX sending_content_ix ON campaigns.sending USING btree (workspace_id, content_id)
  policy of_workspace for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

campaigns.variant
  workspace_id uuid not null
  campaign_id uuid not null
  variant_no integer not null
  content_id uuid not null
  share integer not null
  constraint variant_content_uq UNIQUE (workspace_id, campaign_id, content_id)
  constraint variant_no_ck CHECK (((variant_no >= 2) AND (variant_no <= 4)))
  constraint variant_pk PRIMARY KEY (workspace_id, campaign_id, variant_no)
  constraint variant_sending_fk FOREIGN KEY (workspace_id, campaign_id) REFERENCES campaigns.sending(workspace_id, campaign_id) ON DELETE CASCADE
  constraint variant_share_ck CHECK (((share >= 1) AND (share <= 98)))
  CREATE INDEX variant_content_ix ON campaigns.variant USING btree (workspace_id, content_id)
  policy of_workspace for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

cards.acquaintance
  workspace_id uuid not null
  card_id uuid not null
  shared boolean not null
  member_id uuid not null
  book_no integer not null
  exposure smallint not null
  strength smallint not null
  grounds text[] not null
  hidden boolean not null default (false)
  weighed_at timestamp with time zone not null default (now())
  constraint acquaintance_pk PRIMARY KEY (workspace_id, card_id, shared)
  constraint acquaintance_strength_ck CHECK (((strength >= 0) AND (strength <= 100)))
  CREATE INDEX acquaintance_member_ix ON cards.acquaintance USING btree (workspace_id, member_id, strength DESC, card_id)
  policy by_holder for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy delete_by_member for delete to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_member_or_shared for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (shared AND (exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

cards.card
  workspace_id uuid not null
  card_id uuid not null
  book_no integer not null
  exposure smallint not null default (0)
  source_id uuid not null
  source_key text not null
  uid text
  resource_name text
  kind text not null
  cluster_id uuid not null
  change_no bigint not null
  import_id uuid
  content_hash bytea not null
  created_at timestamp with time zone not null
  created_by uuid
  seen_at timestamp with time zone not null
  ended_at timestamp with time zone
  removed_at timestamp with time zone
  purge_at timestamp with time zone
  exposure_before smallint
  archived_at timestamp with time zone
  archived_for text[]
  kept_at timestamp with time zone
  removed_for uuid
  removal_id uuid
  held_at timestamp with time zone
  constraint card_archived_ck CHECK (((exposure = 3) = (archived_at IS NOT NULL)))
  constraint card_exposure_ck CHECK (((exposure >= 0) AND (exposure <= 3)))
  constraint card_kind_ck CHECK ((kind = ANY (ARRAY['person'::text, 'organization'::text])))
  constraint card_pk PRIMARY KEY (workspace_id, card_id)
  CREATE INDEX card_archived_ix ON cards.card USING btree (workspace_id, book_no, archived_at DESC, card_id) WHERE (exposure = 3)
  CREATE INDEX card_book_ix ON cards.card USING btree (workspace_id, book_no, change_no)
  CREATE INDEX card_cluster_ix ON cards.card USING btree (workspace_id, cluster_id)
  CREATE INDEX card_import_ix ON cards.card USING btree (workspace_id, import_id) WHERE (import_id IS NOT NULL)
  CREATE INDEX card_removal_ix ON cards.card USING btree (workspace_id, removal_id) WHERE (removal_id IS NOT NULL)
  CREATE INDEX card_removed_for_ix ON cards.card USING btree (workspace_id, removed_for) WHERE (removed_for IS NOT NULL)
  CREATE UNIQUE INDEX card_resource_uq ON cards.card USING btree (workspace_id, book_no, resource_name) WHERE ((resource_name IS NOT NULL) AND (exposure < 2) AND (held_at IS NULL))
  CREATE INDEX card_source_ix ON cards.card USING btree (workspace_id, source_id, card_id)
  CREATE UNIQUE INDEX card_source_key_uq ON cards.card USING btree (workspace_id, source_id, source_key) WHERE (exposure <> 2)
  CREATE INDEX card_uid_ix ON cards.card USING btree (workspace_id, uid) WHERE (resource_name IS NOT NULL)
  policy by_holder for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy delete_by_holder for delete to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy of_reach for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((exposure < 2) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

cards.card_change
  workspace_id uuid not null
  card_id uuid not null
  change_id uuid not null
  change_no bigint not null
  book_no integer not null
  exposure smallint not null
  kind text not null
  member_id uuid
  import_id uuid
  fields text[] not null default ('{}'::text[])
  before jsonb
  at timestamp with time zone not null default (now())
  left_organization text
  accepted_by uuid
  constraint card_change_pk PRIMARY KEY (workspace_id, card_id, change_id)
  CREATE INDEX card_change_import_ix ON cards.card_change USING btree (workspace_id, import_id) WHERE (import_id IS NOT NULL)
  CREATE INDEX card_change_left_ix ON cards.card_change USING btree (workspace_id, left_organization) WHERE (left_organization IS NOT NULL)
  policy by_holder for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy delete_by_holder for delete to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy of_reach for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((exposure < 2) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

cards.card_field
  workspace_id uuid not null
  card_id uuid not null
  no smallint not null
  book_no integer not null
  exposure smallint not null
  class smallint not null
  kind text not null
  value jsonb not null
  contact_point_id uuid
  author_id uuid
  source_value jsonb
  seen_at timestamp with time zone not null
  copied boolean not null default (false)
  constraint card_field_pk PRIMARY KEY (workspace_id, card_id, no)
  CREATE INDEX card_field_birthday_ix ON cards.card_field USING btree (workspace_id, "right"((value ->> 'value'::text), 5)) WHERE (kind = 'birthday'::text)
  CREATE INDEX card_field_category_ix ON cards.card_field USING btree (workspace_id, card_id) WHERE (kind = 'category'::text)
  CREATE INDEX card_field_contact_point_ix ON cards.card_field USING btree (workspace_id, contact_point_id) WHERE (contact_point_id IS NOT NULL)
  policy by_holder for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy delete_by_holder for delete to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy of_reach for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((exposure < 2) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | (class)::integer))::bigint) = 1))))
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

cards.card_original
  workspace_id uuid not null
  card_id uuid not null
  book_no integer not null
  exposure smallint not null
  media_type text not null
  data bytea not null
  change_no bigint
  search text
  constraint card_original_pk PRIMARY KEY (workspace_id, card_id)
  policy by_holder for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy delete_by_holder for delete to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy of_reach for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((exposure < 2) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 20))::bigint) = 1))))
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

cards.consent_statement
  workspace_id uuid not null
  contact_point_id uuid not null
  import_id uuid not null
  consent text not null
  since timestamp with time zone
  evidence text not null
  constraint consent_statement_consent_ck CHECK ((consent = ANY (ARRAY['given'::text, 'objected'::text])))
  constraint consent_statement_pk PRIMARY KEY (workspace_id, contact_point_id, import_id)
  CREATE INDEX consent_statement_import_ix ON cards.consent_statement USING btree (workspace_id, import_id)

cards.contact_point
  workspace_id uuid not null
  contact_point_id uuid not null
  channel text not null
  consent text not null default ('unknown'::text)
  consent_since timestamp with time zone
  consent_evidence text
  health text not null default ('unknown'::text)
  health_since timestamp with time zone
  consent_origin uuid
  consent_purposes text[]
  tracking_since timestamp with time zone
  tracking_evidence text
  constraint contact_point_channel_ck CHECK ((channel = ANY (ARRAY['email'::text, 'phone'::text, 'handle'::text, 'visitor'::text, 'postal'::text])))
  constraint contact_point_consent_ck CHECK ((consent = ANY (ARRAY['unknown'::text, 'given'::text, 'objected'::text])))
  constraint contact_point_health_ck CHECK ((health = ANY (ARRAY['unknown'::text, 'good'::text, 'failing'::text, 'dead'::text])))
  constraint contact_point_pk PRIMARY KEY (workspace_id, contact_point_id)
  CREATE INDEX contact_point_consent_ix ON cards.contact_point USING btree (workspace_id, consent_origin) WHERE (consent_origin IS NOT NULL)
  CREATE INDEX contact_point_dead_ix ON cards.contact_point USING btree (workspace_id, contact_point_id) WHERE (health = 'dead'::text)
  policy of_workspace for all to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

cards.decay
  workspace_id uuid not null
  class smallint not null
  lost integer not null
  years double precision not null
  counted_at timestamp with time zone not null default (now())
  holders integer not null
  constraint decay_pk PRIMARY KEY (workspace_id, class)
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (years >= (500)::double precision) AND (holders >= 5))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

cards.departed
  workspace_id uuid not null
  book_no integer not null
  resource_name text not null
  change_no bigint not null
  constraint departed_pk PRIMARY KEY (workspace_id, book_no, resource_name)
  CREATE INDEX departed_change_ix ON cards.departed USING btree (workspace_id, book_no, change_no)
  policy of_holder for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

cards.device_group
  workspace_id uuid not null
  book_no integer not null
  resource_name text not null
  uid text not null
  octets bytea not null
  change_no bigint not null
  gone boolean not null default (false)
  constraint device_group_pk PRIMARY KEY (workspace_id, book_no, resource_name)
  CREATE INDEX device_group_change_ix ON cards.device_group USING btree (workspace_id, book_no, change_no)
  policy of_holder for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

cards.device_removal
  workspace_id uuid not null
  removal_id uuid not null
  member_id uuid not null
  source_id uuid not null
  book_no integer not null
  book_size integer not null
  card_count integer not null
  began_at timestamp with time zone not null default (now())
  last_at timestamp with time zone not null default (now())
  held_at timestamp with time zone
  decided_at timestamp with time zone
  constraint device_removal_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint device_removal_pk PRIMARY KEY (workspace_id, removal_id)
  CREATE INDEX device_removal_member_ix ON cards.device_removal USING btree (workspace_id, member_id)
  CREATE INDEX device_removal_source_ix ON cards.device_removal USING btree (workspace_id, source_id, book_no, last_at)
  policy of_self for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

cards.entry
  workspace_id uuid not null
  audience_id uuid not null
  person_id uuid not null
  cluster_id uuid not null
  kind text not null
  name text not null
  sort_name text not null
  sort_organization text
  organization text
  title text
  email text
  phone text
  city text
  photo text
  card_count integer not null
  seen_at timestamp with time zone not null
  book_nos integer[] not null
  source_ids uuid[] not null
  search text not null
  book_masks integer[] not null
  subject_ids uuid[] not null default ('{}'::uuid[])
  categories text[] not null default ('{}'::text[])
  constraint entry_pk PRIMARY KEY (workspace_id, audience_id, person_id)
  CREATE INDEX entry_cluster_ix ON cards.entry USING btree (workspace_id, cluster_id)
  CREATE INDEX entry_name_ix ON cards.entry USING btree (workspace_id, audience_id, sort_name, person_id)
  CREATE INDEX entry_organization_ix ON cards.entry USING btree (workspace_id, audience_id, sort_organization, person_id)
  CREATE INDEX entry_search_ix ON cards.entry USING gin (audience_id, search public.gin_trgm_ops, book_nos, source_ids)
  CREATE INDEX entry_seen_ix ON cards.entry USING btree (workspace_id, audience_id, seen_at, person_id)
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND delegation.reaches(book_nos, book_masks))
  policy stale for delete to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND delegation.holds_any(book_nos))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, select to entregent_member

cards.entry_cover
  workspace_id uuid not null
  audience_id uuid not null
  covered_audience_id uuid not null
  covered_person_id uuid not null
  cluster_id uuid not null
  constraint entry_cover_pk PRIMARY KEY (workspace_id, audience_id, covered_audience_id, covered_person_id)
  CREATE INDEX entry_cover_cluster_ix ON cards.entry_cover USING btree (workspace_id, cluster_id)
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

cards.fact
  workspace_id uuid not null
  fact_id uuid not null
  card_id uuid not null
  book_no integer not null
  exposure smallint not null
  app_id uuid not null
  kind text not null
  title text not null
  url text
  amount bigint
  currency text
  at timestamp with time zone not null
  created_at timestamp with time zone not null default (now())
  constraint fact_amount_ck CHECK (((amount IS NULL) = (currency IS NULL)))
  constraint fact_kind_ck CHECK ((kind = ANY (ARRAY['received'::text, 'subscribed'::text, 'unsubscribed'::text, 'opened_ticket'::text, 'closed_ticket'::text, 'bought'::text, 'attended'::text, 'registered'::text, 'replied'::text, 'note'::text])))
  constraint fact_pk PRIMARY KEY (workspace_id, card_id, fact_id)
  constraint fact_url_ck CHECK ((url ~ '^https?://'::text))
  policy by_app for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'app'::text) AND (app_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))
  policy correct_by_app for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (app_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy delete_by_holder for delete to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy of_reach for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((exposure < 2) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

cards.link
  workspace_id uuid not null
  card_a uuid not null
  card_b uuid not null
  book_no_a integer not null
  book_no_b integer not null
  exposure_a smallint not null
  exposure_b smallint not null
  evidence text[] not null
  created_at timestamp with time zone not null default (now())
  asks_a integer[] not null default ('{}'::integer[])
  asks_b integer[] not null default ('{}'::integer[])
  shown bytea
  cut integer[] not null default ('{}'::integer[])
  constraint link_order_ck CHECK ((card_a < card_b))
  constraint link_pk PRIMARY KEY (workspace_id, card_a, card_b)
  CREATE INDEX link_b_ix ON cards.link USING btree (workspace_id, card_b)
  policy insert_by_holder for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (evidence = ARRAY['edited'::text]) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, (((book_no_a & 63) << 5))::bigint) = 1) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, (((book_no_b & 63) << 5))::bigint) = 1) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, ((((book_no_a & 63) << 5) | 31))::bigint) = 1) OR (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, ((((book_no_b & 63) << 5) | 31))::bigint) = 1)))
  policy of_both for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (((exposure_a < 2) AND (exposure_b < 2)) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, ((((book_no_a & 63) << 5) | 31))::bigint) = 1) OR ((exposure_a = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, (((book_no_a & 63) << 5))::bigint) = 1))) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, ((((book_no_b & 63) << 5) | 31))::bigint) = 1) OR ((exposure_b = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, (((book_no_b & 63) << 5))::bigint) = 1))) AND ((shown IS NULL) OR (cards.is_told(book_no_a, asks_a, book_no_b, asks_b, shown) AND ((cut = '{}'::integer[]) OR (NOT cards.is_cut(book_no_a, book_no_b, cut))))))
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, ((((book_no_a & 63) << 5) | 31))::bigint) = 1) OR (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, ((((book_no_b & 63) << 5) | 31))::bigint) = 1)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

cards.map_line
  workspace_id uuid not null
  line_id uuid not null
  map_id uuid not null
  card_a uuid not null
  card_b uuid not null
  book_no_a integer not null
  book_no_b integer not null
  exposure_a smallint not null
  exposure_b smallint not null
  map_author_id uuid not null
  shared boolean not null
  author_id uuid not null
  since_revision integer not null
  until_revision integer
  constraint map_line_pk PRIMARY KEY (workspace_id, line_id)
  constraint map_line_self_ck CHECK ((card_a <> card_b))
  CREATE INDEX map_line_card_a_ix ON cards.map_line USING btree (workspace_id, card_a)
  CREATE INDEX map_line_card_b_ix ON cards.map_line USING btree (workspace_id, card_b)
  CREATE UNIQUE INDEX map_line_standing_uq ON cards.map_line USING btree (workspace_id, map_id, card_a, card_b) WHERE (until_revision IS NULL)
  policy by_reader for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (shared OR (map_author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid)) AND (exposure_a < 2) AND (exposure_b < 2) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, ((((book_no_a & 63) << 5) | 31))::bigint) = 1) OR ((exposure_a = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, (((book_no_a & 63) << 5))::bigint) = 1))) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, ((((book_no_b & 63) << 5) | 31))::bigint) = 1) OR ((exposure_b = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, (((book_no_b & 63) << 5))::bigint) = 1))))
  policy of_map_and_both for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (shared OR (map_author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid)) AND (((exposure_a < 2) AND (exposure_b < 2)) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, ((((book_no_a & 63) << 5) | 31))::bigint) = 1) OR ((exposure_a = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, (((book_no_a & 63) << 5))::bigint) = 1))) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, ((((book_no_b & 63) << 5) | 31))::bigint) = 1) OR ((exposure_b = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, (((book_no_b & 63) << 5))::bigint) = 1))))
  policy update_by_reader for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (shared OR (map_author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, ((((book_no_a & 63) << 5) | 31))::bigint) = 1) OR (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, ((((book_no_b & 63) << 5) | 31))::bigint) = 1)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

cards.map_node
  workspace_id uuid not null
  node_id uuid not null
  map_id uuid not null
  card_id uuid not null
  book_no integer not null
  exposure smallint not null
  map_author_id uuid not null
  shared boolean not null
  author_id uuid not null
  influence smallint
  stance smallint
  left_out boolean not null default (false)
  since_revision integer not null
  until_revision integer
  constraint map_node_pk PRIMARY KEY (workspace_id, node_id)
  constraint map_node_scales_ck CHECK ((((influence >= 1) AND (influence <= 5)) AND ((stance >= '-2'::integer) AND (stance <= 2))))
  CREATE INDEX map_node_card_ix ON cards.map_node USING btree (workspace_id, card_id)
  CREATE UNIQUE INDEX map_node_standing_uq ON cards.map_node USING btree (workspace_id, map_id, card_id) WHERE (until_revision IS NULL)
  policy by_reader for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (shared OR (map_author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid)) AND (exposure < 2) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))
  policy of_map_and_card for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (shared OR (map_author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid)) AND ((exposure < 2) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))
  policy update_by_reader for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (shared OR (map_author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

cards.membership
  workspace_id uuid not null
  membership_id uuid not null
  group_id uuid not null
  card_id uuid not null
  book_no integer not null
  exposure smallint not null
  author_id uuid not null
  shared boolean not null
  role text not null
  since date
  until date
  batch_id uuid not null
  created_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  constraint membership_dates_ck CHECK ((until >= since))
  constraint membership_pk PRIMARY KEY (workspace_id, membership_id)
  constraint membership_role_ck CHECK ((role = ANY (ARRAY['member'::text, 'board'::text, 'chair'::text, 'organiser'::text, 'speaker'::text, 'attendee'::text, 'other'::text])))
  CREATE INDEX membership_group_ix ON cards.membership USING btree (workspace_id, group_id) WHERE (ended_at IS NULL)
  CREATE UNIQUE INDEX membership_standing_uq ON cards.membership USING btree (workspace_id, card_id, group_id, author_id) WHERE (ended_at IS NULL)
  policy by_reader for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (exposure < 2) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))
  policy of_author_or_shared for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (shared AND ((exposure < 2) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))))
  policy update_by_author for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

cards.note
  workspace_id uuid not null
  note_id uuid not null
  card_id uuid not null
  book_no integer not null
  exposure smallint not null
  author_id uuid not null
  text text not null
  created_at timestamp with time zone not null default (now())
  constraint note_pk PRIMARY KEY (workspace_id, note_id)
  CREATE INDEX note_card_ix ON cards.note USING btree (workspace_id, card_id)
  policy by_reader for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))
  policy of_author for delete to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_author_reads for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))
  policy of_reach for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((exposure < 2) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 15))::bigint) = 1))))
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

cards.offer
  workspace_id uuid not null
  offer_id uuid not null
  card_id uuid not null
  book_no integer not null
  exposure smallint not null
  author_id uuid not null
  kind text not null
  value jsonb not null
  value_hash bytea not null
  state text not null default ('waiting'::text)
  field_no integer
  replaced jsonb
  created_at timestamp with time zone not null default (now())
  decided_at timestamp with time zone
  constraint offer_accepted_ck CHECK (((state <> 'accepted'::text) OR (field_no IS NOT NULL)))
  constraint offer_pk PRIMARY KEY (workspace_id, offer_id)
  constraint offer_state_ck CHECK ((state = ANY (ARRAY['waiting'::text, 'accepted'::text, 'ignored'::text])))
  CREATE INDEX offer_card_ix ON cards.offer USING btree (workspace_id, card_id)
  CREATE UNIQUE INDEX offer_value_uq ON cards.offer USING btree (workspace_id, card_id, value_hash) WHERE (state <> 'accepted'::text)
  CREATE INDEX offer_waiting_ix ON cards.offer USING btree (workspace_id, book_no, offer_id) WHERE (state = 'waiting'::text)
  policy by_reader for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (exposure = 0) AND (state = 'waiting'::text) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))
  policy of_holder for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((exposure < 2) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

cards.participant
  workspace_id uuid not null
  opportunity_id uuid not null
  card_id uuid not null
  book_no integer not null
  exposure smallint not null
  roles text[] not null
  author_id uuid not null
  added_at timestamp with time zone not null default (now())
  owner_id uuid not null
  audience_id uuid not null
  constraint participant_opportunity_fk FOREIGN KEY (workspace_id, opportunity_id) REFERENCES opportunities.opportunity(workspace_id, opportunity_id) ON DELETE CASCADE
  constraint participant_pk PRIMARY KEY (workspace_id, opportunity_id, card_id)
  constraint participant_roles_ck CHECK ((roles <@ ARRAY['prescriber'::text, 'decider'::text, 'economic_buyer'::text, 'technical_validator'::text, 'user'::text, 'buyer'::text, 'ally'::text, 'opponent'::text, 'gatekeeper'::text, 'assistant'::text]))
  CREATE INDEX participant_card_ix ON cards.participant USING btree (workspace_id, card_id)
  policy by_reader for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (exposure < 2) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))
  policy delete_by_audience for delete to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0)))
  policy of_both for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((exposure < 2) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR (((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0)) AND (exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))
  policy update_by_audience for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0)))
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

cards.person_redirect
  workspace_id uuid not null
  person_id uuid not null
  card_id uuid not null
  constraint person_redirect_pk PRIMARY KEY (workspace_id, person_id)
  policy of_workspace for all to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

cards.postal_progress
  workspace_id uuid not null
  after_id uuid not null default ('00000000-0000-0000-0000-000000000000'::uuid)
  done_at timestamp with time zone
  constraint postal_progress_pk PRIMARY KEY (workspace_id)
  constraint postal_progress_workspace_fk FOREIGN KEY (workspace_id) REFERENCES identity.workspace(workspace_id) ON DELETE CASCADE

cards.power_map
  workspace_id uuid not null
  map_id uuid not null
  subject_kind text not null
  subject_id uuid not null
  card_id uuid not null
  book_no integer not null
  exposure smallint not null
  author_id uuid not null
  shared boolean not null default (false)
  name text not null
  revision integer not null default (0)
  changed_by uuid not null
  changed_at timestamp with time zone not null default (now())
  versions jsonb not null default ('[]'::jsonb)
  created_at timestamp with time zone not null default (now())
  removed_at timestamp with time zone
  constraint power_map_pk PRIMARY KEY (workspace_id, map_id)
  constraint power_map_subject_ck CHECK ((subject_kind = ANY (ARRAY['organization'::text, 'opportunity'::text])))
  CREATE INDEX power_map_card_ix ON cards.power_map USING btree (workspace_id, card_id)
  CREATE INDEX power_map_subject_ix ON cards.power_map USING btree (workspace_id, subject_id)
  policy by_reader for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (exposure < 2) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))
  policy of_author_or_shared for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (shared OR (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid)) AND ((exposure < 2) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy update_by_reader for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (shared OR (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

cards.set_aside
  workspace_id uuid not null
  occasion_id uuid not null
  kind text not null
  card_id uuid not null
  item text not null
  content jsonb not null
  purge_at timestamp with time zone not null
  constraint set_aside_pk PRIMARY KEY (workspace_id, occasion_id, kind, card_id, item)
  CREATE INDEX set_aside_card_ix ON cards.set_aside USING btree (workspace_id, card_id)
  CREATE INDEX set_aside_purge_ix ON cards.set_aside USING btree (workspace_id, purge_at)

cards.suppressed
  workspace_id uuid not null
  suppressed_id uuid not null
  channel text not null
  at timestamp with time zone not null default (now())
  constraint suppressed_channel_ck CHECK ((channel = ANY (ARRAY['email'::text, 'phone'::text, 'source'::text])))
  constraint suppressed_pk PRIMARY KEY (workspace_id, suppressed_id)
  policy of_workspace for select to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

cards.tie
  workspace_id uuid not null
  tie_id uuid not null
  kind text not null
  card_a uuid not null
  card_b uuid not null
  book_no_a integer not null
  book_no_b integer not null
  exposure_a smallint not null
  exposure_b smallint not null
  cluster_a uuid not null
  cluster_b uuid not null
  author_id uuid not null
  declared boolean not null
  shared boolean not null
  strength smallint not null
  seen_at timestamp with time zone not null default (now())
  note text not null default (''::text)
  created_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  constraint tie_kind_ck CHECK ((kind = ANY (ARRAY['works_with'::text, 'reports_to'::text, 'assists'::text, 'introduced_by'::text, 'family'::text, 'board'::text, 'knows'::text, 'met'::text, 'copied'::text])))
  constraint tie_pk PRIMARY KEY (workspace_id, tie_id)
  constraint tie_self_ck CHECK ((card_a <> card_b))
  constraint tie_strength_ck CHECK (((strength >= 0) AND (strength <= 100)))
  CREATE INDEX tie_author_ix ON cards.tie USING btree (workspace_id, author_id, created_at DESC)
  CREATE INDEX tie_card_a_ix ON cards.tie USING btree (workspace_id, card_a)
  CREATE INDEX tie_card_b_ix ON cards.tie USING btree (workspace_id, card_b)
  CREATE INDEX tie_cluster_a_ix ON cards.tie USING btree (workspace_id, cluster_a, strength DESC) WHERE (ended_at IS NULL)
  CREATE INDEX tie_cluster_b_ix ON cards.tie USING btree (workspace_id, cluster_b, strength DESC) WHERE (ended_at IS NULL)
  CREATE UNIQUE INDEX tie_standing_uq ON cards.tie USING btree (workspace_id, card_a, card_b, kind, author_id) WHERE (ended_at IS NULL)
  policy by_reader for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND declared AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (exposure_a < 2) AND (exposure_b < 2) AND (((exposure_a = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, (((book_no_a & 63) << 5))::bigint) = 1)) OR (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, ((((book_no_a & 63) << 5) | 31))::bigint) = 1)) AND (((exposure_b = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, (((book_no_b & 63) << 5))::bigint) = 1)) OR (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, ((((book_no_b & 63) << 5) | 31))::bigint) = 1)))
  policy of_both for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (shared OR (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid)) AND (((exposure_a < 2) AND (exposure_b < 2)) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND (((exposure_a = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, (((book_no_a & 63) << 5))::bigint) = 1)) OR (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, ((((book_no_a & 63) << 5) | 31))::bigint) = 1)) AND (((exposure_b = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, (((book_no_b & 63) << 5))::bigint) = 1)) OR (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, ((((book_no_b & 63) << 5) | 31))::bigint) = 1)))
  policy update_by_author for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, ((((book_no_a & 63) << 5) | 31))::bigint) = 1) OR (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, ((((book_no_b & 63) << 5) | 31))::bigint) = 1)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

cards.trust
  workspace_id uuid not null
  book_id uuid not null
  member_id uuid not null
  said_by uuid not null
  created_at timestamp with time zone not null default (now())
  constraint trust_book_fk FOREIGN KEY (workspace_id, book_id) REFERENCES delegation.book(workspace_id, book_id) ON DELETE CASCADE
  constraint trust_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint trust_pk PRIMARY KEY (workspace_id, book_id, member_id)
  policy of_holder for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (strpos(current_setting('app.own_books'::text, true), (book_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

cards.unsettled
  workspace_id uuid not null
  book_no integer not null
  after_no bigint not null
  constraint unsettled_pk PRIMARY KEY (workspace_id, book_no)

cards.vacancy
  workspace_id uuid not null
  vacancy_id uuid not null
  card_id uuid not null
  book_no integer not null
  exposure smallint not null
  author_id uuid not null
  shared boolean not null
  title text not null
  chief_id uuid
  created_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  constraint vacancy_pk PRIMARY KEY (workspace_id, vacancy_id)
  CREATE INDEX vacancy_card_ix ON cards.vacancy USING btree (workspace_id, card_id)
  policy by_reader for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (exposure < 2) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))
  policy of_author_or_shared for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (shared OR (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid)) AND ((exposure < 2) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))
  policy update_by_author for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

cards.view
  workspace_id uuid not null
  view_id uuid not null
  member_id uuid not null
  name text not null
  filter jsonb not null
  constraint view_name_uq UNIQUE (workspace_id, member_id, name)
  constraint view_pk PRIMARY KEY (workspace_id, view_id)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

cards.viewpoint
  workspace_id uuid not null
  viewpoint_id uuid not null
  card_id uuid not null
  book_no integer not null
  exposure smallint not null
  author_id uuid not null
  shared boolean not null
  roles text[] not null
  importance smallint
  influence smallint
  stance smallint
  closeness smallint
  callable boolean
  note text not null default (''::text)
  created_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  opportunity_id uuid
  opportunity_owner_id uuid
  opportunity_audience_id uuid
  constraint viewpoint_opportunity_ck CHECK ((((opportunity_id IS NULL) = (opportunity_owner_id IS NULL)) AND ((opportunity_id IS NULL) = (opportunity_audience_id IS NULL))))
  constraint viewpoint_opportunity_fk FOREIGN KEY (workspace_id, opportunity_id) REFERENCES opportunities.opportunity(workspace_id, opportunity_id) ON DELETE CASCADE
  constraint viewpoint_pk PRIMARY KEY (workspace_id, viewpoint_id)
  constraint viewpoint_roles_ck CHECK ((roles <@ ARRAY['prescriber'::text, 'decider'::text, 'economic_buyer'::text, 'technical_validator'::text, 'user'::text, 'buyer'::text, 'ally'::text, 'opponent'::text, 'gatekeeper'::text, 'assistant'::text]))
  constraint viewpoint_scales_ck CHECK ((((importance >= 1) AND (importance <= 5)) AND ((influence >= 1) AND (influence <= 5)) AND ((stance >= '-2'::integer) AND (stance <= 2)) AND ((closeness >= 0) AND (closeness <= 4))))
  CREATE INDEX viewpoint_card_ix ON cards.viewpoint USING btree (workspace_id, card_id, created_at DESC)
  CREATE INDEX viewpoint_opportunity_ix ON cards.viewpoint USING btree (workspace_id, opportunity_id) WHERE (opportunity_id IS NOT NULL)
  CREATE UNIQUE INDEX viewpoint_standing_uq ON cards.viewpoint USING btree (workspace_id, card_id, author_id, opportunity_id) NULLS NOT DISTINCT WHERE (ended_at IS NULL)
  policy by_reader for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (exposure < 2) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))
  policy of_author_or_shared for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (shared AND ((exposure < 2) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1) OR ((exposure = 0) AND ((opportunity_id IS NULL) OR (opportunity_owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (strpos(current_setting('app.audiences'::text, true), (opportunity_audience_id)::text) > 0)) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))))))
  policy update_by_author for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

charter.acceptance
  workspace_id uuid not null
  member_id uuid not null
  version integer not null
  at timestamp with time zone not null default (now())
  constraint acceptance_charter_fk FOREIGN KEY (workspace_id, version) REFERENCES charter.charter(workspace_id, version)
  constraint acceptance_pk PRIMARY KEY (workspace_id, member_id, version)
  policy by_member for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_member for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'auditor'::text]))))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

charter.charter
  workspace_id uuid not null
  version integer not null
  text_fr text not null
  text_en text not null
  least text not null
  on_leaving text not null
  naming text not null
  published_by uuid not null
  published_at timestamp with time zone not null default (now())
  constraint charter_least_ck CHECK (("least" = ANY (ARRAY['nothing'::text, 'discover'::text, 'read'::text])))
  constraint charter_naming_ck CHECK ((naming = ANY (ARRAY['as_typed'::text, 'usual'::text, 'capitals'::text])))
  constraint charter_on_leaving_ck CHECK ((on_leaving = ANY (ARRAY['stay'::text, 'go'::text])))
  constraint charter_pk PRIMARY KEY (workspace_id, version)
  policy by_admin for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

cleaning.change
  workspace_id uuid not null
  run_id uuid not null
  card_id uuid not null
  member_id uuid not null
  edits jsonb not null
  constraint change_pk PRIMARY KEY (workspace_id, run_id, card_id)
  constraint change_run_fk FOREIGN KEY (workspace_id, run_id) REFERENCES cleaning.run(workspace_id, run_id) ON DELETE CASCADE
  CREATE INDEX change_card_ix ON cleaning.change USING btree (workspace_id, card_id)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

cleaning.exception
  workspace_id uuid not null
  member_id uuid not null
  card_id uuid not null
  rule text not null
  value_hash bytea not null
  constraint exception_pk PRIMARY KEY (workspace_id, member_id, card_id, rule, value_hash)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

cleaning.run
  workspace_id uuid not null
  run_id uuid not null
  member_id uuid not null
  rule text not null
  book_id uuid
  state text not null default ('running'::text)
  after_id uuid
  looked_at integer not null default (0)
  changed integer not null default (0)
  left_alone integer not null default (0)
  started_at timestamp with time zone not null default (now())
  done_at timestamp with time zone
  constraint run_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id)
  constraint run_pk PRIMARY KEY (workspace_id, run_id)
  constraint run_rule_ck CHECK ((rule = ANY (ARRAY['postal'::text, 'name_case'::text, 'phone_format'::text, 'impossible'::text, 'duplicates'::text, 'dead_titles'::text])))
  constraint run_state_ck CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'cancelled'::text, 'undoing'::text, 'undone'::text])))
  CREATE INDEX run_member_ix ON cleaning.run USING btree (workspace_id, member_id, started_at DESC)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

collection.item
  workspace_id uuid not null
  item_id uuid not null
  kind text not null
  ref text not null
  stale_months integer
  created_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  constraint item_kind_ck CHECK ((kind = ANY (ARRAY['attribute'::text, 'field'::text, 'fact'::text])))
  constraint item_pk PRIMARY KEY (workspace_id, item_id)
  constraint item_ref_uq UNIQUE (workspace_id, kind, ref)
  constraint item_stale_ck CHECK (((stale_months >= 1) AND (stale_months <= 120)))
  policy by_planner for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

collection.mechanism
  workspace_id uuid not null
  mechanism_id uuid not null
  item_id uuid not null
  touchpoint_id uuid not null
  kind text not null
  idea text not null
  question_fr text not null default (''::text)
  question_en text not null default (''::text)
  channel_id uuid
  business integer
  business_note text not null default (''::text)
  it integer
  it_note text not null default (''::text)
  cost_euros integer
  responsible_id uuid
  due_on date
  state text not null default ('idea'::text)
  proposed_by uuid not null
  created_at timestamp with time zone not null default (now())
  version integer not null default (1)
  decided_at timestamp with time zone
  decided_by uuid
  decision text
  constraint mechanism_decided_ck CHECK ((((decided_at IS NULL) = (decided_by IS NULL)) AND ((decided_at IS NULL) = (decision IS NULL))))
  constraint mechanism_feasible_ck CHECK ((((business >= 1) AND (business <= 5)) AND ((it >= 1) AND (it <= 5)) AND (cost_euros >= 0)))
  constraint mechanism_item_fk FOREIGN KEY (workspace_id, item_id) REFERENCES collection.item(workspace_id, item_id)
  constraint mechanism_kind_ck CHECK ((kind = ANY (ARRAY['form_question'::text, 'till_prompt'::text, 'self_update'::text, 'game'::text, 'profiling'::text, 'call_script'::text, 'import'::text, 'other'::text])))
  constraint mechanism_pk PRIMARY KEY (workspace_id, mechanism_id)
  constraint mechanism_state_ck CHECK ((state = ANY (ARRAY['idea'::text, 'studied'::text, 'test'::text, 'rolled_out'::text, 'dropped'::text])))
  constraint mechanism_touchpoint_fk FOREIGN KEY (workspace_id, touchpoint_id) REFERENCES collection.touchpoint(workspace_id, touchpoint_id)
  CREATE INDEX mechanism_item_ix ON collection.mechanism USING btree (workspace_id, item_id)
  policy by_proposer for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (proposed_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (state = 'idea'::text) AND (decided_at IS NULL))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_planner for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])) OR (responsible_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR ((state = 'idea'::text) AND (proposed_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid)))) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])) OR ((state = ANY (ARRAY['idea'::text, 'studied'::text])) AND ((responsible_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (proposed_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid)))))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

collection.need
  workspace_id uuid not null
  need_id uuid not null
  name text not null
  kind text not null
  why text not null
  link text
  created_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  wanted_share integer
  constraint need_kind_ck CHECK ((kind = ANY (ARRAY['segment'::text, 'programme'::text, 'personalisation'::text, 'law'::text, 'other'::text])))
  constraint need_pk PRIMARY KEY (workspace_id, need_id)
  constraint need_wanted_ck CHECK (((wanted_share >= 1) AND (wanted_share <= 100)))
  policy by_planner for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

collection.need_item
  workspace_id uuid not null
  need_id uuid not null
  item_id uuid not null
  constraint need_item_item_fk FOREIGN KEY (workspace_id, item_id) REFERENCES collection.item(workspace_id, item_id) ON DELETE CASCADE
  constraint need_item_need_fk FOREIGN KEY (workspace_id, need_id) REFERENCES collection.need(workspace_id, need_id) ON DELETE CASCADE
  constraint need_item_pk PRIMARY KEY (workspace_id, need_id, item_id)
  policy by_planner for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

collection.progress
  workspace_id uuid not null
  item_id uuid not null
  day date not null
  people integer not null
  filled integer not null
  constraint progress_item_fk FOREIGN KEY (workspace_id, item_id) REFERENCES collection.item(workspace_id, item_id) ON DELETE CASCADE
  constraint progress_pk PRIMARY KEY (workspace_id, item_id, day)
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

collection.test
  workspace_id uuid not null
  test_id uuid not null
  mechanism_id uuid not null
  started_by uuid not null
  started_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  constraint test_mechanism_fk FOREIGN KEY (workspace_id, mechanism_id) REFERENCES collection.mechanism(workspace_id, mechanism_id)
  constraint test_pk PRIMARY KEY (workspace_id, test_id)
  CREATE UNIQUE INDEX test_running_uq ON collection.test USING btree (workspace_id, mechanism_id) WHERE (ended_at IS NULL)
  policy by_planner for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])) AND (started_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_planner for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

collection.touchpoint
  workspace_id uuid not null
  touchpoint_id uuid not null
  name text not null
  created_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  constraint touchpoint_pk PRIMARY KEY (workspace_id, touchpoint_id)
  policy by_planner for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

collection.trial
  workspace_id uuid not null
  test_id uuid not null
  unit_id uuid not null
  asked boolean not null
  answered boolean not null
  first_try boolean not null
  contact_point_id uuid
  confirmed_at timestamp with time zone
  sent_at timestamp with time zone not null default (now())
  constraint trial_pk PRIMARY KEY (workspace_id, test_id, unit_id)
  constraint trial_test_fk FOREIGN KEY (workspace_id, test_id) REFERENCES collection.test(workspace_id, test_id) ON DELETE CASCADE

community.act
  workspace_id uuid not null
  act_id uuid not null
  community_id uuid not null
  member_id uuid not null
  kind text not null
  subject_id uuid not null
  reason text not null
  at timestamp with time zone not null default (now())
  constraint act_community_fk FOREIGN KEY (workspace_id, community_id) REFERENCES community.community(workspace_id, community_id) ON DELETE CASCADE
  constraint act_pk PRIMARY KEY (workspace_id, act_id)
  CREATE INDEX act_community_ix ON community.act USING btree (workspace_id, community_id, act_id DESC)
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

community.community
  workspace_id uuid not null
  community_id uuid not null
  slug text not null
  name text not null
  intro_fr text not null
  intro_en text not null
  invited_only boolean not null
  first_reviewed boolean not null
  moderators_id uuid not null
  closed_at timestamp with time zone
  created_at timestamp with time zone not null default (now())
  constraint community_pk PRIMARY KEY (workspace_id, community_id)
  CREATE UNIQUE INDEX community_slug_ix ON community.community USING btree (slug)
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

community.invitation
  workspace_id uuid not null
  community_id uuid not null
  contact_point_id uuid not null
  space_id uuid
  invited_by uuid not null
  at timestamp with time zone not null default (now())
  constraint invitation_community_fk FOREIGN KEY (workspace_id, community_id) REFERENCES community.community(workspace_id, community_id) ON DELETE CASCADE
  constraint invitation_pk PRIMARY KEY (workspace_id, community_id, contact_point_id)

community.link
  workspace_id uuid not null
  link_id uuid not null
  community_id uuid not null
  contact_point_id uuid not null
  address bytea not null
  locale text not null
  referrer_id uuid
  secret_hash bytea not null
  expires_at timestamp with time zone not null
  used_at timestamp with time zone
  constraint link_community_fk FOREIGN KEY (workspace_id, community_id) REFERENCES community.community(workspace_id, community_id) ON DELETE CASCADE
  constraint link_pk PRIMARY KEY (workspace_id, link_id)

community.person
  workspace_id uuid not null
  community_id uuid not null
  person_id uuid not null
  contact_point_id uuid
  address bytea
  member_id uuid
  name text not null
  name_key text not null
  locale text not null
  banned boolean not null default (false)
  trusted boolean not null default (false)
  referrer_id uuid
  code text not null
  joined_at timestamp with time zone not null default (now())
  constraint person_community_fk FOREIGN KEY (workspace_id, community_id) REFERENCES community.community(workspace_id, community_id) ON DELETE CASCADE
  constraint person_kind_ck CHECK (((member_id IS NULL) <> (contact_point_id IS NULL)))
  constraint person_pk PRIMARY KEY (workspace_id, person_id)
  CREATE UNIQUE INDEX person_code_uq ON community.person USING btree (workspace_id, community_id, code)
  CREATE UNIQUE INDEX person_member_uq ON community.person USING btree (workspace_id, community_id, member_id) WHERE (member_id IS NOT NULL)
  CREATE UNIQUE INDEX person_name_uq ON community.person USING btree (workspace_id, community_id, name_key)
  CREATE UNIQUE INDEX person_point_uq ON community.person USING btree (workspace_id, community_id, contact_point_id) WHERE (contact_point_id IS NOT NULL)
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))

community.post
  workspace_id uuid not null
  post_id uuid not null
  community_id uuid not null
  space_id uuid not null
  parent_id uuid
  person_id uuid not null
  title text not null
  text text not null
  state text not null
  reason text not null default (''::text)
  status text not null default ('new'::text)
  status_reason text not null default (''::text)
  at timestamp with time zone not null default (now())
  constraint post_declined_ck CHECK (((status <> 'declined'::text) OR (status_reason <> ''::text)))
  constraint post_person_fk FOREIGN KEY (workspace_id, person_id) REFERENCES community.person(workspace_id, person_id) ON DELETE CASCADE
  constraint post_pk PRIMARY KEY (workspace_id, post_id)
  constraint post_space_fk FOREIGN KEY (workspace_id, space_id) REFERENCES community.space(workspace_id, space_id) ON DELETE CASCADE
  constraint post_state_ck CHECK ((state = ANY (ARRAY['pending'::text, 'shown'::text, 'hidden'::text])))
  constraint post_status_ck CHECK ((status = ANY (ARRAY['new'::text, 'considered'::text, 'planned'::text, 'done'::text, 'declined'::text])))
  CREATE INDEX post_parent_ix ON community.post USING btree (workspace_id, parent_id, post_id) WHERE (parent_id IS NOT NULL)
  CREATE INDEX post_pending_ix ON community.post USING btree (workspace_id, community_id, post_id) WHERE (state = 'pending'::text)
  CREATE INDEX post_person_ix ON community.post USING btree (workspace_id, person_id, at DESC)
  CREATE INDEX post_space_ix ON community.post USING btree (workspace_id, space_id, post_id) WHERE (parent_id IS NULL)
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

community.report
  workspace_id uuid not null
  post_id uuid not null
  person_id uuid not null
  community_id uuid not null
  reason text not null
  at timestamp with time zone not null default (now())
  settled_at timestamp with time zone
  constraint report_person_fk FOREIGN KEY (workspace_id, person_id) REFERENCES community.person(workspace_id, person_id) ON DELETE CASCADE
  constraint report_pk PRIMARY KEY (workspace_id, post_id, person_id)
  constraint report_post_fk FOREIGN KEY (workspace_id, post_id) REFERENCES community.post(workspace_id, post_id) ON DELETE CASCADE
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

community.session
  workspace_id uuid not null
  secret_hash bytea not null
  community_id uuid not null
  person_id uuid not null
  expires_at timestamp with time zone not null
  constraint session_person_fk FOREIGN KEY (workspace_id, person_id) REFERENCES community.person(workspace_id, person_id) ON DELETE CASCADE
  constraint session_pk PRIMARY KEY (workspace_id, secret_hash)

community.space
  workspace_id uuid not null
  space_id uuid not null
  community_id uuid not null
  kind text not null
  name_fr text not null
  name_en text not null
  intro_fr text not null
  intro_en text not null
  closes_on date
  feedback text not null default (''::text)
  fed_back_at timestamp with time zone
  created_at timestamp with time zone not null default (now())
  constraint space_call_ck CHECK (((kind = 'call'::text) OR (closes_on IS NULL)))
  constraint space_community_fk FOREIGN KEY (workspace_id, community_id) REFERENCES community.community(workspace_id, community_id) ON DELETE CASCADE
  constraint space_kind_ck CHECK ((kind = ANY (ARRAY['ideas'::text, 'call'::text])))
  constraint space_pk PRIMARY KEY (workspace_id, space_id)
  CREATE INDEX space_community_ix ON community.space USING btree (workspace_id, community_id)
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

community.story
  workspace_id uuid not null
  story_id uuid not null
  community_id uuid not null
  person_id uuid not null
  text text not null
  consent text not null
  consented_at timestamp with time zone not null default (now())
  withdrawn_at timestamp with time zone
  state text not null default ('pending'::text)
  constraint story_person_fk FOREIGN KEY (workspace_id, person_id) REFERENCES community.person(workspace_id, person_id) ON DELETE CASCADE
  constraint story_pk PRIMARY KEY (workspace_id, story_id)
  constraint story_state_ck CHECK ((state = ANY (ARRAY['pending'::text, 'shown'::text, 'hidden'::text])))
  CREATE INDEX story_community_ix ON community.story USING btree (workspace_id, community_id, story_id)
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

community.vote
  workspace_id uuid not null
  post_id uuid not null
  person_id uuid not null
  at timestamp with time zone not null default (now())
  constraint vote_person_fk FOREIGN KEY (workspace_id, person_id) REFERENCES community.person(workspace_id, person_id) ON DELETE CASCADE
  constraint vote_pk PRIMARY KEY (workspace_id, post_id, person_id)
  constraint vote_post_fk FOREIGN KEY (workspace_id, post_id) REFERENCES community.post(workspace_id, post_id) ON DELETE CASCADE
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

compliance.answer
  workspace_id uuid not null
  request_id uuid not null
  secret_hash bytea not null
  content bytea not null
  created_at timestamp with time zone not null default (now())
  expires_at timestamp with time zone not null
  constraint answer_pk PRIMARY KEY (workspace_id, request_id)
  constraint answer_request_fk FOREIGN KEY (workspace_id, request_id) REFERENCES compliance.request(workspace_id, request_id) ON DELETE CASCADE

compliance.asked
  workspace_id uuid not null
  asked_id uuid not null
  request_id uuid not null
  member_id uuid not null
  task_id uuid not null
  kind text not null
  due_on date not null
  card_ids uuid[] not null
  left_out uuid[] not null default ('{}'::uuid[])
  outcome text
  created_at timestamp with time zone not null default (now())
  answered_at timestamp with time zone
  constraint asked_once_uq UNIQUE (workspace_id, request_id, member_id)
  constraint asked_outcome_ck CHECK (((outcome = ANY (ARRAY['agreed'::text, 'contract'::text, 'law'::text, 'somebody_else'::text])) AND ((outcome IS NULL) = (answered_at IS NULL))))
  constraint asked_pk PRIMARY KEY (workspace_id, asked_id)
  constraint asked_request_fk FOREIGN KEY (workspace_id, request_id) REFERENCES compliance.request(workspace_id, request_id) ON DELETE CASCADE
  CREATE INDEX asked_member_ix ON compliance.asked USING btree (workspace_id, member_id, asked_id DESC)
  policy of_member for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

compliance.erasure
  workspace_id uuid not null
  erasure_id uuid not null
  request_id uuid
  card_ids uuid[] not null
  contact_point_ids uuid[] not null
  suppressed jsonb not null
  at timestamp with time zone not null default (now())
  constraint erasure_pk PRIMARY KEY (workspace_id, erasure_id)

compliance.request
  workspace_id uuid not null
  request_id uuid not null
  kind text not null
  state text not null default ('asking'::text)
  contact_point_id uuid not null
  address bytea
  said bytea
  locale text not null
  received_on date not null
  due_on date not null
  extended_at timestamp with time zone
  asked integer not null default (0)
  answered integer not null default (0)
  recorded_by uuid not null
  created_at timestamp with time zone not null default (now())
  closed_at timestamp with time zone
  constraint request_kind_ck CHECK ((kind = ANY (ARRAY['access'::text, 'portability'::text, 'rectification'::text, 'objection'::text, 'restriction'::text, 'erasure'::text])))
  constraint request_pk PRIMARY KEY (workspace_id, request_id)
  constraint request_state_ck CHECK (((state = ANY (ARRAY['asking'::text, 'erasing'::text, 'done'::text, 'partly'::text, 'refused'::text])) AND ((state = ANY (ARRAY['asking'::text, 'erasing'::text])) = (closed_at IS NULL))))
  CREATE INDEX request_due_ix ON compliance.request USING btree (workspace_id, due_on) WHERE (closed_at IS NULL)
  policy of_overseer for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'auditor'::text])))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

compliance.step
  workspace_id uuid not null
  request_id uuid not null
  step_id uuid not null
  kind text not null
  member_id uuid
  detail jsonb not null default ('{}'::jsonb)
  at timestamp with time zone not null default (now())
  constraint step_pk PRIMARY KEY (workspace_id, request_id, step_id)
  constraint step_request_fk FOREIGN KEY (workspace_id, request_id) REFERENCES compliance.request(workspace_id, request_id) ON DELETE CASCADE
  policy of_overseer for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'auditor'::text])))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

connectors.authorisation
  workspace_id uuid not null
  authorisation_id uuid not null
  member_id uuid not null
  kind text not null
  connection_id uuid
  browser bytea not null
  sealed bytea not null
  state text not null default ('waiting'::text)
  began_at timestamp with time zone not null default (now())
  constraint authorisation_connection_fk FOREIGN KEY (workspace_id, connection_id) REFERENCES connectors.connection(workspace_id, connection_id) ON DELETE CASCADE
  constraint authorisation_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint authorisation_pk PRIMARY KEY (workspace_id, authorisation_id)
  constraint authorisation_state_ck CHECK ((state = ANY (ARRAY['waiting'::text, 'taken'::text, 'granted'::text])))
  CREATE INDEX authorisation_connection_ix ON connectors.authorisation USING btree (workspace_id, connection_id)
  CREATE INDEX authorisation_member_ix ON connectors.authorisation USING btree (workspace_id, member_id)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert to entregent_member

connectors.connection
  workspace_id uuid not null
  connection_id uuid not null
  member_id uuid not null
  source_id uuid not null
  book_id uuid not null
  kind text not null
  settings jsonb not null
  secret bytea not null
  place text not null
  place_name text not null
  two_way boolean not null
  state text not null default ('ok'::text)
  problem text
  failures integer not null default (0)
  cursor jsonb
  wanted_at timestamp with time zone
  next_at timestamp with time zone not null default (now())
  created_at timestamp with time zone not null default (now())
  synced_at timestamp with time zone
  deals_audience uuid
  deals_currency text
  deals_cursor jsonb
  constraint connection_deals_ck CHECK ((((deals_audience IS NULL) = (deals_currency IS NULL)) AND (deals_currency ~ '^[A-Z]{3}$'::text)))
  constraint connection_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint connection_pk PRIMARY KEY (workspace_id, connection_id)
  constraint connection_source_fk FOREIGN KEY (workspace_id, source_id) REFERENCES sources.source(workspace_id, source_id)
  constraint connection_state_ck CHECK ((state = ANY (ARRAY['ok'::text, 'retrying'::text, 'paused'::text, 'attention'::text, 'ending'::text])))
  CREATE INDEX connection_member_ix ON connectors.connection USING btree (workspace_id, member_id)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert to entregent_member

connectors.deal
  workspace_id uuid not null
  connection_id uuid not null
  deal_key text not null
  member_id uuid not null
  state text not null
  said jsonb
  gone boolean not null default (false)
  constraint deal_connection_fk FOREIGN KEY (workspace_id, connection_id) REFERENCES connectors.connection(workspace_id, connection_id) ON DELETE CASCADE
  constraint deal_pk PRIMARY KEY (workspace_id, connection_id, deal_key)
  CREATE INDEX deal_waiting_ix ON connectors.deal USING btree (workspace_id, connection_id) WHERE ((said IS NOT NULL) OR gone)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, select to entregent_member

connectors.item
  workspace_id uuid not null
  connection_id uuid not null
  item_key text not null
  card_id uuid not null
  state text
  change_no bigint not null
  constraint item_connection_fk FOREIGN KEY (workspace_id, connection_id) REFERENCES connectors.connection(workspace_id, connection_id) ON DELETE CASCADE
  constraint item_pk PRIMARY KEY (workspace_id, connection_id, item_key)
  CREATE INDEX item_card_ix ON connectors.item USING btree (workspace_id, connection_id, card_id)

connectors.oauth_client
  workspace_id uuid not null
  provider text not null
  client_id text not null
  client_secret bytea not null
  tenant text
  changed_at timestamp with time zone not null default (now())
  constraint oauth_client_pk PRIMARY KEY (workspace_id, provider)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, update to entregent_member

connectors.run
  workspace_id uuid not null
  connection_id uuid not null
  run_id uuid not null
  member_id uuid not null
  outcome text
  counts jsonb not null default ('{}'::jsonb)
  started_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  constraint run_connection_fk FOREIGN KEY (workspace_id, connection_id) REFERENCES connectors.connection(workspace_id, connection_id) ON DELETE CASCADE
  constraint run_pk PRIMARY KEY (workspace_id, connection_id, run_id)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

content.content
  workspace_id uuid not null
  content_id uuid not null
  name text not null
  audience_id uuid not null
  owner_id uuid not null
  edition integer not null default (1)
  version integer not null default (1)
  created_at timestamp with time zone not null default (now())
  removed_at timestamp with time zone
  kind text not null default ('email'::text)
  constraint content_kind_ck CHECK ((kind = ANY (ARRAY['email'::text, 'sms'::text, 'whatsapp'::text, 'letter'::text, 'page'::text])))
  constraint content_owner_fk FOREIGN KEY (workspace_id, owner_id) REFERENCES identity.member(workspace_id, member_id)
  constraint content_owner_uq UNIQUE (workspace_id, content_id, owner_id)
  constraint content_pk PRIMARY KEY (workspace_id, content_id)
  policy by_owner for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND (owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  policy update_by_owner for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (current_setting('app.role'::text, true) = 'admin'::text))) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

content.house_style
  workspace_id uuid not null
  language text not null
  rules jsonb not null
  version integer not null default (1)
  changed_by uuid not null
  changed_at timestamp with time zone not null default (now())
  constraint house_style_language_ck CHECK ((language = ANY (ARRAY['fr'::text, 'en'::text])))
  constraint house_style_pk PRIMARY KEY (workspace_id, language)
  policy by_admin for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_admin for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

content.image
  workspace_id uuid not null
  image_id uuid not null
  name text not null
  alt_fr text not null default (''::text)
  alt_en text not null default (''::text)
  width integer not null
  height integer not null
  size integer not null
  media_type text not null
  secret bytea not null
  owner_id uuid not null
  created_at timestamp with time zone not null default (now())
  removed_at timestamp with time zone
  constraint image_owner_fk FOREIGN KEY (workspace_id, owner_id) REFERENCES identity.member(workspace_id, member_id)
  constraint image_pk PRIMARY KEY (workspace_id, image_id)
  constraint image_type_ck CHECK ((media_type = ANY (ARRAY['image/jpeg'::text, 'image/png'::text, 'image/gif'::text])))
  policy by_owner for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_owner for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (current_setting('app.role'::text, true) = 'admin'::text)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

content.image_octets
  workspace_id uuid not null
  image_id uuid not null
  octets bytea not null
  constraint image_octets_image_fk FOREIGN KEY (workspace_id, image_id) REFERENCES content.image(workspace_id, image_id) ON DELETE CASCADE
  constraint image_octets_pk PRIMARY KEY (workspace_id, image_id)
  policy of_workspace for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert to entregent_member

content.letterhead
  workspace_id uuid not null
  lines text[] not null default ('{}'::text[])
  place text not null default (''::text)
  version integer not null default (1)
  changed_by uuid not null
  changed_at timestamp with time zone not null default (now())
  constraint letterhead_pk PRIMARY KEY (workspace_id)
  constraint letterhead_workspace_fk FOREIGN KEY (workspace_id) REFERENCES identity.workspace(workspace_id) ON DELETE CASCADE
  policy by_admin for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_admin for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

content.part
  workspace_id uuid not null
  part_id uuid not null
  name text not null
  audience_id uuid not null
  owner_id uuid not null
  said jsonb not null
  edition integer not null default (1)
  changed_at timestamp with time zone not null default (now())
  removed_at timestamp with time zone
  constraint part_owner_fk FOREIGN KEY (workspace_id, owner_id) REFERENCES identity.member(workspace_id, member_id)
  constraint part_pk PRIMARY KEY (workspace_id, part_id)
  policy by_owner for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND (owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  policy update_by_owner for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (current_setting('app.role'::text, true) = 'admin'::text))) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

content.sealed
  workspace_id uuid not null
  content_id uuid not null
  version integer not null
  audience_id uuid not null
  compiled jsonb not null
  sealed_by uuid not null
  sealed_at timestamp with time zone not null default (now())
  constraint sealed_member_fk FOREIGN KEY (workspace_id, sealed_by) REFERENCES identity.member(workspace_id, member_id)
  constraint sealed_pk PRIMARY KEY (workspace_id, content_id, version)
  constraint sealed_version_fk FOREIGN KEY (workspace_id, content_id, version) REFERENCES content.version(workspace_id, content_id, version)
  policy by_user for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (sealed_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  policy update_of_audience for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

content.version
  workspace_id uuid not null
  content_id uuid not null
  version integer not null
  owner_id uuid not null
  audience_id uuid not null
  said jsonb not null
  author_id uuid not null
  begun_at timestamp with time zone not null default (now())
  saved_at timestamp with time zone not null default (now())
  constraint version_author_fk FOREIGN KEY (workspace_id, author_id) REFERENCES identity.member(workspace_id, member_id)
  constraint version_content_fk FOREIGN KEY (workspace_id, content_id, owner_id) REFERENCES content.content(workspace_id, content_id, owner_id) ON DELETE CASCADE
  constraint version_pk PRIMARY KEY (workspace_id, content_id, version)
  policy by_owner for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (current_setting('app.role'::text, true) = 'admin'::text)))
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  policy update_by_owner for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (current_setting('app.role'::text, true) = 'admin'::text))) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

conversations.access
  workspace_id uuid not null
  channel_id uuid not null
  audience_kind text not null
  audience_id uuid not null
  constraint access_channel_fk FOREIGN KEY (workspace_id, channel_id) REFERENCES conversations.channel(workspace_id, channel_id) ON DELETE CASCADE
  constraint access_kind_ck CHECK ((audience_kind = ANY (ARRAY['workspace'::text, 'team'::text, 'member'::text])))
  constraint access_pk PRIMARY KEY (workspace_id, channel_id, audience_id)
  CREATE INDEX access_audience_ix ON conversations.access USING btree (workspace_id, audience_id, channel_id)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

conversations.channel
  workspace_id uuid not null
  channel_id uuid not null
  channel_no integer not null
  kind text not null
  name text not null
  owner_id uuid
  settings jsonb not null
  secret bytea
  state text not null default ('working'::text)
  problem text
  problem_since timestamp with time zone
  cursor jsonb
  next_pull_at timestamp with time zone
  heard_at timestamp with time zone
  created_by uuid not null
  created_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  keep_months integer not null default (36)
  constraint channel_keep_ck CHECK (((keep_months >= 1) AND (keep_months <= 120)))
  constraint channel_no_uq UNIQUE (workspace_id, channel_no)
  constraint channel_pk PRIMARY KEY (workspace_id, channel_id)
  constraint channel_state_ck CHECK ((state = ANY (ARRAY['working'::text, 'paused'::text, 'ended'::text])))
  CREATE INDEX channel_pull_ix ON conversations.channel USING btree (workspace_id, next_pull_at) WHERE ((next_pull_at IS NOT NULL) AND (state = 'working'::text))
  policy by_admin for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (((current_setting('app.role'::text, true) = 'admin'::text) AND (owner_id IS NULL)) OR ((current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((owner_id IS NULL) OR (owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid)))
  policy update_by_admin for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (((current_setting('app.role'::text, true) = 'admin'::text) AND (owner_id IS NULL)) OR ((current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert to entregent_member

conversations.conversation
  workspace_id uuid not null
  conversation_id uuid not null
  channel_id uuid not null
  channel_no integer not null
  shared_with uuid
  thread text not null
  is_current boolean not null default (true)
  contact_point_id uuid not null
  point_channel text not null
  address text not null
  reply_to text
  claimed boolean not null default (false)
  writing_until timestamp with time zone
  contact_name text not null default (''::text)
  subject text not null default (''::text)
  status text not null default ('open'::text)
  snoozed_until timestamp with time zone
  assignee_id uuid
  team_id uuid
  excerpt text not null default (''::text)
  last_kind text not null default ('in'::text)
  last_at timestamp with time zone not null
  last_in_at timestamp with time zone
  opened_at timestamp with time zone not null
  first_answer_at timestamp with time zone
  waiting_since timestamp with time zone
  closed_at timestamp with time zone
  version integer not null default (1)
  created_at timestamp with time zone not null default (now())
  owner_id uuid
  erased_at timestamp with time zone
  constraint conversation_channel_fk FOREIGN KEY (workspace_id, channel_id) REFERENCES conversations.channel(workspace_id, channel_id)
  constraint conversation_pk PRIMARY KEY (workspace_id, conversation_id)
  constraint conversation_snoozed_ck CHECK (((status = 'snoozed'::text) = (snoozed_until IS NOT NULL)))
  constraint conversation_status_ck CHECK ((status = ANY (ARRAY['open'::text, 'pending'::text, 'snoozed'::text, 'closed'::text, 'spam'::text])))
  CREATE INDEX conversation_assignee_ix ON conversations.conversation USING btree (workspace_id, assignee_id, status, last_at DESC, conversation_id DESC) WHERE (assignee_id IS NOT NULL)
  CREATE UNIQUE INDEX conversation_current_uq ON conversations.conversation USING btree (workspace_id, channel_id, thread) WHERE is_current
  CREATE INDEX conversation_list_ix ON conversations.conversation USING btree (workspace_id, channel_id, status, last_at DESC, conversation_id DESC)
  CREATE INDEX conversation_opened_ix ON conversations.conversation USING btree (workspace_id, channel_id, opened_at)
  CREATE INDEX conversation_point_ix ON conversations.conversation USING btree (workspace_id, contact_point_id, last_at DESC, conversation_id DESC)
  CREATE INDEX conversation_retention_ix ON conversations.conversation USING btree (workspace_id, channel_id, last_at) WHERE (erased_at IS NULL)
  CREATE INDEX conversation_shared_ix ON conversations.conversation USING btree (workspace_id, shared_with, status, last_at DESC, conversation_id DESC) WHERE (shared_with IS NOT NULL)
  CREATE INDEX conversation_snoozed_ix ON conversations.conversation USING btree (workspace_id, snoozed_until) WHERE (snoozed_until IS NOT NULL)
  CREATE INDEX conversation_unassigned_ix ON conversations.conversation USING btree (workspace_id, channel_id, status, last_at DESC, conversation_id DESC) WHERE (assignee_id IS NULL)
  policy by_agent for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1))
  policy of_channel for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1) OR (strpos(current_setting('app.audiences'::text, true), (shared_with)::text) > 0)))
  policy update_by_agent for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

conversations.early
  workspace_id uuid not null
  channel_id uuid not null
  external_id text not null
  early_id uuid not null
  news jsonb not null
  at timestamp with time zone not null
  created_at timestamp with time zone not null default (now())
  constraint early_channel_fk FOREIGN KEY (workspace_id, channel_id) REFERENCES conversations.channel(workspace_id, channel_id) ON DELETE CASCADE
  constraint early_pk PRIMARY KEY (workspace_id, channel_id, external_id, early_id)

conversations.file
  workspace_id uuid not null
  conversation_id uuid not null
  message_id uuid
  author_id uuid
  file_id uuid not null
  created_at timestamp with time zone not null default (now())
  channel_no integer not null
  shared_with uuid
  name text not null
  media_type text not null
  size integer not null
  shown boolean not null
  state text not null
  reason text
  remote jsonb
  content_id text
  constraint file_message_fk FOREIGN KEY (workspace_id, conversation_id, message_id) REFERENCES conversations.message(workspace_id, conversation_id, message_id) ON DELETE CASCADE
  constraint file_pk PRIMARY KEY (workspace_id, file_id)
  constraint file_state_ck CHECK ((state = ANY (ARRAY['kept'::text, 'waiting'::text, 'refused'::text])))
  CREATE INDEX file_loose_ix ON conversations.file USING btree (workspace_id, created_at) WHERE (message_id IS NULL)
  CREATE INDEX file_message_ix ON conversations.file USING btree (workspace_id, conversation_id, message_id)
  policy by_author for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1))
  policy of_channel for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1) OR (strpos(current_setting('app.audiences'::text, true), (shared_with)::text) > 0)))
  policy update_by_author for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

conversations.file_part
  workspace_id uuid not null
  file_id uuid not null
  no smallint not null
  channel_no integer not null
  shared_with uuid
  data bytea not null
  constraint file_part_file_fk FOREIGN KEY (workspace_id, file_id) REFERENCES conversations.file(workspace_id, file_id) ON DELETE CASCADE
  constraint file_part_pk PRIMARY KEY (workspace_id, file_id, no)
  policy by_author for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1))
  policy of_channel for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1) OR (strpos(current_setting('app.audiences'::text, true), (shared_with)::text) > 0)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

conversations.follower
  workspace_id uuid not null
  contact_point_id uuid not null
  member_id uuid not null
  since timestamp with time zone not null default (now())
  constraint follower_pk PRIMARY KEY (workspace_id, contact_point_id, member_id)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

conversations.import
  workspace_id uuid not null
  import_id uuid not null
  kind text not null
  file_name text not null
  options jsonb not null default ('{}'::jsonb)
  state text not null default ('ready'::text)
  tried smallint not null default (0)
  channel_id uuid
  report jsonb
  created_by uuid not null
  created_at timestamp with time zone not null default (now())
  finished_at timestamp with time zone
  constraint import_channel_fk FOREIGN KEY (workspace_id, channel_id) REFERENCES conversations.channel(workspace_id, channel_id)
  constraint import_kind_ck CHECK ((kind = ANY (ARRAY['reviews'::text, 'whatsapp'::text, 'zendesk'::text])))
  constraint import_pk PRIMARY KEY (workspace_id, import_id)
  constraint import_state_ck CHECK ((state = ANY (ARRAY['ready'::text, 'queued'::text, 'done'::text, 'failed'::text, 'undone'::text])))
  CREATE INDEX import_list_ix ON conversations.import USING btree (workspace_id, created_at DESC)
  policy by_admin for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

conversations.import_part
  workspace_id uuid not null
  import_id uuid not null
  role text not null
  no smallint not null
  data bytea not null
  constraint import_part_import_fk FOREIGN KEY (workspace_id, import_id) REFERENCES conversations.import(workspace_id, import_id) ON DELETE CASCADE
  constraint import_part_pk PRIMARY KEY (workspace_id, import_id, role, no)
  constraint import_part_role_ck CHECK ((role = ANY (ARRAY['main'::text, 'comments'::text, 'users'::text])))

conversations.mention
  workspace_id uuid not null
  member_id uuid not null
  conversation_id uuid not null
  message_id uuid not null
  at timestamp with time zone not null default (now())
  constraint mention_conversation_fk FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations.conversation(workspace_id, conversation_id) ON DELETE CASCADE
  constraint mention_pk PRIMARY KEY (workspace_id, member_id, message_id)
  CREATE INDEX mention_member_ix ON conversations.mention USING btree (workspace_id, member_id, conversation_id)
  policy by_colleague for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy of_member for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

conversations.message
  workspace_id uuid not null
  conversation_id uuid not null
  message_id uuid not null
  channel_id uuid not null
  channel_no integer not null
  shared_with uuid
  kind text not null
  author_id uuid
  author_name text
  subject text
  text text not null
  quoted text
  html text
  external_id text
  sent_at timestamp with time zone not null
  created_at timestamp with time zone not null default (now())
  edited_at timestamp with time zone
  deleted_at timestamp with time zone
  state text
  answer text
  attempts smallint not null default (0)
  claimed_at timestamp with time zone
  decision jsonb
  template jsonb
  automatic boolean not null default (false)
  nature text
  url text
  rating jsonb
  others text[]
  reactions jsonb
  event jsonb
  words tsvector
  held jsonb
  import_id uuid
  constraint message_conversation_fk FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations.conversation(workspace_id, conversation_id) ON DELETE CASCADE
  constraint message_kind_ck CHECK ((kind = ANY (ARRAY['in'::text, 'out'::text, 'note'::text, 'event'::text])))
  constraint message_pk PRIMARY KEY (workspace_id, conversation_id, message_id)
  constraint message_state_ck CHECK ((((kind = 'out'::text) = (state IS NOT NULL)) AND (state = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'delivered'::text, 'read'::text, 'failed'::text, 'refused'::text, 'in_doubt'::text, 'cancelled'::text]))))
  CREATE INDEX message_channel_ix ON conversations.message USING btree (workspace_id, channel_no, sent_at DESC, message_id DESC)
  CREATE UNIQUE INDEX message_external_uq ON conversations.message USING btree (workspace_id, channel_id, external_id) WHERE (external_id IS NOT NULL)
  CREATE INDEX message_import_ix ON conversations.message USING btree (workspace_id, import_id) WHERE (import_id IS NOT NULL)
  CREATE INDEX message_leaving_ix ON conversations.message USING btree (workspace_id, created_at) WHERE (state = ANY (ARRAY['queued'::text, 'sending'::text, 'in_doubt'::text]))
  CREATE INDEX message_met_ix ON conversations.message USING btree (workspace_id, sent_at) WHERE ((kind = 'note'::text) AND (nature = ANY (ARRAY['meeting'::text, 'visit'::text])))
  CREATE INDEX message_time_ix ON conversations.message USING btree (workspace_id, conversation_id, sent_at, message_id)
  CREATE INDEX message_words_ix ON conversations.message USING gin (workspace_id, words)
  policy by_author for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (kind <> 'in'::text) AND ((get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1) OR ((kind = 'note'::text) AND (strpos(current_setting('app.audiences'::text, true), (shared_with)::text) > 0))))
  policy of_channel for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1) OR (strpos(current_setting('app.audiences'::text, true), (shared_with)::text) > 0)))
  policy update_by_agent for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

conversations.presence
  workspace_id uuid not null
  conversation_id uuid not null
  member_id uuid not null
  channel_no integer not null
  shared_with uuid
  writing boolean not null
  until timestamp with time zone not null
  constraint presence_conversation_fk FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations.conversation(workspace_id, conversation_id) ON DELETE CASCADE
  constraint presence_pk PRIMARY KEY (workspace_id, conversation_id, member_id)
  policy of_channel for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1) OR (strpos(current_setting('app.audiences'::text, true), (shared_with)::text) > 0)))
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND ((get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1) OR (strpos(current_setting('app.audiences'::text, true), (shared_with)::text) > 0)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

conversations.saved_reply
  workspace_id uuid not null
  reply_id uuid not null
  name text not null
  texts jsonb not null
  audience_id uuid not null
  author_id uuid not null
  changed_at timestamp with time zone not null default (now())
  constraint saved_reply_pk PRIMARY KEY (workspace_id, reply_id)
  policy by_author for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (current_setting('app.role'::text, true) = 'admin'::text))) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

conversations.seen
  workspace_id uuid not null
  member_id uuid not null
  conversation_id uuid not null
  seen_at timestamp with time zone not null
  constraint seen_conversation_fk FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations.conversation(workspace_id, conversation_id) ON DELETE CASCADE
  constraint seen_pk PRIMARY KEY (workspace_id, member_id, conversation_id)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

correspondents.aside
  workspace_id uuid not null
  member_id uuid not null
  contact_point_id uuid not null
  constraint aside_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint aside_pk PRIMARY KEY (workspace_id, member_id, contact_point_id)
  policy of_self for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

correspondents.attendee
  workspace_id uuid not null
  source_id uuid not null
  meeting_key bytea not null
  contact_point_id uuid not null
  member_id uuid not null
  email text not null
  name text not null
  organised boolean not null
  answer text not null
  constraint attendee_answer_ck CHECK ((answer = ANY (ARRAY['accepted'::text, 'declined'::text, 'tentative'::text, 'none'::text])))
  constraint attendee_meeting_fk FOREIGN KEY (workspace_id, source_id, meeting_key) REFERENCES correspondents.meeting(workspace_id, source_id, meeting_key) ON DELETE CASCADE
  constraint attendee_pk PRIMARY KEY (workspace_id, source_id, meeting_key, contact_point_id)
  CREATE INDEX attendee_member_ix ON correspondents.attendee USING btree (workspace_id, member_id, contact_point_id)
  CREATE INDEX attendee_point_ix ON correspondents.attendee USING btree (workspace_id, contact_point_id)
  policy of_self for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

correspondents.calendar
  workspace_id uuid not null
  source_id uuid not null
  member_id uuid not null
  connection_id uuid
  created_at timestamp with time zone not null default (now())
  constraint calendar_connection_fk FOREIGN KEY (workspace_id, connection_id) REFERENCES connectors.connection(workspace_id, connection_id) ON DELETE CASCADE
  constraint calendar_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint calendar_pk PRIMARY KEY (workspace_id, source_id)
  CREATE INDEX calendar_connection_ix ON correspondents.calendar USING btree (workspace_id, connection_id)
  CREATE INDEX calendar_member_ix ON correspondents.calendar USING btree (workspace_id, member_id)
  policy of_self for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

correspondents.calendar_entry
  workspace_id uuid not null
  source_id uuid not null
  entry_key text not null
  member_id uuid not null
  state text not null
  private boolean not null
  left_out boolean not null
  constraint calendar_entry_calendar_fk FOREIGN KEY (workspace_id, source_id) REFERENCES correspondents.calendar(workspace_id, source_id) ON DELETE CASCADE
  constraint calendar_entry_pk PRIMARY KEY (workspace_id, source_id, entry_key)
  policy of_self for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

correspondents.correspondent
  workspace_id uuid not null
  source_id uuid not null
  contact_point_id uuid not null
  member_id uuid not null
  email text not null
  name text not null
  received integer not null default (0)
  sent integer not null default (0)
  beside integer not null default (0)
  first_at timestamp with time zone not null
  last_at timestamp with time zone not null
  last_received_at timestamp with time zone
  last_sent_at timestamp with time zone
  away_until date
  left_at timestamp with time zone
  signature_at timestamp with time zone
  constraint correspondent_mailbox_fk FOREIGN KEY (workspace_id, source_id) REFERENCES correspondents.mailbox(workspace_id, source_id) ON DELETE CASCADE
  constraint correspondent_pk PRIMARY KEY (workspace_id, source_id, contact_point_id)
  CREATE INDEX correspondent_member_ix ON correspondents.correspondent USING btree (workspace_id, member_id, last_at DESC, contact_point_id)
  CREATE INDEX correspondent_point_ix ON correspondents.correspondent USING btree (workspace_id, contact_point_id) WHERE (last_received_at IS NOT NULL)
  policy of_self for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

correspondents.drop_box
  workspace_id uuid not null
  connection_id uuid not null
  address text not null
  constraint drop_box_connection_fk FOREIGN KEY (workspace_id, connection_id) REFERENCES connectors.connection(workspace_id, connection_id) ON DELETE CASCADE
  constraint drop_box_pk PRIMARY KEY (workspace_id)
  policy of_workspace for select to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

correspondents.drop_tag
  workspace_id uuid not null
  member_id uuid not null
  version integer not null
  constraint drop_tag_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint drop_tag_pk PRIMARY KEY (workspace_id, member_id)
  policy of_self for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

correspondents.mailbox
  workspace_id uuid not null
  source_id uuid not null
  member_id uuid not null
  connection_id uuid not null
  read_count integer not null default (0)
  private_count integer not null default (0)
  machine_count integer not null default (0)
  caught_up_at timestamp with time zone
  created_at timestamp with time zone not null default (now())
  constraint mailbox_connection_fk FOREIGN KEY (workspace_id, connection_id) REFERENCES connectors.connection(workspace_id, connection_id) ON DELETE CASCADE
  constraint mailbox_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint mailbox_pk PRIMARY KEY (workspace_id, source_id)
  CREATE INDEX mailbox_connection_ix ON correspondents.mailbox USING btree (workspace_id, connection_id)
  CREATE INDEX mailbox_member_ix ON correspondents.mailbox USING btree (workspace_id, member_id)
  policy of_self for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

correspondents.meeting
  workspace_id uuid not null
  source_id uuid not null
  meeting_key bytea not null
  entry_key text not null
  member_id uuid not null
  starts timestamp with time zone[] not null
  minutes integer not null
  people integer not null
  organised boolean not null
  constraint meeting_entry_fk FOREIGN KEY (workspace_id, source_id, entry_key) REFERENCES correspondents.calendar_entry(workspace_id, source_id, entry_key) ON DELETE CASCADE
  constraint meeting_pk PRIMARY KEY (workspace_id, source_id, meeting_key)
  CREATE INDEX meeting_entry_ix ON correspondents.meeting USING btree (workspace_id, source_id, entry_key)
  policy of_self for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

correspondents.meeting_done
  workspace_id uuid not null
  member_id uuid not null
  meeting text not null
  at timestamp with time zone not null default (now())
  constraint meeting_done_pk PRIMARY KEY (workspace_id, member_id, meeting)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

correspondents.message
  workspace_id uuid not null
  source_id uuid not null
  message_key bytea not null
  own boolean not null
  at timestamp with time zone not null
  constraint message_mailbox_fk FOREIGN KEY (workspace_id, source_id) REFERENCES correspondents.mailbox(workspace_id, source_id) ON DELETE CASCADE
  constraint message_pk PRIMARY KEY (workspace_id, source_id, message_key)

correspondents.pair
  workspace_id uuid not null
  source_id uuid not null
  point_a uuid not null
  point_b uuid not null
  member_id uuid not null
  messages integer not null
  last_at timestamp with time zone not null
  constraint pair_mailbox_fk FOREIGN KEY (workspace_id, source_id) REFERENCES correspondents.mailbox(workspace_id, source_id) ON DELETE CASCADE
  constraint pair_order_ck CHECK ((point_a < point_b))
  constraint pair_pk PRIMARY KEY (workspace_id, source_id, point_a, point_b)
  CREATE INDEX pair_a_ix ON correspondents.pair USING btree (workspace_id, point_a)
  CREATE INDEX pair_b_ix ON correspondents.pair USING btree (workspace_id, point_b)
  CREATE INDEX pair_member_ix ON correspondents.pair USING btree (workspace_id, member_id)
  policy of_self for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

correspondents.proposal
  workspace_id uuid not null
  proposal_id uuid not null
  source_id uuid not null
  member_id uuid not null
  contact_point_id uuid not null
  kind text not null
  written_at timestamp with time zone not null
  sealed bytea
  marks uuid[] not null
  state text not null default ('waiting'::text)
  card_id uuid
  undo bytea
  decided_at timestamp with time zone
  created_at timestamp with time zone not null default (now())
  constraint proposal_kind_ck CHECK ((kind = ANY (ARRAY['signature'::text, 'moved'::text, 'successor'::text])))
  constraint proposal_mailbox_fk FOREIGN KEY (workspace_id, source_id) REFERENCES correspondents.mailbox(workspace_id, source_id) ON DELETE CASCADE
  constraint proposal_pk PRIMARY KEY (workspace_id, proposal_id)
  constraint proposal_state_ck CHECK ((state = ANY (ARRAY['waiting'::text, 'accepted'::text, 'declined'::text])))
  CREATE INDEX proposal_point_ix ON correspondents.proposal USING btree (workspace_id, member_id, contact_point_id)
  CREATE UNIQUE INDEX proposal_waiting_uq ON correspondents.proposal USING btree (workspace_id, member_id, contact_point_id, kind) WHERE (state = 'waiting'::text)
  policy of_self for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

correspondents.watch
  workspace_id uuid not null
  connection_id uuid not null
  watcher_id uuid not null
  until timestamp with time zone not null
  constraint watch_connection_fk FOREIGN KEY (workspace_id, connection_id) REFERENCES connectors.connection(workspace_id, connection_id) ON DELETE CASCADE
  constraint watch_pk PRIMARY KEY (workspace_id, connection_id)

data_map.system
  workspace_id uuid not null
  system_id uuid not null
  name text not null
  kind text not null
  owner_id uuid
  note text not null default (''::text)
  fields text[] not null default ('{}'::text[])
  volume integer
  freshness text not null
  flows jsonb not null default ('[]'::jsonb)
  version integer not null default (1)
  changed_by uuid not null
  changed_at timestamp with time zone not null default (now())
  created_at timestamp with time zone not null default (now())
  removed_at timestamp with time zone
  constraint system_changer_fk FOREIGN KEY (workspace_id, changed_by) REFERENCES identity.member(workspace_id, member_id)
  constraint system_flows_ck CHECK (((jsonb_typeof(flows) = 'array'::text) AND (jsonb_array_length(flows) <= 40)))
  constraint system_freshness_ck CHECK ((freshness = ANY (ARRAY['live'::text, 'daily'::text, 'weekly'::text, 'monthly'::text, 'rarely'::text, 'unknown'::text])))
  constraint system_kind_ck CHECK ((kind = ANY (ARRAY['crm'::text, 'erp'::text, 'shop'::text, 'mailing'::text, 'support'::text, 'web'::text, 'spreadsheet'::text, 'paper'::text, 'other'::text])))
  constraint system_owner_fk FOREIGN KEY (workspace_id, owner_id) REFERENCES identity.member(workspace_id, member_id)
  constraint system_pk PRIMARY KEY (workspace_id, system_id)
  constraint system_volume_ck CHECK (((volume >= 0) AND (volume <= 1000000000)))
  CREATE UNIQUE INDEX system_name_uq ON data_map.system USING btree (workspace_id, lower(name)) WHERE (removed_at IS NULL)
  policy by_marketer for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_marketer for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

dav.delivery
  workspace_id uuid not null
  device_id uuid not null
  card_id uuid not null
  member_id uuid not null
  state text not null
  change_no bigint not null
  gone boolean not null
  told_at timestamp with time zone
  constraint delivery_device_fk FOREIGN KEY (workspace_id, device_id) REFERENCES dav.device(workspace_id, device_id) ON DELETE CASCADE
  constraint delivery_pk PRIMARY KEY (workspace_id, device_id, card_id)
  CREATE INDEX delivery_change_ix ON dav.delivery USING btree (workspace_id, device_id, change_no)
  policy of_self for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

dav.device
  workspace_id uuid not null
  device_id uuid not null
  member_id uuid not null
  source_id uuid not null
  name text not null
  secret_hash bytea not null
  writes boolean not null
  created_at timestamp with time zone not null default (now())
  last_used_at timestamp with time zone
  client text
  lent boolean not null default (false)
  lent_change_no bigint not null default (0)
  constraint device_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint device_pk PRIMARY KEY (workspace_id, device_id)
  CREATE INDEX device_member_ix ON dav.device USING btree (workspace_id, member_id)
  CREATE INDEX device_secret_ix ON dav.device USING btree (secret_hash)
  policy of_self for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert to entregent_member

decisions."case"
  workspace_id uuid not null
  case_id uuid not null
  topic_id uuid not null
  threshold jsonb not null
  since timestamp with time zone not null
  opened_at timestamp with time zone not null default (now())
  team_id uuid
  outcome text
  words text not null default (''::text)
  owner_id uuid
  due_on date
  decided_at timestamp with time zone
  settled_at timestamp with time zone
  task_id uuid
  proposed text
  version integer not null default (1)
  constraint case_outcome_ck CHECK ((outcome = ANY (ARRAY['will_do'::text, 'will_not_do'::text, 'done'::text, 'needs_more'::text])))
  constraint case_pk PRIMARY KEY (workspace_id, case_id)
  constraint case_proposed_ck CHECK ((proposed = 'done'::text))
  constraint case_settled_ck CHECK (((settled_at IS NOT NULL) = COALESCE((outcome = ANY (ARRAY['will_not_do'::text, 'done'::text])), false)))
  CREATE UNIQUE INDEX case_open_uq ON decisions."case" USING btree (workspace_id, topic_id) WHERE (settled_at IS NULL)
  CREATE INDEX case_order_ix ON decisions."case" USING btree (workspace_id, opened_at DESC, case_id DESC)
  CREATE INDEX case_topic_ix ON decisions."case" USING btree (workspace_id, topic_id, settled_at DESC)
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_decider for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((current_setting('app.role'::text, true) = 'admin'::text) OR (owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (strpos(current_setting('app.audiences'::text, true), (team_id)::text) > 0))) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

decisions.answer
  workspace_id uuid not null
  case_id uuid not null
  point_id uuid not null
  channel_no integer
  audience_id uuid
  kind text not null
  conversation_id uuid
  message_id uuid
  request_id uuid
  to_id uuid
  text text not null default (''::text)
  reason text not null default (''::text)
  member_id uuid not null
  at timestamp with time zone not null default (now())
  constraint answer_case_fk FOREIGN KEY (workspace_id, case_id) REFERENCES decisions."case"(workspace_id, case_id) ON DELETE CASCADE
  constraint answer_kind_ck CHECK ((kind = ANY (ARRAY['reply'::text, 'mail'::text, 'introduction'::text, 'handed'::text, 'not_answered'::text])))
  constraint answer_pk PRIMARY KEY (workspace_id, case_id, point_id)
  constraint answer_reason_ck CHECK (((kind = 'not_answered'::text) = (reason <> ''::text)))
  policy by_agent for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND ((get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1) OR (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0)))
  policy of_channel for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1) OR (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0)))
  policy update_by_agent for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1) OR (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

decisions.consent
  workspace_id uuid not null
  contact_point_id uuid not null
  channel_no integer not null
  member_id uuid not null
  at timestamp with time zone not null default (now())
  constraint consent_pk PRIMARY KEY (workspace_id, contact_point_id, channel_no)
  policy of_channel for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

decisions.evidence
  workspace_id uuid not null
  case_id uuid not null
  voice_id uuid not null
  origin text not null
  conversation_id uuid
  channel_no integer
  audience_id uuid
  contact_point_id uuid
  card_id uuid
  said_at timestamp with time zone not null
  tone text not null
  constraint evidence_case_fk FOREIGN KEY (workspace_id, case_id) REFERENCES decisions."case"(workspace_id, case_id) ON DELETE CASCADE
  constraint evidence_pk PRIMARY KEY (workspace_id, case_id, voice_id)
  CREATE INDEX evidence_order_ix ON decisions.evidence USING btree (workspace_id, case_id, said_at DESC, voice_id DESC) INCLUDE (contact_point_id, card_id, channel_no)
  policy of_channel for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1) OR (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

decisions.issue
  workspace_id uuid not null
  case_id uuid not null
  issue_id uuid not null
  tracker_id uuid not null
  state text not null default ('queued'::text)
  external_id text
  url text
  title text not null
  text text not null
  answer text
  attempts integer not null default (0)
  claimed_at timestamp with time zone
  member_id uuid not null
  at timestamp with time zone not null default (now())
  constraint issue_case_fk FOREIGN KEY (workspace_id, case_id) REFERENCES decisions."case"(workspace_id, case_id) ON DELETE CASCADE
  constraint issue_pk PRIMARY KEY (workspace_id, issue_id)
  constraint issue_state_ck CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'open'::text, 'closed'::text, 'failed'::text, 'in_doubt'::text])))
  constraint issue_tracker_fk FOREIGN KEY (workspace_id, tracker_id) REFERENCES decisions.tracker(workspace_id, tracker_id)
  CREATE INDEX issue_case_ix ON decisions.issue USING btree (workspace_id, case_id)
  CREATE INDEX issue_external_ix ON decisions.issue USING btree (workspace_id, tracker_id, external_id) WHERE (external_id IS NOT NULL)
  policy by_member for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert to entregent_member

decisions.step
  workspace_id uuid not null
  case_id uuid not null
  step_id uuid not null
  kind text not null
  detail jsonb not null
  member_id uuid
  at timestamp with time zone not null default (now())
  constraint step_case_fk FOREIGN KEY (workspace_id, case_id) REFERENCES decisions."case"(workspace_id, case_id) ON DELETE CASCADE
  constraint step_kind_ck CHECK ((kind = ANY (ARRAY['opened'::text, 'decided'::text, 'issue'::text, 'issue_closed'::text, 'issue_reopened'::text])))
  constraint step_pk PRIMARY KEY (workspace_id, case_id, step_id)
  policy by_member for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

decisions.threshold
  workspace_id uuid not null
  topic_id uuid not null
  tone text not null
  people integer not null
  accounts integer not null
  cents bigint not null
  currency text not null
  days integer not null
  team_id uuid
  is_off boolean not null
  constraint threshold_ck CHECK (((people >= 5) AND (accounts >= 0) AND (cents >= 0) AND ((days >= 1) AND (days <= 365)) AND (tone = ANY (ARRAY['negative'::text, 'any'::text]))))
  constraint threshold_pk PRIMARY KEY (workspace_id, topic_id)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

decisions.tracker
  workspace_id uuid not null
  tracker_id uuid not null
  kind text not null
  name text not null
  settings jsonb not null
  secret bytea not null
  created_by uuid not null
  created_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  constraint tracker_kind_ck CHECK ((kind = ANY (ARRAY['github'::text, 'gitlab'::text, 'jira'::text, 'webhook'::text])))
  constraint tracker_pk PRIMARY KEY (workspace_id, tracker_id)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert to entregent_member

delegation."grant"
  workspace_id uuid not null
  grant_id uuid not null
  version integer not null default (1)
  book_id uuid not null
  grantee_kind text not null
  grantee_id uuid not null
  acts text[] not null
  field_mask integer not null default ('-1'::integer)
  starts_at timestamp with time zone not null default (now())
  ends_at timestamp with time zone
  created_by uuid not null
  created_at timestamp with time zone not null default (now())
  ended_by uuid
  purposes text[] not null default ('{}'::text[])
  channels text[] not null default ('{}'::text[])
  quota_count integer
  quota_period text
  quota_each boolean not null default (false)
  ask_first boolean not null default (false)
  reads boolean not null generated always as ((('read'::text = ANY (acts)) AND (NOT ask_first)))
  exports boolean not null generated always as (((acts @> ARRAY['read'::text, 'export'::text]) AND (NOT ask_first)))
  constraint grant_acts_ck CHECK ((acts <@ ARRAY['discover'::text, 'read'::text, 'contact'::text, 'export'::text, 'enrich'::text]))
  constraint grant_book_fk FOREIGN KEY (workspace_id, book_id) REFERENCES delegation.book(workspace_id, book_id) ON DELETE CASCADE
  constraint grant_channels_ck CHECK ((channels <@ ARRAY['email'::text, 'phone'::text, 'message'::text, 'letter'::text, 'visit'::text]))
  constraint grant_grantee_ck CHECK ((grantee_kind = ANY (ARRAY['workspace'::text, 'team'::text, 'member'::text, 'process'::text, 'app'::text])))
  constraint grant_pk PRIMARY KEY (workspace_id, grant_id, version)
  constraint grant_purposes_ck CHECK ((purposes <@ ARRAY['invitation'::text, 'newsletter'::text, 'prospecting'::text, 'service'::text, 'survey'::text, 'recruiting'::text]))
  constraint grant_quota_ck CHECK ((((quota_count IS NULL) = (quota_period IS NULL)) AND (quota_count > 0) AND (quota_period = ANY (ARRAY['day'::text, 'week'::text, 'month'::text, 'year'::text]))))
  CREATE INDEX grant_book_ix ON delegation."grant" USING btree (workspace_id, book_id)
  CREATE INDEX grant_dated_ix ON delegation."grant" USING btree (workspace_id, grantee_id, COALESCE(ends_at, 'infinity'::timestamp with time zone)) WHERE ((ends_at IS NOT NULL) OR (starts_at > created_at))
  CREATE INDEX grant_grantee_ix ON delegation."grant" USING btree (workspace_id, grantee_id)
  policy of_grantee for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (strpos(current_setting('app.audiences'::text, true), (grantee_id)::text) > 0) AND (reads OR ('contact'::text = ANY (acts))))
  policy of_holder for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (strpos(current_setting('app.own_books'::text, true), (book_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

delegation.book
  workspace_id uuid not null
  book_id uuid not null
  book_no integer not null
  holder_id uuid
  name text not null
  main boolean not null default (false)
  change_no bigint not null default (0)
  created_at timestamp with time zone not null default (now())
  lists_due_at timestamp with time zone
  once_for uuid
  resource_name text
  on_devices boolean not null default (true)
  constraint book_holder_fk FOREIGN KEY (workspace_id, holder_id) REFERENCES identity.member(workspace_id, member_id)
  constraint book_name_uq UNIQUE NULLS NOT DISTINCT (workspace_id, holder_id, name)
  constraint book_no_uq UNIQUE (workspace_id, book_no)
  constraint book_pk PRIMARY KEY (workspace_id, book_id)
  CREATE UNIQUE INDEX book_once_uq ON delegation.book USING btree (workspace_id, holder_id, once_for) WHERE (once_for IS NOT NULL)
  CREATE UNIQUE INDEX book_resource_uq ON delegation.book USING btree (workspace_id, holder_id, resource_name) WHERE (resource_name IS NOT NULL)
  policy by_self for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((holder_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR ((holder_id IS NULL) AND (current_setting('app.role'::text, true) = 'admin'::text))))
  policy for_identity for all to entregent_identity using true with check true
  policy of_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy of_reach for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1) OR (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1)))
  grant insert, select to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

delegation.happening
  workspace_id uuid not null
  happening_id uuid not null
  book_no integer not null
  user_id uuid not null
  kind text not null
  count integer not null
  at timestamp with time zone not null
  constraint happening_pk PRIMARY KEY (workspace_id, happening_id)
  CREATE INDEX happening_book_ix ON delegation.happening USING btree (workspace_id, book_no, at DESC, happening_id)
  CREATE INDEX happening_user_ix ON delegation.happening USING btree (workspace_id, user_id, at DESC, happening_id)
  policy by_user for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (user_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))
  policy count_by_user for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (user_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_holder for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy of_overseer for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'auditor'::text])))
  policy of_user for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (user_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

delegation.reach
  workspace_id uuid not null
  audience_id uuid not null
  chunk_no integer not null
  bits bit(2048) not null
  constraint reach_pk PRIMARY KEY (workspace_id, audience_id, chunk_no)
  policy by_holder for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (((('x'::text || substr(NULLIF(current_setting(('app.reach_'::text || chunk_no), true), ''::text), 3)))::bit(2048) & (('x'::text || repeat('00000080'::text, 64)))::bit(2048)) <> (0)::bit(2048)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

delegation.steward
  workspace_id uuid not null
  book_id uuid not null
  member_id uuid not null
  constraint steward_book_fk FOREIGN KEY (workspace_id, book_id) REFERENCES delegation.book(workspace_id, book_id) ON DELETE CASCADE
  constraint steward_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint steward_pk PRIMARY KEY (workspace_id, book_id, member_id)
  CREATE INDEX steward_member_ix ON delegation.steward USING btree (workspace_id, member_id)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

delegation.use
  workspace_id uuid not null
  use_id uuid not null
  happening_id uuid not null
  book_no integer not null
  card_id uuid not null
  user_id uuid not null
  kind text not null
  purpose text
  channel text
  outcome text
  grant_id uuid
  grant_version integer
  at timestamp with time zone not null default (now())
  hour integer not null
  constraint use_kind_ck CHECK ((kind = ANY (ARRAY['opened'::text, 'compared'::text, 'exported'::text, 'noted'::text, 'corrected'::text, 'decided'::text, 'contacted'::text, 'invited'::text, 'answered'::text, 'objected'::text, 'introduced'::text, 'passed_on'::text, 'reported'::text, 'self_updated'::text, 'viewpoint'::text, 'tied'::text, 'opportunity'::text, 'grouped'::text, 'wrote'::text, 'analysed'::text, 'attended'::text, 'sent_out'::text])))
  constraint use_pk PRIMARY KEY (workspace_id, use_id)
  CREATE INDEX use_card_ix ON delegation.use USING btree (workspace_id, card_id, use_id)
  CREATE INDEX use_happening_ix ON delegation.use USING btree (workspace_id, happening_id, use_id)
  CREATE UNIQUE INDEX use_hour_uq ON delegation.use USING btree (workspace_id, user_id, card_id, kind, hour) WHERE (kind = ANY (ARRAY['opened'::text, 'compared'::text]))
  CREATE UNIQUE INDEX use_wrote_uq ON delegation.use USING btree (workspace_id, user_id, card_id, kind, hour) WHERE (kind = 'wrote'::text)
  policy by_user for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (user_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))
  policy of_holder for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy of_overseer for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'auditor'::text])) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, (((book_no & 63) << 5))::bigint) = 1))
  policy of_user for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (user_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

delegation.use_reply
  workspace_id uuid not null
  reply_id uuid not null
  happening_id uuid not null
  book_no integer not null
  author_id uuid not null
  user_id uuid not null
  text text not null
  at timestamp with time zone not null default (now())
  seen_at timestamp with time zone
  constraint use_reply_pk PRIMARY KEY (workspace_id, reply_id)
  CREATE INDEX use_reply_happening_ix ON delegation.use_reply USING btree (workspace_id, happening_id)
  CREATE INDEX use_reply_user_ix ON delegation.use_reply USING btree (workspace_id, user_id, at DESC)
  policy by_holder for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  policy of_author for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_user for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (user_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy seen_by_user for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (user_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

destinations.destination
  workspace_id uuid not null
  destination_id uuid not null
  name text not null
  kind text not null
  settings jsonb not null
  secret bytea not null
  grantee_kind text not null
  grantee_id uuid not null
  segment_id uuid not null
  fields text[] not null
  every_minutes integer not null
  state text not null default ('draft'::text)
  version integer not null default (1)
  created_by uuid not null
  created_at timestamp with time zone not null default (now())
  due_at timestamp with time zone
  held_until timestamp with time zone
  held_by uuid
  ran_at timestamp with time zone
  succeeded_at timestamp with time zone
  failures smallint not null default (0)
  trouble text
  ending_at timestamp with time zone
  key_id uuid
  key_ends_at timestamp with time zone
  constraint destination_every_ck CHECK (((every_minutes >= 1) AND (every_minutes <= 10080)))
  constraint destination_grantee_ck CHECK ((grantee_kind = ANY (ARRAY['member'::text, 'team'::text, 'process'::text])))
  constraint destination_member_fk FOREIGN KEY (workspace_id, created_by) REFERENCES identity.member(workspace_id, member_id)
  constraint destination_pk PRIMARY KEY (workspace_id, destination_id)
  constraint destination_state_ck CHECK ((state = ANY (ARRAY['draft'::text, 'active'::text, 'paused'::text, 'failing'::text, 'ended'::text])))
  CREATE INDEX destination_due_ix ON destinations.destination USING btree (workspace_id, due_at)
  policy of_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert to entregent_member

destinations.run
  workspace_id uuid not null
  run_id uuid not null
  destination_id uuid not null
  started_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  outcome text
  added integer not null default (0)
  changed integer not null default (0)
  removed integer not null default (0)
  refused integer not null default (0)
  constraint run_destination_fk FOREIGN KEY (workspace_id, destination_id) REFERENCES destinations.destination(workspace_id, destination_id) ON DELETE CASCADE
  constraint run_pk PRIMARY KEY (workspace_id, run_id)
  CREATE INDEX run_log_ix ON destinations.run USING btree (workspace_id, destination_id, started_at DESC, run_id)
  policy of_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

destinations.sent
  workspace_id uuid not null
  destination_id uuid not null
  key text not null
  person_id uuid not null
  digest text not null
  state text not null
  arrived boolean not null default (false)
  at timestamp with time zone not null default (now())
  constraint sent_destination_fk FOREIGN KEY (workspace_id, destination_id) REFERENCES destinations.destination(workspace_id, destination_id) ON DELETE CASCADE
  constraint sent_pk PRIMARY KEY (workspace_id, destination_id, key)
  constraint sent_state_ck CHECK ((state = ANY (ARRAY['leaving'::text, 'waiting'::text, 'sent'::text, 'refused'::text, 'removing'::text])))

distribution.delivery
  workspace_id uuid not null
  delivery_id uuid not null
  endpoint_id uuid not null
  grantee_id uuid not null
  event text not null
  subject_id uuid not null
  happened_at timestamp with time zone not null
  state text not null default ('waiting'::text)
  attempts smallint not null default (0)
  due_at timestamp with time zone not null default (now())
  since timestamp with time zone not null default (now())
  told boolean not null default (false)
  last_at timestamp with time zone
  status smallint
  trouble text
  took_ms integer
  constraint delivery_endpoint_fk FOREIGN KEY (workspace_id, endpoint_id) REFERENCES distribution.endpoint(workspace_id, endpoint_id) ON DELETE CASCADE
  constraint delivery_pk PRIMARY KEY (workspace_id, delivery_id)
  constraint delivery_state_ck CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'dead'::text, 'withheld'::text])))
  CREATE INDEX delivery_due_ix ON distribution.delivery USING btree (workspace_id, endpoint_id, due_at) WHERE (state = 'waiting'::text)
  CREATE INDEX delivery_log_ix ON distribution.delivery USING btree (workspace_id, endpoint_id, last_at DESC, delivery_id) WHERE (last_at IS NOT NULL)
  CREATE INDEX delivery_state_ix ON distribution.delivery USING btree (workspace_id, endpoint_id, state, last_at DESC, delivery_id) WHERE (last_at IS NOT NULL)
  CREATE INDEX delivery_subject_ix ON distribution.delivery USING btree (workspace_id, subject_id)
  policy of_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_grantee for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (grantee_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

distribution.endpoint
  workspace_id uuid not null
  endpoint_id uuid not null
  name text not null
  url text not null
  events jsonb not null
  grantee_kind text not null
  grantee_id uuid not null
  hook boolean not null default (false)
  secret bytea not null
  former_secret bytea
  former_until timestamp with time zone
  state text not null default ('active'::text)
  created_by uuid not null
  created_at timestamp with time zone not null default (now())
  looked_reach text
  looked_marks jsonb not null default ('{}'::jsonb)
  looked_at timestamp with time zone
  looked_whole_at timestamp with time zone
  looking_until timestamp with time zone
  ending_at timestamp with time zone
  key_id uuid
  key_ends_at timestamp with time zone
  constraint endpoint_grantee_ck CHECK ((grantee_kind = ANY (ARRAY['member'::text, 'team'::text, 'process'::text, 'app'::text])))
  constraint endpoint_member_fk FOREIGN KEY (workspace_id, created_by) REFERENCES identity.member(workspace_id, member_id)
  constraint endpoint_pk PRIMARY KEY (workspace_id, endpoint_id)
  constraint endpoint_state_ck CHECK ((state = ANY (ARRAY['active'::text, 'paused'::text, 'gone'::text, 'ended'::text])))
  constraint endpoint_url_ck CHECK ((url ~ '^https?://'::text))
  policy of_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_grantee for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (grantee_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert to entregent_member

distribution.known
  workspace_id uuid not null
  endpoint_id uuid not null
  card_id uuid not null
  since timestamp with time zone not null default (now())
  constraint known_endpoint_fk FOREIGN KEY (workspace_id, endpoint_id) REFERENCES distribution.endpoint(workspace_id, endpoint_id) ON DELETE CASCADE
  constraint known_pk PRIMARY KEY (workspace_id, endpoint_id, card_id)
  CREATE INDEX known_card_ix ON distribution.known USING btree (workspace_id, card_id)
  CREATE INDEX known_since_ix ON distribution.known USING btree (workspace_id, endpoint_id, since)

events.companion
  workspace_id uuid not null
  guest_id uuid not null
  companion_no smallint not null
  audience_id uuid not null
  given text not null
  family text not null
  attended_at timestamp with time zone
  door_at timestamp with time zone
  let_in_by uuid
  constraint companion_guest_fk FOREIGN KEY (workspace_id, guest_id) REFERENCES events.guest(workspace_id, guest_id) ON DELETE CASCADE
  constraint companion_no_ck CHECK (((companion_no >= 1) AND (companion_no <= 10)))
  constraint companion_pk PRIMARY KEY (workspace_id, guest_id, companion_no)
  policy by_audience for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, select to entregent_member

events.event
  workspace_id uuid not null
  event_id uuid not null
  kind text not null
  name_fr text not null
  name_en text not null
  intro_fr text not null
  intro_en text not null
  place text not null
  online_url text not null
  starts_at timestamp with time zone not null
  ends_at timestamp with time zone not null
  zone text not null
  seats integer
  most_companions integer not null
  waiting_list boolean not null
  answers_until timestamp with time zone
  remind_days integer
  audience_id uuid not null
  owner_id uuid not null
  sequence integer not null default (0)
  cancelled_at timestamp with time zone
  settled_at timestamp with time zone
  created_at timestamp with time zone not null default (now())
  registration_channel_id uuid
  registration_open boolean not null default (false)
  constraint event_companions_ck CHECK (((most_companions >= 0) AND (most_companions <= 10)))
  constraint event_kind_ck CHECK ((kind = ANY (ARRAY['seminar'::text, 'breakfast'::text, 'webinar'::text, 'fair'::text, 'other'::text])))
  constraint event_owner_fk FOREIGN KEY (workspace_id, owner_id) REFERENCES identity.member(workspace_id, member_id)
  constraint event_pk PRIMARY KEY (workspace_id, event_id)
  constraint event_registration_audience_ck CHECK (((registration_channel_id IS NULL) OR (audience_id = workspace_id)))
  constraint event_registration_ck CHECK (((NOT registration_open) OR (registration_channel_id IS NOT NULL)))
  constraint event_remind_ck CHECK (((remind_days >= 0) AND (remind_days <= 30)))
  constraint event_seats_ck CHECK ((seats > 0))
  constraint event_time_ck CHECK ((ends_at > starts_at))
  CREATE INDEX event_start_ix ON events.event USING btree (workspace_id, starts_at)
  policy by_owner for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND ((audience_id <> workspace_id) OR (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text]))))
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  policy update_by_owner for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (current_setting('app.role'::text, true) = 'admin'::text)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

events.guest
  workspace_id uuid not null
  guest_id uuid not null
  event_id uuid not null
  audience_id uuid not null
  contact_point_id uuid not null
  card_id uuid
  invited_by uuid not null
  team_id uuid
  message_id uuid
  locale text not null
  state text not null
  companions integer not null default (0)
  badge text not null default (''::text)
  placed_at timestamp with time zone
  answered_at timestamp with time zone
  answered_by uuid
  attended_at timestamp with time zone
  attended_companions integer not null default (0)
  door_at timestamp with time zone
  let_in_by uuid
  invited_at timestamp with time zone not null default (now())
  registered_at timestamp with time zone
  constraint guest_card_ck CHECK (((card_id IS NOT NULL) OR (registered_at IS NOT NULL)))
  constraint guest_companions_ck CHECK ((((companions >= 0) AND (companions <= 10)) AND ((attended_companions >= 0) AND (attended_companions <= 10))))
  constraint guest_event_fk FOREIGN KEY (workspace_id, event_id) REFERENCES events.event(workspace_id, event_id) ON DELETE CASCADE
  constraint guest_pk PRIMARY KEY (workspace_id, guest_id)
  constraint guest_placed_ck CHECK (((placed_at IS NOT NULL) = (state = ANY (ARRAY['coming'::text, 'waiting'::text]))))
  constraint guest_seat_ck CHECK (((state <> 'declined'::text) OR (companions = 0)))
  constraint guest_state_ck CHECK ((state = ANY (ARRAY['invited'::text, 'coming'::text, 'waiting'::text, 'declined'::text])))
  CREATE INDEX guest_card_ix ON events.guest USING btree (workspace_id, card_id)
  CREATE INDEX guest_contact_ix ON events.guest USING btree (workspace_id, contact_point_id)
  CREATE UNIQUE INDEX guest_point_uq ON events.guest USING btree (workspace_id, event_id, contact_point_id)
  policy by_audience for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

events.quota
  workspace_id uuid not null
  event_id uuid not null
  team_id uuid not null
  audience_id uuid not null
  seats integer not null
  constraint quota_event_fk FOREIGN KEY (workspace_id, event_id) REFERENCES events.event(workspace_id, event_id) ON DELETE CASCADE
  constraint quota_pk PRIMARY KEY (workspace_id, event_id, team_id)
  constraint quota_seats_ck CHECK (((seats >= 1) AND (seats <= 100000)))
  policy by_audience for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

events.told
  workspace_id uuid not null
  guest_id uuid not null
  audience_id uuid not null
  kind text not null
  occasion text not null
  message_id uuid
  reasons text[] not null default ('{}'::text[])
  at timestamp with time zone not null default (now())
  constraint told_guest_fk FOREIGN KEY (workspace_id, guest_id) REFERENCES events.guest(workspace_id, guest_id) ON DELETE CASCADE
  constraint told_kind_ck CHECK ((kind = ANY (ARRAY['confirmed'::text, 'seat'::text, 'nudge'::text, 'reminder'::text, 'changed'::text, 'cancelled'::text])))
  constraint told_pk PRIMARY KEY (workspace_id, guest_id, kind, occasion)
  policy by_audience for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

facts.alias
  workspace_id uuid not null
  alias_id uuid not null
  since timestamp with time zone not null
  subject_id uuid not null
  via text not null
  created_at timestamp with time zone not null default (now())
  constraint alias_pk PRIMARY KEY (workspace_id, alias_id, since)
  constraint alias_via_ck CHECK ((via = ANY (ARRAY['signed'::text, 'told'::text, 'form'::text, 'survey'::text, 'link'::text, 'chat'::text, 'file'::text])))
  CREATE INDEX alias_subject_ix ON facts.alias USING btree (workspace_id, subject_id)

facts.database
  workspace_id uuid not null
  source_id uuid not null
  settings jsonb not null
  version integer not null default (1)
  state text not null default ('ok'::text)
  problem text
  failures integer not null default (0)
  wanted_at timestamp with time zone
  next_at timestamp with time zone not null default (now())
  read_at timestamp with time zone
  report jsonb
  cursor text
  seen jsonb not null default ('[]'::jsonb)
  constraint database_pk PRIMARY KEY (workspace_id, source_id)
  constraint database_source_fk FOREIGN KEY (workspace_id, source_id) REFERENCES facts.source(workspace_id, source_id) ON DELETE CASCADE
  constraint database_state_ck CHECK ((state = ANY (ARRAY['ok'::text, 'retrying'::text, 'attention'::text, 'paused'::text])))
  policy by_admin for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_overseer for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text, 'auditor'::text])))
  policy update_by_admin for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))

facts.fact
  workspace_id uuid not null
  subject_id uuid not null
  fact_id uuid not null
  at timestamp with time zone not null
  received_at timestamp with time zone not null default (now())
  kind_no integer not null
  source_no integer not null
  visitor_id uuid
  amount numeric
  currency text
  props jsonb
  constraint fact_amount_ck CHECK (((amount IS NULL) = (currency IS NULL)))
  constraint fact_pk PRIMARY KEY (workspace_id, subject_id, fact_id)
  CREATE INDEX fact_id_ix ON facts.fact USING btree (workspace_id, fact_id) WHERE (source_no > 0)
  CREATE INDEX fact_kind_ix ON facts.fact USING btree (workspace_id, kind_no, at, subject_id)
  policy of_kind for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (get_bit((NULLIF(current_setting('app.fact_kinds'::text, true), ''::text))::bytea, (kind_no)::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

facts.import
  workspace_id uuid not null
  import_id uuid not null
  file_name text not null
  options jsonb not null default ('{}'::jsonb)
  state text not null default ('ready'::text)
  tried smallint not null default (0)
  done_lines integer not null default (0)
  report jsonb
  created_by uuid not null
  created_at timestamp with time zone not null default (now())
  finished_at timestamp with time zone
  constraint import_pk PRIMARY KEY (workspace_id, import_id)
  constraint import_state_ck CHECK ((state = ANY (ARRAY['ready'::text, 'queued'::text, 'done'::text, 'failed'::text, 'undone'::text])))
  CREATE INDEX import_list_ix ON facts.import USING btree (workspace_id, created_at DESC)
  policy by_marketer for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

facts.import_fact
  workspace_id uuid not null
  import_id uuid not null
  fact_id uuid not null
  constraint import_fact_import_fk FOREIGN KEY (workspace_id, import_id) REFERENCES facts.import(workspace_id, import_id) ON DELETE CASCADE
  constraint import_fact_pk PRIMARY KEY (workspace_id, import_id, fact_id)

facts.import_part
  workspace_id uuid not null
  import_id uuid not null
  no integer not null
  data bytea not null
  constraint import_part_import_fk FOREIGN KEY (workspace_id, import_id) REFERENCES facts.import(workspace_id, import_id) ON DELETE CASCADE
  constraint import_part_pk PRIMARY KEY (workspace_id, import_id, no)

facts.kind
  workspace_id uuid not null
  kind_id uuid not null
  kind_no integer not null
  key text not null
  name text not null
  description text not null default (''::text)
  fields jsonb not null default ('[]'::jsonb)
  has_amount boolean not null default (false)
  purpose text not null default (''::text)
  basis text not null
  keep_months integer not null
  asks_consent boolean not null
  without_consent text not null default ('refuse'::text)
  ended_at timestamp with time zone
  created_at timestamp with time zone not null default (now())
  constraint kind_basis_ck CHECK ((basis = ANY (ARRAY['consent'::text, 'contract'::text, 'legal_obligation'::text, 'legitimate_interest'::text])))
  constraint kind_keep_ck CHECK (((keep_months >= 1) AND (keep_months <= 120)))
  constraint kind_key_ck CHECK ((key ~ '^[a-z][a-z0-9_]{0,39}$'::text))
  constraint kind_key_uq UNIQUE (workspace_id, key)
  constraint kind_no_uq UNIQUE (workspace_id, kind_no)
  constraint kind_pk PRIMARY KEY (workspace_id, kind_id)
  constraint kind_without_ck CHECK ((without_consent = ANY (ARRAY['refuse'::text, 'count'::text])))
  policy by_admin for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text) AND (kind_no >= 64))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_admin for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

facts.kind_access
  workspace_id uuid not null
  kind_id uuid not null
  audience_kind text not null
  audience_id uuid not null
  constraint kind_access_kind_ck CHECK ((audience_kind = ANY (ARRAY['workspace'::text, 'team'::text, 'member'::text])))
  constraint kind_access_kind_fk FOREIGN KEY (workspace_id, kind_id) REFERENCES facts.kind(workspace_id, kind_id) ON DELETE CASCADE
  constraint kind_access_pk PRIMARY KEY (workspace_id, kind_id, audience_id)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

facts.refusal
  workspace_id uuid not null
  source_no integer not null
  day date not null
  code text not null
  kind_key text not null
  field text not null
  count integer not null
  last_at timestamp with time zone not null default (now())
  constraint refusal_pk PRIMARY KEY (workspace_id, source_no, day, code, kind_key, field)
  policy of_overseer for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text, 'auditor'::text])))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

facts.source
  workspace_id uuid not null
  source_id uuid not null
  source_no integer not null
  kind text not null
  ref text not null
  name text not null
  settings jsonb not null default ('{}'::jsonb)
  secret bytea
  ended_at timestamp with time zone
  created_at timestamp with time zone not null default (now())
  constraint source_kind_ck CHECK ((kind = ANY (ARRAY['api'::text, 'app'::text, 'tag'::text, 'hook'::text, 'file'::text, 'product'::text, 'database'::text])))
  constraint source_no_uq UNIQUE (workspace_id, source_no)
  constraint source_pk PRIMARY KEY (workspace_id, source_id)
  constraint source_ref_uq UNIQUE (workspace_id, kind, ref)
  constraint source_sign_ck CHECK (((kind = 'tag'::text) = (source_no < 0)))
  policy by_admin for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_admin for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert to entregent_member

facts.visitor
  workspace_id uuid not null
  visitor_id uuid not null
  agreed_at timestamp with time zone not null
  withdrawn_at timestamp with time zone
  seen_on date not null
  claimed_id uuid
  constraint visitor_pk PRIMARY KEY (workspace_id, visitor_id)
  CREATE INDEX visitor_seen_ix ON facts.visitor USING btree (workspace_id, seen_on)

facts.volume
  workspace_id uuid not null
  kind_no integer not null
  source_no integer not null
  day date not null
  kept integer not null default (0)
  counted integer not null default (0)
  last_at timestamp with time zone not null default (now())
  constraint volume_pk PRIMARY KEY (workspace_id, kind_no, source_no, day)
  policy of_overseer for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text, 'auditor'::text])))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

forms.confirmation
  workspace_id uuid not null
  confirmation_id uuid not null
  contact_point_id uuid not null
  submission_id uuid not null
  token_hash bytea not null
  state text not null default ('sending'::text)
  answer text
  created_at timestamp with time zone not null default (now())
  expires_at timestamp with time zone not null
  used_at timestamp with time zone
  constraint confirmation_pk PRIMARY KEY (workspace_id, confirmation_id)
  constraint confirmation_state_ck CHECK ((state = ANY (ARRAY['sending'::text, 'sent'::text, 'failed'::text, 'in_doubt'::text])))
  constraint confirmation_submission_fk FOREIGN KEY (workspace_id, submission_id) REFERENCES forms.submission(workspace_id, submission_id) ON DELETE CASCADE
  CREATE INDEX confirmation_point_ix ON forms.confirmation USING btree (workspace_id, contact_point_id, created_at)

forms.submission
  workspace_id uuid not null
  submission_id uuid not null
  channel_id uuid not null
  version_no integer not null
  conversation_id uuid not null
  contact_point_id uuid
  locale text not null
  consents jsonb not null
  said bytea
  created_at timestamp with time zone not null default (now())
  confirmed_at timestamp with time zone
  visitor text
  event_id uuid
  constraint submission_pk PRIMARY KEY (workspace_id, submission_id)
  constraint submission_version_fk FOREIGN KEY (workspace_id, channel_id, version_no) REFERENCES forms.version(workspace_id, channel_id, version_no) ON DELETE CASCADE
  CREATE INDEX submission_flood_ix ON forms.submission USING btree (workspace_id, channel_id, created_at)
  CREATE INDEX submission_point_ix ON forms.submission USING btree (workspace_id, contact_point_id, created_at) WHERE (confirmed_at IS NULL)

forms.version
  workspace_id uuid not null
  channel_id uuid not null
  version_no integer not null
  hash bytea not null
  settings jsonb not null
  created_at timestamp with time zone not null default (now())
  constraint version_channel_fk FOREIGN KEY (workspace_id, channel_id) REFERENCES conversations.channel(workspace_id, channel_id) ON DELETE CASCADE
  constraint version_hash_uq UNIQUE (workspace_id, channel_id, hash)
  constraint version_pk PRIMARY KEY (workspace_id, channel_id, version_no)

hunting.approach
  workspace_id uuid not null
  hunt_id uuid not null
  approach_id uuid not null
  holder_id uuid not null
  card_id uuid not null
  contributed boolean not null
  state text not null default ('proposed'::text)
  rank smallint not null default (2)
  until_on date
  due_at timestamp with time zone
  subject text
  letter text
  contact_point_id uuid
  message_id uuid
  reasons text[] not null default ('{}'::text[])
  outcome text
  outcome_seen boolean
  outcome_at timestamp with time zone
  changed_at timestamp with time zone not null default (now())
  constraint approach_card_uq UNIQUE (workspace_id, hunt_id, card_id)
  constraint approach_due_ck CHECK (((due_at IS NOT NULL) = (state = 'accepted'::text)))
  constraint approach_hunt_fk FOREIGN KEY (workspace_id, hunt_id) REFERENCES hunting.hunt(workspace_id, hunt_id) ON DELETE CASCADE
  constraint approach_outcome_ck CHECK (((outcome = ANY (ARRAY['answered'::text, 'meeting'::text, 'later'::text, 'declined'::text])) AND ((outcome IS NULL) = (outcome_at IS NULL)) AND ((outcome IS NULL) = (outcome_seen IS NULL))))
  constraint approach_pk PRIMARY KEY (workspace_id, hunt_id, approach_id)
  constraint approach_postponed_ck CHECK (((until_on IS NOT NULL) = (state = 'postponed'::text)))
  constraint approach_rank_ck CHECK (((rank >= 1) AND (rank <= 3)))
  constraint approach_state_ck CHECK ((state = ANY (ARRAY['proposed'::text, 'postponed'::text, 'withdrawn'::text, 'accepted'::text, 'written'::text, 'refused'::text])))
  constraint approach_written_ck CHECK (((message_id IS NOT NULL) = (state = 'written'::text)))
  CREATE INDEX approach_card_ix ON hunting.approach USING btree (workspace_id, card_id)
  CREATE INDEX approach_due_ix ON hunting.approach USING btree (workspace_id, due_at) WHERE (state = 'accepted'::text)
  CREATE INDEX approach_holder_ix ON hunting.approach USING btree (workspace_id, holder_id, hunt_id)
  policy of_holder for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (holder_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (holder_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_written for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])) AND (state = 'written'::text) AND (NOT contributed))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

hunting.hunt
  workspace_id uuid not null
  hunt_id uuid not null
  campaign_id uuid not null
  opened_by uuid not null
  language text not null
  subject text not null
  letter text not null
  ends_on date not null
  pace integer not null
  unknown integer not null default (0)
  shared_out_at timestamp with time zone
  opened_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  version integer not null default (1)
  constraint hunt_campaign_uq UNIQUE (workspace_id, campaign_id)
  constraint hunt_language_ck CHECK ((language = ANY (ARRAY['fr'::text, 'en'::text])))
  constraint hunt_opener_fk FOREIGN KEY (workspace_id, opened_by) REFERENCES identity.member(workspace_id, member_id)
  constraint hunt_pace_ck CHECK (((pace >= 1) AND (pace <= 240)))
  constraint hunt_pk PRIMARY KEY (workspace_id, hunt_id)
  policy by_opener for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (opened_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_member for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

identity.app
  workspace_id uuid not null
  app_id uuid not null
  kind text not null
  client_id text
  name text not null
  member_id uuid not null
  scopes text[] not null
  created_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  ended_by uuid
  constraint app_kind_ck CHECK (((kind = ANY (ARRAY['oauth'::text, 'key'::text])) AND ((kind = 'oauth'::text) = (client_id IS NOT NULL))))
  constraint app_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id)
  constraint app_pk PRIMARY KEY (workspace_id, app_id)
  CREATE UNIQUE INDEX app_client_uq ON identity.app USING btree (workspace_id, client_id, member_id) WHERE (ended_at IS NULL)
  CREATE INDEX app_member_ix ON identity.app USING btree (workspace_id, member_id)
  policy by_member for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy end_by_member for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (current_setting('app.role'::text, true) = 'admin'::text)))
  policy for_identity for all to entregent_identity using true with check true
  policy of_workspace for select to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, select, update to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

identity.app_settings
  workspace_id uuid not null
  self_registration boolean not null default (false)
  embed_origins text[] not null default ('{}'::text[])
  constraint app_settings_pk PRIMARY KEY (workspace_id)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy for_identity for all to entregent_identity using true with check true
  policy of_workspace for select to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, select, update to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

identity.audit
  workspace_id uuid not null
  audit_id uuid not null
  actor_id uuid
  code text not null
  subject_id uuid
  detail jsonb not null default ('{}'::jsonb)
  at timestamp with time zone not null default (now())
  constraint audit_pk PRIMARY KEY (workspace_id, audit_id)
  policy by_actor for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (actor_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy by_overseer for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'auditor'::text])))
  policy for_identity for insert to entregent_identity with check true
  grant insert to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

identity.known_device
  workspace_id uuid not null
  member_id uuid not null
  token_hash bytea not null
  first_at timestamp with time zone not null default (now())
  last_at timestamp with time zone not null default (now())
  constraint known_device_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint known_device_pk PRIMARY KEY (workspace_id, member_id, token_hash)
  policy for_identity for all to entregent_identity using true with check true
  grant delete, insert, select, update to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper

identity.link
  workspace_id uuid not null
  link_id uuid not null
  purpose text not null
  token_hash bytea not null
  email text
  role text
  team_ids uuid[] not null default ('{}'::uuid[])
  member_id uuid
  created_by uuid
  created_at timestamp with time zone not null default (now())
  expires_at timestamp with time zone not null
  used_at timestamp with time zone
  constraint link_pk PRIMARY KEY (workspace_id, link_id)
  constraint link_purpose_ck CHECK ((purpose = ANY (ARRAY['invitation'::text, 'reset'::text])))
  CREATE INDEX link_token_ix ON identity.link USING btree (token_hash)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy for_identity for all to entregent_identity using true with check true
  policy for_overseers for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (purpose = 'invitation'::text) AND (current_setting('app.role'::text, true) = 'auditor'::text))
  grant delete, insert, select, update to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

identity.member
  workspace_id uuid not null
  member_id uuid not null
  account_id text not null
  name text not null
  email text not null
  role text not null default ('member'::text)
  locale text not null default ('fr'::text)
  theme text not null default ('system'::text)
  status text not null default ('active'::text)
  joined_at timestamp with time zone not null default (now())
  charter_version integer not null default (0)
  password_until timestamp with time zone
  constraint member_account_uq UNIQUE (workspace_id, account_id)
  constraint member_pk PRIMARY KEY (workspace_id, member_id)
  constraint member_role_ck CHECK ((role = ANY (ARRAY['member'::text, 'marketing'::text, 'auditor'::text, 'admin'::text])))
  constraint member_status_ck CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'left'::text])))
  CREATE INDEX member_account_ix ON identity.member USING btree (account_id)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy by_self for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (role = current_setting('app.role'::text, true)) AND (status = 'active'::text))
  policy for_identity for all to entregent_identity using true with check true
  policy of_workspace for select to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, select, update to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select, update to entregent_member

identity.team
  workspace_id uuid not null
  team_id uuid not null
  name text not null
  purpose text
  ends_at timestamp with time zone
  constraint team_name_uq UNIQUE (workspace_id, name)
  constraint team_pk PRIMARY KEY (workspace_id, team_id)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy for_identity for all to entregent_identity using true with check true
  policy of_workspace for select to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, select, update to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

identity.team_member
  workspace_id uuid not null
  team_id uuid not null
  member_id uuid not null
  lead boolean not null default (false)
  constraint team_member_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint team_member_pk PRIMARY KEY (workspace_id, team_id, member_id)
  constraint team_member_team_fk FOREIGN KEY (workspace_id, team_id) REFERENCES identity.team(workspace_id, team_id) ON DELETE CASCADE
  CREATE INDEX team_member_member_ix ON identity.team_member USING btree (workspace_id, member_id)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy for_identity for all to entregent_identity using true with check true
  policy of_workspace for select to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, select, update to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

identity.workspace
  workspace_id uuid not null
  name text not null
  country text not null
  demo boolean not null default (false)
  next_book_no integer not null default (0)
  created_at timestamp with time zone not null default (now())
  charter_version integer not null default (0)
  company_domains text[] not null default ('{}'::text[])
  constraint workspace_pk PRIMARY KEY (workspace_id)
  policy for_identity for all to entregent_identity using true with check true
  policy next_book for update to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  policy of_workspace for select to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, select, update to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

introductions.ask
  workspace_id uuid not null
  ask_id uuid not null
  request_id uuid not null
  holder_id uuid not null
  asker_id uuid not null
  card_ids uuid[] not null
  sought text not null
  purpose text not null
  message text not null
  state text not null default ('waiting'::text)
  card_id uuid
  answer_text text
  lend_days integer
  outcome text
  created_at timestamp with time zone not null default (now())
  expires_at timestamp with time zone not null
  answered_at timestamp with time zone
  constraint ask_days_ck CHECK (((lend_days >= 1) AND (lend_days <= 30)))
  constraint ask_pk PRIMARY KEY (workspace_id, ask_id)
  constraint ask_request_uq UNIQUE (workspace_id, request_id, holder_id)
  constraint ask_state_ck CHECK ((state = ANY (ARRAY['waiting'::text, 'introducing'::text, 'introduced'::text, 'passed_on'::text, 'lent'::text, 'told'::text, 'declined'::text, 'resting'::text, 'over'::text])))
  CREATE INDEX ask_card_ix ON introductions.ask USING btree (workspace_id, card_id) WHERE (card_id IS NOT NULL)
  CREATE INDEX ask_holder_ix ON introductions.ask USING btree (workspace_id, holder_id, ask_id DESC)
  policy of_holder for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (holder_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

introductions.request
  workspace_id uuid not null
  request_id uuid not null
  asker_id uuid not null
  sought text not null
  kind text
  purpose text not null
  message text not null
  state text not null default ('waiting'::text)
  answered_by uuid
  answer text
  answer_text text
  lent_card_id uuid
  answered_at timestamp with time zone
  outcome text
  created_at timestamp with time zone not null default (now())
  expires_at timestamp with time zone not null
  card_id uuid
  constraint request_answer_ck CHECK ((((state = 'answered'::text) = (answer IS NOT NULL)) AND (answer = ANY (ARRAY['introduced'::text, 'passed_on'::text, 'lent'::text, 'told'::text]))))
  constraint request_outcome_ck CHECK ((outcome = ANY (ARRAY['met'::text, 'no_answer'::text, 'not_useful'::text])))
  constraint request_pk PRIMARY KEY (workspace_id, request_id)
  constraint request_state_ck CHECK ((state = ANY (ARRAY['waiting'::text, 'answered'::text, 'expired'::text, 'withdrawn'::text])))
  CREATE INDEX request_asker_ix ON introductions.request USING btree (workspace_id, asker_id, request_id DESC)
  policy of_asker for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (asker_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

kernel.blob
  workspace_id uuid not null
  hash bytea not null
  media_type text not null
  data bytea not null
  created_at timestamp with time zone not null default (now())
  constraint blob_pk PRIMARY KEY (workspace_id, hash)
  policy of_workspace for all to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

kernel.idempotent_answer
  workspace_id uuid not null
  member_id uuid not null
  key text not null
  request_hash bytea not null
  status integer not null
  body jsonb
  created_at timestamp with time zone not null default (now())
  constraint idempotent_answer_pk PRIMARY KEY (workspace_id, member_id, key)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

kernel.installation
  key text not null
  value jsonb not null
  constraint installation_pk PRIMARY KEY (key)
  grant insert, select, update to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper

kernel.outbox
  workspace_id uuid not null
  outbox_id uuid not null
  topic text not null
  payload jsonb not null
  created_at timestamp with time zone not null default (now())
  due_at timestamp with time zone not null default (now())
  queue text
  constraint outbox_pk PRIMARY KEY (workspace_id, outbox_id)
  policy for_identity for insert to entregent_identity with check true
  policy of_workspace for all to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant insert to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert to entregent_member

kernel.stirred
  workspace_id uuid not null
  stirred_id uuid not null
  about text not null
  subject_ids uuid[] not null
  constraint stirred_pk PRIMARY KEY (workspace_id, stirred_id)
  policy for_identity for insert to entregent_identity with check true
  policy of_workspace for insert to entregent_member with check (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant insert to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert to entregent_member

kernel.told
  workspace_id uuid not null
  told_id uuid not null
  kind text not null
  subject_ids uuid[] not null
  at timestamp with time zone not null default (now())
  constraint told_pk PRIMARY KEY (workspace_id, told_id)
  policy for_identity for insert to entregent_identity with check true
  policy of_workspace for insert to entregent_member with check (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant insert to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert to entregent_member

lead_days.choice
  workspace_id uuid not null
  day_id uuid not null
  member_id uuid not null
  book_id uuid not null
  at timestamp with time zone not null default (now())
  constraint choice_day_fk FOREIGN KEY (workspace_id, day_id) REFERENCES lead_days.day(workspace_id, day_id) ON DELETE CASCADE
  constraint choice_pk PRIMARY KEY (workspace_id, day_id, member_id, book_id)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

lead_days.day
  workspace_id uuid not null
  day_id uuid not null
  goal text not null
  prizes text not null default (''::text)
  on_date date not null
  team_ids uuid[] not null
  planned_by uuid not null
  created_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  constraint day_pk PRIMARY KEY (workspace_id, day_id)
  constraint day_teams_ck CHECK (((cardinality(team_ids) >= 1) AND (cardinality(team_ids) <= 50)))
  CREATE INDEX day_date_ix ON lead_days.day USING btree (workspace_id, on_date DESC, day_id)
  policy by_planner for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (planned_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_teams for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((team_ids && (string_to_array(NULLIF(current_setting('app.audiences'::text, true), ''::text), ','::text))::uuid[]) OR (planned_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (current_setting('app.role'::text, true) = 'admin'::text)))
  policy removed_by_planner for delete to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((planned_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (current_setting('app.role'::text, true) = 'admin'::text)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

lead_days.entrant
  workspace_id uuid not null
  day_id uuid not null
  member_id uuid not null
  team_id uuid not null
  named boolean not null
  since timestamp with time zone not null
  joined_at timestamp with time zone not null default (now())
  fresh integer
  complete integer
  corrected integer
  settled integer
  constraint entrant_day_fk FOREIGN KEY (workspace_id, day_id) REFERENCES lead_days.day(workspace_id, day_id) ON DELETE CASCADE
  constraint entrant_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint entrant_pk PRIMARY KEY (workspace_id, day_id, member_id)
  CREATE INDEX entrant_member_ix ON lead_days.entrant USING btree (workspace_id, member_id)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

leaving.departure
  workspace_id uuid not null
  departure_id uuid not null
  member_id uuid not null
  state text not null default ('open'::text)
  origin text not null
  opened_by uuid
  opened_at timestamp with time zone not null default (now())
  confirmed_by uuid
  confirmed_at timestamp with time zone
  successor_id uuid
  lent_stays boolean
  done_at timestamp with time zone
  constraint departure_origin_ck CHECK ((origin = ANY (ARRAY['admin'::text, 'scim'::text])))
  constraint departure_pk PRIMARY KEY (workspace_id, departure_id)
  constraint departure_state_ck CHECK ((state = ANY (ARRAY['open'::text, 'leaving'::text, 'done'::text, 'cancelled'::text, 'returning'::text, 'returned'::text])))
  CREATE UNIQUE INDEX departure_member_uq ON leaving.departure USING btree (workspace_id, member_id) WHERE (state = ANY (ARRAY['open'::text, 'leaving'::text, 'returning'::text]))
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_overseer for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'auditor'::text])) OR (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

leaving.departure_book
  workspace_id uuid not null
  departure_id uuid not null
  book_id uuid not null
  stays boolean not null
  name text not null
  main boolean not null
  kept_book_id uuid
  cards_stay integer not null
  cards_go integer not null
  constraint departure_book_departure_fk FOREIGN KEY (workspace_id, departure_id) REFERENCES leaving.departure(workspace_id, departure_id)
  constraint departure_book_pk PRIMARY KEY (workspace_id, departure_id, book_id)
  policy of_overseer for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'auditor'::text])))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

letters.batch
  workspace_id uuid not null
  batch_id uuid not null
  campaign_id uuid not null
  sender_id uuid not null
  no integer not null
  planned integer not null
  letters integer not null default (0)
  pages integer not null default (0)
  state text not null default ('making'::text)
  created_at timestamp with time zone not null default (now())
  beat_at timestamp with time zone not null default (now())
  made_at timestamp with time zone
  ended_at timestamp with time zone
  constraint batch_campaign_fk FOREIGN KEY (workspace_id, campaign_id) REFERENCES plan.campaign(workspace_id, campaign_id) ON DELETE CASCADE
  constraint batch_ended_ck CHECK (((state = ANY (ARRAY['posted'::text, 'called_back'::text])) = (ended_at IS NOT NULL)))
  constraint batch_no_uq UNIQUE (workspace_id, campaign_id, no)
  constraint batch_pk PRIMARY KEY (workspace_id, batch_id)
  constraint batch_sender_fk FOREIGN KEY (workspace_id, sender_id) REFERENCES identity.member(workspace_id, member_id)
  constraint batch_state_ck CHECK ((state = ANY (ARRAY['making'::text, 'ready'::text, 'posted'::text, 'called_back'::text])))
  policy by_sender for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (sender_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy insert_of_sender for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (sender_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

letters.batch_piece
  workspace_id uuid not null
  batch_id uuid not null
  no integer not null
  sender_id uuid not null
  octets bytea not null
  constraint batch_piece_batch_fk FOREIGN KEY (workspace_id, batch_id) REFERENCES letters.batch(workspace_id, batch_id) ON DELETE CASCADE
  constraint batch_piece_pk PRIMARY KEY (workspace_id, batch_id, no)
  policy delete_of_sender for delete to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (sender_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy of_sender for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (sender_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, select to entregent_member

letters.letter
  workspace_id uuid not null
  message_id uuid not null
  batch_id uuid not null
  sender_id uuid not null
  place integer not null
  first_page integer
  pages integer
  constraint letter_batch_fk FOREIGN KEY (workspace_id, batch_id) REFERENCES letters.batch(workspace_id, batch_id) ON DELETE CASCADE
  constraint letter_message_fk FOREIGN KEY (workspace_id, message_id) REFERENCES outreach.message(workspace_id, message_id) ON DELETE CASCADE
  constraint letter_pages_ck CHECK (((first_page IS NULL) = (pages IS NULL)))
  constraint letter_pk PRIMARY KEY (workspace_id, message_id)
  CREATE INDEX letter_batch_ix ON letters.letter USING btree (workspace_id, batch_id, place)
  policy insert_of_sender for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (sender_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy of_sender for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (sender_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

letters.pile
  workspace_id uuid not null
  campaign_id uuid not null
  sender_id uuid not null
  task_id uuid not null
  since timestamp with time zone not null default (now())
  constraint pile_campaign_fk FOREIGN KEY (workspace_id, campaign_id) REFERENCES plan.campaign(workspace_id, campaign_id) ON DELETE CASCADE
  constraint pile_pk PRIMARY KEY (workspace_id, campaign_id, sender_id)
  constraint pile_sender_fk FOREIGN KEY (workspace_id, sender_id) REFERENCES identity.member(workspace_id, member_id)
  policy of_sender for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (sender_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

matching.model
  workspace_id uuid not null
  kind text not null
  model jsonb not null
  cards integer not null
  learned_at timestamp with time zone not null default (now())
  constraint model_kind_ck CHECK ((kind = ANY (ARRAY['person'::text, 'organization'::text])))
  constraint model_pk PRIMARY KEY (workspace_id, kind)

matching.postponed
  workspace_id uuid not null
  member_id uuid not null
  card_a uuid not null
  card_b uuid not null
  until timestamp with time zone not null
  constraint postponed_pk PRIMARY KEY (workspace_id, member_id, card_a, card_b)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

matching.proposal
  workspace_id uuid not null
  card_a uuid not null
  card_b uuid not null
  book_no_a integer not null
  book_no_b integer not null
  exposure_a smallint not null
  exposure_b smallint not null
  kind text not null
  probability double precision not null
  prior double precision not null
  reasons jsonb not null
  created_at timestamp with time zone not null default (now())
  asks_a integer[] not null default ('{}'::integer[])
  asks_b integer[] not null default ('{}'::integer[])
  offered bytea
  to_all boolean not null default (true)
  constraint proposal_order_ck CHECK ((card_a < card_b))
  constraint proposal_pk PRIMARY KEY (workspace_id, card_a, card_b)
  CREATE INDEX proposal_b_ix ON matching.proposal USING btree (workspace_id, card_b)
  CREATE INDEX proposal_probability_ix ON matching.proposal USING btree (workspace_id, probability DESC, card_a, card_b)
  policy of_both for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (((exposure_a < 2) AND (exposure_b < 2)) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, ((((book_no_a & 63) << 5) | 31))::bigint) = 1) OR ((exposure_a = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, (((book_no_a & 63) << 5))::bigint) = 1))) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, ((((book_no_b & 63) << 5) | 31))::bigint) = 1) OR ((exposure_b = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, (((book_no_b & 63) << 5))::bigint) = 1))))
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, ((((book_no_a & 63) << 5) | 31))::bigint) = 1) OR (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, ((((book_no_b & 63) << 5) | 31))::bigint) = 1)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

matching.run
  workspace_id uuid not null
  run_id uuid not null
  state text not null default ('running'::text)
  started_by uuid
  started_at timestamp with time zone not null default (now())
  finished_at timestamp with time zone
  done integer not null default (0)
  total integer not null default (0)
  linked integer not null default (0)
  unlinked integer not null default (0)
  proposed integer not null default (0)
  constraint run_pk PRIMARY KEY (workspace_id, run_id)
  constraint run_state_ck CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text])))
  CREATE INDEX run_started_ix ON matching.run USING btree (workspace_id, started_at DESC)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

matching.state
  workspace_id uuid not null
  version bigint not null default (0)
  wrong_per_thousand double precision not null default (2)
  constraint state_pk PRIMARY KEY (workspace_id)
  policy insert_by_admin for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  policy update_by_admin for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

matching.verdict
  workspace_id uuid not null
  verdict_id uuid not null
  card_a uuid not null
  card_b uuid not null
  book_no_a integer not null
  book_no_b integer not null
  exposure_a smallint not null
  exposure_b smallint not null
  key_a bytea not null
  key_b bytea not null
  same boolean not null
  origin text not null default ('decided'::text)
  member_id uuid
  at timestamp with time zone not null default (clock_timestamp())
  withdrawn_at timestamp with time zone
  withdrawn_by uuid
  constraint verdict_order_ck CHECK ((card_a < card_b))
  constraint verdict_origin_ck CHECK ((origin = ANY (ARRAY['decided'::text, 'split'::text, 'edited'::text])))
  constraint verdict_pk PRIMARY KEY (workspace_id, verdict_id)
  CREATE INDEX verdict_a_ix ON matching.verdict USING btree (workspace_id, card_a, card_b)
  CREATE INDEX verdict_at_ix ON matching.verdict USING btree (workspace_id, at DESC, verdict_id)
  CREATE INDEX verdict_b_ix ON matching.verdict USING btree (workspace_id, card_b)
  CREATE INDEX verdict_key_a_ix ON matching.verdict USING btree (workspace_id, key_a)
  CREATE INDEX verdict_key_b_ix ON matching.verdict USING btree (workspace_id, key_b)
  policy by_decider for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (withdrawn_at IS NULL) AND (exposure_a < 2) AND (exposure_b < 2) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, (((book_no_a & 63) << 5))::bigint) = 1) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, (((book_no_b & 63) << 5))::bigint) = 1) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, ((((book_no_a & 63) << 5) | 31))::bigint) = 1) OR (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, ((((book_no_b & 63) << 5) | 31))::bigint) = 1) OR (((NULLIF(current_setting('app.holders'::text, true), ''::text))::jsonb ->> (book_no_a)::text) <> ((NULLIF(current_setting('app.holders'::text, true), ''::text))::jsonb ->> (book_no_b)::text))))
  policy of_both for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (((exposure_a < 2) AND (exposure_b < 2)) OR (current_setting('app.restoring'::text, true) = 'on'::text)) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, ((((book_no_a & 63) << 5) | 31))::bigint) = 1) OR ((exposure_a = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, (((book_no_a & 63) << 5))::bigint) = 1))) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, ((((book_no_b & 63) << 5) | 31))::bigint) = 1) OR ((exposure_b = 0) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, (((book_no_b & 63) << 5))::bigint) = 1))))
  policy update_by_author for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_a >> 6)), true), ''::text))::bytea, ((((book_no_a & 63) << 5) | 31))::bigint) = 1) OR (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no_b >> 6)), true), ''::text))::bytea, ((((book_no_b & 63) << 5) | 31))::bigint) = 1)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

mcp.spent
  workspace_id uuid not null
  spent_id uuid not null
  member_id uuid not null
  at timestamp with time zone not null default (now())
  constraint spent_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint spent_pk PRIMARY KEY (workspace_id, spent_id)
  policy of_member for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert to entregent_member

notices.device
  workspace_id uuid not null
  device_id uuid not null
  member_id uuid not null
  endpoint_hash bytea not null
  subscription bytea not null
  user_agent text not null default (''::text)
  created_at timestamp with time zone not null default (now())
  constraint device_endpoint_uq UNIQUE (workspace_id, member_id, endpoint_hash)
  constraint device_pk PRIMARY KEY (workspace_id, device_id)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

notices.digest
  workspace_id uuid not null
  member_id uuid not null
  period date not null
  at timestamp with time zone not null default (now())
  constraint digest_pk PRIMARY KEY (workspace_id, member_id, period)

notices.digest_choice
  workspace_id uuid not null
  member_id uuid not null
  every text not null
  constraint digest_choice_every_ck CHECK ((every = ANY (ARRAY['day'::text, 'week'::text, 'never'::text])))
  constraint digest_choice_pk PRIMARY KEY (workspace_id, member_id)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

notices.notice
  workspace_id uuid not null
  notice_id uuid not null
  member_id uuid not null
  kind text not null
  subject_id uuid not null
  occasion text not null default (''::text)
  actor_id uuid
  in_app boolean not null default (true)
  at timestamp with time zone not null default (now())
  read_at timestamp with time zone
  constraint notice_kind_ck CHECK ((kind = ANY (ARRAY['request_received'::text, 'request_answered'::text, 'request_outcome'::text, 'reply'::text, 'task_due'::text, 'task_given'::text, 'task_done'::text, 'grant_made'::text, 'grant_ended'::text, 'use_changed'::text, 'import_done'::text, 'joined'::text, 'offer_received'::text, 'offer_accepted'::text, 'removal_held'::text, 'self_updated'::text, 'forget_asked'::text, 'lead_day_planned'::text, 'lead_day_result'::text, 'complained'::text, 'opportunity_given'::text, 'conversation_assigned'::text, 'mentioned'::text, 'voices_rise'::text, 'case_opened'::text, 'case_proposed'::text, 'followed_wrote'::text, 'webhook_failed'::text, 'privacy_asked'::text, 'privacy_due'::text, 'destination_failed'::text, 'audit_broken'::text, 'signed_in'::text, 'access_changed'::text, 'many_exported'::text])))
  constraint notice_once_uq UNIQUE (workspace_id, member_id, kind, subject_id, occasion)
  constraint notice_pk PRIMARY KEY (workspace_id, notice_id)
  CREATE INDEX notice_member_ix ON notices.notice USING btree (workspace_id, member_id, notice_id DESC) WHERE in_app
  CREATE INDEX notice_unread_ix ON notices.notice USING btree (workspace_id, member_id) WHERE (in_app AND (read_at IS NULL))
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

notices.preference
  workspace_id uuid not null
  member_id uuid not null
  kind text not null
  way text not null
  wanted boolean not null
  constraint preference_pk PRIMARY KEY (workspace_id, member_id, kind, way)
  constraint preference_way_ck CHECK ((way = ANY (ARRAY['app'::text, 'push'::text, 'mail'::text])))
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

opportunities.import
  workspace_id uuid not null
  import_id uuid not null
  member_id uuid not null
  file_name text not null
  source text not null
  created integer not null
  updated integer not null
  unchanged integer not null
  problems jsonb not null
  at timestamp with time zone not null default (now())
  undone_at timestamp with time zone
  connected boolean not null default (false)
  constraint import_pk PRIMARY KEY (workspace_id, import_id)
  CREATE INDEX import_member_ix ON opportunities.import USING btree (workspace_id, member_id, import_id DESC)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

opportunities.import_change
  workspace_id uuid not null
  import_id uuid not null
  opportunity_id uuid not null
  before jsonb
  after jsonb
  external_id text
  constraint import_change_import_fk FOREIGN KEY (workspace_id, import_id) REFERENCES opportunities.import(workspace_id, import_id) ON DELETE CASCADE
  constraint import_change_pk PRIMARY KEY (workspace_id, import_id, opportunity_id)
  CREATE INDEX import_change_opportunity_ix ON opportunities.import_change USING btree (workspace_id, opportunity_id)
  policy of_workspace for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

opportunities.interview
  workspace_id uuid not null
  opportunity_id uuid not null
  owner_id uuid not null
  audience_id uuid not null
  said jsonb not null
  author_id uuid not null
  changed_at timestamp with time zone not null default (now())
  constraint interview_opportunity_fk FOREIGN KEY (workspace_id, opportunity_id) REFERENCES opportunities.opportunity(workspace_id, opportunity_id) ON DELETE CASCADE
  constraint interview_pk PRIMARY KEY (workspace_id, opportunity_id)
  policy by_audience for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0)))
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

opportunities.move
  workspace_id uuid not null
  move_id uuid not null
  opportunity_id uuid not null
  kind text not null
  from_stage uuid
  to_stage uuid
  reasons text[] not null default ('{}'::text[])
  note text not null default (''::text)
  member_id uuid not null
  at timestamp with time zone not null default (now())
  owner_id uuid not null
  audience_id uuid not null
  constraint move_kind_ck CHECK ((kind = ANY (ARRAY['opened'::text, 'moved'::text, 'won'::text, 'lost'::text, 'reopened'::text])))
  constraint move_opportunity_fk FOREIGN KEY (workspace_id, opportunity_id) REFERENCES opportunities.opportunity(workspace_id, opportunity_id) ON DELETE CASCADE
  constraint move_pk PRIMARY KEY (workspace_id, opportunity_id, move_id)
  policy by_mover for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

opportunities.opportunity
  workspace_id uuid not null
  opportunity_id uuid not null
  name text not null
  organization_card uuid
  organization_name text not null default (''::text)
  stage_id uuid not null
  value_cents bigint
  currency text
  expected_on date
  opened_on date not null
  closed_on date
  outcome text
  reasons text[] not null default ('{}'::text[])
  outcome_note text not null default (''::text)
  owner_id uuid not null
  audience_id uuid not null
  note text not null default (''::text)
  source text
  external_id text
  source_state jsonb
  imported_by uuid
  version integer not null default (1)
  word_task_id uuid
  word_due_on date
  created_by uuid not null
  created_at timestamp with time zone not null default (now())
  changed_at timestamp with time zone not null default (now())
  removed_at timestamp with time zone
  ended_at timestamp with time zone
  changed_by uuid
  constraint opportunity_closed_ck CHECK ((((outcome IS NULL) = (closed_on IS NULL)) AND (closed_on >= opened_on)))
  constraint opportunity_expected_ck CHECK ((expected_on >= opened_on))
  constraint opportunity_outcome_ck CHECK ((outcome = ANY (ARRAY['won'::text, 'lost'::text])))
  constraint opportunity_owner_fk FOREIGN KEY (workspace_id, owner_id) REFERENCES identity.member(workspace_id, member_id)
  constraint opportunity_pk PRIMARY KEY (workspace_id, opportunity_id)
  constraint opportunity_stage_fk FOREIGN KEY (workspace_id, stage_id) REFERENCES opportunities.stage(workspace_id, stage_id)
  constraint opportunity_value_ck CHECK ((((value_cents IS NULL) = (currency IS NULL)) AND (value_cents >= 0) AND (currency ~ '^[A-Z]{3}$'::text)))
  CREATE INDEX opportunity_closed_ix ON opportunities.opportunity USING btree (workspace_id, closed_on DESC, opportunity_id DESC) WHERE ((outcome IS NOT NULL) AND (removed_at IS NULL))
  CREATE UNIQUE INDEX opportunity_external_uq ON opportunities.opportunity USING btree (workspace_id, imported_by, source, external_id) WHERE (external_id IS NOT NULL)
  CREATE INDEX opportunity_open_ix ON opportunities.opportunity USING btree (workspace_id, expected_on, opportunity_id) WHERE ((outcome IS NULL) AND (removed_at IS NULL))
  CREATE INDEX opportunity_organization_ix ON opportunities.opportunity USING btree (workspace_id, organization_card) WHERE (organization_card IS NOT NULL)
  CREATE INDEX opportunity_owner_ix ON opportunities.opportunity USING btree (workspace_id, owner_id)
  policy by_member for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (created_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0)))
  policy update_by_audience for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

opportunities.stage
  workspace_id uuid not null
  stage_id uuid not null
  key text
  name text
  position smallint not null
  probability smallint not null
  ended_at timestamp with time zone
  constraint stage_name_ck CHECK (((key IS NULL) <> (name IS NULL)))
  constraint stage_pk PRIMARY KEY (workspace_id, stage_id)
  constraint stage_probability_ck CHECK (((probability >= 0) AND (probability <= 100)))
  policy by_admin for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((current_setting('app.role'::text, true) = 'admin'::text) OR (key IS NOT NULL)))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_admin for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

outreach.answer
  workspace_id uuid not null
  message_id uuid not null
  answer_key bytea not null
  member_id uuid
  at timestamp with time zone not null
  constraint answer_message_fk FOREIGN KEY (workspace_id, message_id) REFERENCES outreach.message(workspace_id, message_id) ON DELETE CASCADE
  constraint answer_pk PRIMARY KEY (workspace_id, message_id, answer_key)

outreach.bounce
  workspace_id uuid not null
  message_id uuid not null
  contact_point_id uuid not null
  status text not null
  counts boolean not null
  at timestamp with time zone not null default (now())
  rank smallint not null default (0)
  constraint bounce_pk PRIMARY KEY (workspace_id, message_id)
  CREATE INDEX bounce_point_ix ON outreach.bounce USING btree (workspace_id, contact_point_id, at) WHERE counts
  policy of_admin for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

outreach.complaint
  workspace_id uuid not null
  contact_point_id uuid not null
  at timestamp with time zone not null default (now())
  message_id uuid
  constraint complaint_pk PRIMARY KEY (workspace_id, contact_point_id)
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

outreach.content_link
  workspace_id uuid not null
  content_id uuid not null
  version integer not null
  locale text not null
  link_no integer not null
  target text not null
  constraint content_link_pk PRIMARY KEY (workspace_id, content_id, version, locale, link_no)
  policy of_workspace for all to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) with check (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

outreach.decision
  workspace_id uuid not null
  decision_id uuid not null
  message_id uuid
  author_id uuid not null
  contact_point_id uuid not null
  purpose text not null
  moment text not null
  allowed boolean not null
  reasons text[] not null
  grant_ids uuid[] not null
  at timestamp with time zone not null default (now())
  manner text not null default ('personal'::text)
  later_at timestamp with time zone
  later_reasons text[] not null default ('{}'::text[])
  way text not null default ('email'::text)
  constraint decision_moment_ck CHECK ((moment = ANY (ARRAY['planned'::text, 'written'::text, 'leaving'::text])))
  constraint decision_pk PRIMARY KEY (workspace_id, decision_id)
  constraint decision_way_ck CHECK ((way = ANY (ARRAY['email'::text, 'sms'::text, 'whatsapp'::text, 'letter'::text])))
  CREATE INDEX decision_message_ix ON outreach.decision USING btree (workspace_id, message_id) WHERE (message_id IS NOT NULL)
  CREATE INDEX decision_point_ix ON outreach.decision USING btree (workspace_id, contact_point_id, decision_id DESC)
  policy of_admin for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_author for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

outreach.flow
  workspace_id uuid not null
  flow_id uuid not null
  begins_at timestamp with time zone not null
  count integer not null default (0)
  constraint flow_pk PRIMARY KEY (workspace_id, flow_id, begins_at)
  policy by_workspace for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

outreach.mail_setup
  workspace_id uuid not null
  host text not null
  port integer not null
  security text not null
  username text
  password bytea
  has_password boolean not null generated always as ((password IS NOT NULL))
  sender_name text not null
  sender_address text not null
  reply_to text
  changed_at timestamp with time zone not null default (now())
  changed_by uuid not null
  last_success_at timestamp with time zone
  last_failure_at timestamp with time zone
  last_failure text
  constraint mail_setup_pk PRIMARY KEY (workspace_id)
  constraint mail_setup_security_ck CHECK ((security = ANY (ARRAY['tls'::text, 'starttls'::text, 'none'::text])))
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, update to entregent_member

outreach.message
  workspace_id uuid not null
  message_id uuid not null
  kind text not null
  purpose text not null
  recipient_id uuid
  author_id uuid
  contact_point_id uuid
  card_id uuid
  mail_id text not null
  state text not null default ('queued'::text)
  attempts smallint not null default (0)
  next_at timestamp with time zone not null default (now())
  sending_at timestamp with time zone
  settled_at timestamp with time zone
  answer text
  reasons text[] not null default ('{}'::text[])
  created_at timestamp with time zone not null default (now())
  of_right boolean not null default (false)
  manner text not null default ('personal'::text)
  weight smallint not null default (0)
  priority smallint not null default (0)
  campaign_id uuid
  bounced_at timestamp with time zone
  bounce text
  tracked boolean not null default (false)
  way text not null default ('email'::text)
  channel_id uuid
  external_id text
  constraint message_kind_ck CHECK ((kind = ANY (ARRAY['member'::text, 'contact'::text, 'asked'::text])))
  constraint message_manner_ck CHECK ((manner = ANY (ARRAY['personal'::text, 'answer'::text, 'bulk'::text, 'automated'::text])))
  constraint message_pk PRIMARY KEY (workspace_id, message_id)
  constraint message_recipient_ck CHECK ( CASE kind WHEN 'member'::text THEN (recipient_id IS NOT NULL) WHEN 'asked'::text THEN ((contact_point_id IS NOT NULL) AND (author_id IS NULL)) ELSE ((author_id IS NOT NULL) AND (contact_point_id IS NOT NULL) AND (card_id IS NOT NULL)) END)
  constraint message_state_ck CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'made'::text, 'sent'::text, 'failed'::text, 'refused'::text, 'in_doubt'::text, 'cancelled'::text])))
  constraint message_way_ck CHECK ((way = ANY (ARRAY['email'::text, 'sms'::text, 'whatsapp'::text, 'letter'::text])))
  constraint message_weight_ck CHECK (((weight >= 0) AND (weight <= 10)))
  CREATE INDEX message_author_ix ON outreach.message USING btree (workspace_id, author_id, message_id DESC) WHERE (author_id IS NOT NULL)
  CREATE INDEX message_card_ix ON outreach.message USING btree (workspace_id, card_id) WHERE (card_id IS NOT NULL)
  CREATE INDEX message_external_ix ON outreach.message USING btree (workspace_id, channel_id, external_id) WHERE (external_id IS NOT NULL)
  CREATE INDEX message_mail_ix ON outreach.message USING btree (workspace_id, mail_id) WHERE (contact_point_id IS NOT NULL)
  CREATE INDEX message_outcome_ix ON outreach.message USING btree (workspace_id, campaign_id, state, message_id) WHERE (campaign_id IS NOT NULL)
  CREATE INDEX message_point_ix ON outreach.message USING btree (workspace_id, contact_point_id, message_id DESC) WHERE (contact_point_id IS NOT NULL)
  CREATE INDEX message_waiting_ix ON outreach.message USING btree (workspace_id, state, next_at) WHERE (state = ANY (ARRAY['queued'::text, 'sending'::text, 'in_doubt'::text]))
  policy by_admin for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_admin for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_author for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy to_member for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id IS NULL))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

outreach.message_card
  workspace_id uuid not null
  message_id uuid not null
  card_id uuid not null
  book_no integer not null
  author_id uuid not null
  purpose text not null
  grant_id uuid not null
  grant_version integer not null
  tally_card_id uuid
  tally_period text
  tally_begins_on date
  at timestamp with time zone not null default (now())
  constraint message_card_message_fk FOREIGN KEY (workspace_id, message_id) REFERENCES outreach.message(workspace_id, message_id) ON DELETE CASCADE
  constraint message_card_pk PRIMARY KEY (workspace_id, message_id, card_id)
  CREATE INDEX message_card_card_ix ON outreach.message_card USING btree (workspace_id, card_id, message_id DESC)
  policy of_author for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_holder for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting(('app.reach_'::text || (book_no >> 6)), true), ''::text))::bytea, ((((book_no & 63) << 5) | 31))::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

outreach.message_content
  workspace_id uuid not null
  message_id uuid not null
  author_id uuid
  locale text not null
  subject text not null
  paragraphs text[] not null
  action jsonb
  footer text
  sealed bytea
  content_id uuid
  content_version integer
  constraint message_content_message_fk FOREIGN KEY (workspace_id, message_id) REFERENCES outreach.message(workspace_id, message_id) ON DELETE CASCADE
  constraint message_content_pk PRIMARY KEY (workspace_id, message_id)
  constraint message_content_version_ck CHECK (((content_id IS NULL) = (content_version IS NULL)))
  policy of_author for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy to_member for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id IS NULL))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

outreach.objection
  workspace_id uuid not null
  contact_point_id uuid not null
  purpose text not null
  message_id uuid not null
  at timestamp with time zone not null default (now())
  constraint objection_pk PRIMARY KEY (workspace_id, contact_point_id, purpose)
  policy of_workspace for select to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

outreach.plan
  workspace_id uuid not null
  plan_id uuid not null
  campaign_id uuid not null
  contact_point_id uuid not null
  author_id uuid not null
  planned_at timestamp with time zone not null
  channel text not null
  weight smallint not null
  priority smallint not null
  constraint plan_pk PRIMARY KEY (workspace_id, plan_id)
  constraint plan_weight_ck CHECK (((weight >= 0) AND (weight <= 10)))
  CREATE INDEX plan_campaign_ix ON outreach.plan USING btree (workspace_id, campaign_id)
  CREATE INDEX plan_point_ix ON outreach.plan USING btree (workspace_id, contact_point_id, planned_at) INCLUDE (plan_id, channel, weight, priority)
  policy by_author for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert to entregent_member

outreach.profile_of
  workspace_id uuid not null
  contact_point_id uuid not null
  profile text not null
  constraint profile_of_pk PRIMARY KEY (workspace_id, contact_point_id)
  CREATE INDEX profile_of_profile_ix ON outreach.profile_of USING btree (workspace_id, profile)
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

outreach.received
  workspace_id uuid not null
  message_id uuid not null
  contact_point_id uuid not null
  author_id uuid not null
  at timestamp with time zone not null default (now())
  has_left boolean not null default (false)
  channel text not null
  weight smallint not null
  priority smallint not null
  constraint received_pk PRIMARY KEY (workspace_id, message_id)
  CREATE INDEX received_at_ix ON outreach.received USING btree (workspace_id, at) INCLUDE (contact_point_id, weight, has_left)
  CREATE INDEX received_point_ix ON outreach.received USING btree (workspace_id, contact_point_id, at) INCLUDE (has_left, channel, weight, priority, message_id)
  policy by_author for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (author_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert to entregent_member

outreach.return_box
  workspace_id uuid not null
  host text not null
  port integer not null
  security text not null
  username text not null
  password bytea not null
  changed_at timestamp with time zone not null default (now())
  changed_by uuid not null
  uid_validity bigint
  last_uid bigint
  read_at timestamp with time zone
  failure text
  constraint return_box_pk PRIMARY KEY (workspace_id)
  constraint return_box_security_ck CHECK ((security = ANY (ARRAY['tls'::text, 'starttls'::text, 'none'::text])))
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, update to entregent_member

outreach.rules
  workspace_id uuid not null
  rules jsonb not null
  changed_at timestamp with time zone not null default (now())
  changed_by uuid not null
  constraint rules_pk PRIMARY KEY (workspace_id)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

outreach.short_link
  workspace_id uuid not null
  code text not null
  message_id uuid not null
  constraint short_link_message_fk FOREIGN KEY (workspace_id, message_id) REFERENCES outreach.message(workspace_id, message_id) ON DELETE CASCADE
  constraint short_link_pk PRIMARY KEY (workspace_id, code)
  CREATE INDEX short_link_message_ix ON outreach.short_link USING btree (workspace_id, message_id)

outreach.sight
  workspace_id uuid not null
  message_id uuid not null
  sight_id uuid not null
  link_no integer not null
  at timestamp with time zone not null
  named boolean not null
  counts boolean not null
  constraint sight_message_fk FOREIGN KEY (workspace_id, message_id) REFERENCES outreach.message(workspace_id, message_id) ON DELETE CASCADE
  constraint sight_pk PRIMARY KEY (workspace_id, message_id, sight_id)

outreach.signing_key
  workspace_id uuid not null
  domain text not null
  selector text not null
  private_key bytea not null
  public_key text not null
  created_at timestamp with time zone not null default (now())
  created_by uuid not null
  seen_at timestamp with time zone
  confirmed_by uuid
  constraint signing_key_pk PRIMARY KEY (workspace_id)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, update to entregent_member

outreach.suppression
  workspace_id uuid not null
  contact_point_id uuid not null
  by_id uuid
  at timestamp with time zone not null default (now())
  constraint suppression_pk PRIMARY KEY (workspace_id, contact_point_id)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

outreach.tally
  workspace_id uuid not null
  grant_id uuid not null
  card_id uuid not null
  period text not null
  begins_on date not null
  grantee_id uuid not null
  count integer not null default (0)
  constraint tally_pk PRIMARY KEY (workspace_id, grant_id, card_id, period, begins_on)
  policy of_grantee for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (strpos(current_setting('app.audiences'::text, true), (grantee_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

outreach.turn
  workspace_id uuid not null
  contact_point_id uuid not null
  constraint turn_pk PRIMARY KEY (workspace_id, contact_point_id)
  policy by_workspace for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

pages.opening
  workspace_id uuid not null
  content_id uuid not null
  day date not null
  count integer not null
  constraint opening_pk PRIMARY KEY (workspace_id, content_id, day)
  constraint opening_publication_fk FOREIGN KEY (workspace_id, content_id) REFERENCES pages.publication(workspace_id, content_id) ON DELETE CASCADE
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

pages.publication
  workspace_id uuid not null
  content_id uuid not null
  slug text not null
  version integer not null
  channel_id uuid
  indexed boolean not null
  published_by uuid not null
  published_at timestamp with time zone not null default (now())
  withdrawn_at timestamp with time zone
  constraint publication_member_fk FOREIGN KEY (workspace_id, published_by) REFERENCES identity.member(workspace_id, member_id)
  constraint publication_pk PRIMARY KEY (workspace_id, content_id)
  constraint publication_slug_ck CHECK (((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text) AND (length(slug) <= 60)))
  constraint publication_version_fk FOREIGN KEY (workspace_id, content_id, version) REFERENCES content.sealed(workspace_id, content_id, version)
  CREATE UNIQUE INDEX publication_slug_uq ON pages.publication USING btree (slug)
  policy by_marketing for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])) AND (published_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_marketing for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

plan.campaign
  workspace_id uuid not null
  campaign_id uuid not null
  programme_id uuid not null
  kind text not null
  name text not null
  purpose text not null
  segment_id uuid
  target text not null default (''::text)
  channel text not null
  planned_on date
  planned_time text
  priority integer not null default (3)
  budget_cents bigint
  brief text not null default (''::text)
  began_on date
  ended_on date
  spent_cents bigint
  brought text not null default (''::text)
  example boolean not null default (false)
  version integer not null default (1)
  created_by uuid not null
  created_at timestamp with time zone not null default (now())
  archived_at timestamp with time zone
  constraint campaign_ended_ck CHECK (((ended_on IS NULL) OR ((began_on IS NOT NULL) AND (began_on <= ended_on))))
  constraint campaign_kind_ck CHECK ((kind = ANY (ARRAY['campaign'::text, 'scenario'::text])))
  constraint campaign_money_ck CHECK (((budget_cents >= 0) AND (spent_cents >= 0)))
  constraint campaign_pk PRIMARY KEY (workspace_id, campaign_id)
  constraint campaign_priority_ck CHECK (((priority >= 1) AND (priority <= 5)))
  constraint campaign_programme_fk FOREIGN KEY (workspace_id, programme_id) REFERENCES plan.programme(workspace_id, programme_id)
  constraint campaign_time_ck CHECK (((planned_time IS NULL) OR ((planned_on IS NOT NULL) AND (planned_time ~ '^([01]\d|2[0-3]):[0-5]\d$'::text))))
  CREATE INDEX campaign_programme_ix ON plan.campaign USING btree (workspace_id, programme_id)
  policy by_member for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_member for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

plan.dismissed
  workspace_id uuid not null
  journey_id uuid not null
  found text not null
  dismissed_by uuid not null
  at timestamp with time zone not null default (now())
  constraint dismissed_journey_fk FOREIGN KEY (workspace_id, journey_id) REFERENCES plan.journey(workspace_id, journey_id) ON DELETE CASCADE
  constraint dismissed_pk PRIMARY KEY (workspace_id, journey_id, found)
  policy by_dismisser for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (dismissed_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

plan.figure
  workspace_id uuid not null
  objective_id uuid not null
  week date not null
  value double precision not null
  said_by uuid
  at timestamp with time zone not null default (now())
  constraint figure_objective_fk FOREIGN KEY (workspace_id, objective_id) REFERENCES plan.objective(workspace_id, objective_id) ON DELETE CASCADE
  constraint figure_pk PRIMARY KEY (workspace_id, objective_id, week)
  constraint figure_week_ck CHECK ((EXTRACT(isodow FROM week) = (1)::numeric))
  policy by_teller for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (said_by IS NOT NULL)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (said_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

plan.journey
  workspace_id uuid not null
  journey_id uuid not null
  name text not null
  segment_id uuid
  target text not null default (''::text)
  stages jsonb not null
  owner_id uuid not null
  example boolean not null default (false)
  version integer not null default (1)
  created_at timestamp with time zone not null default (now())
  archived_at timestamp with time zone
  constraint journey_owner_fk FOREIGN KEY (workspace_id, owner_id) REFERENCES identity.member(workspace_id, member_id)
  constraint journey_pk PRIMARY KEY (workspace_id, journey_id)
  policy by_planner for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_owner for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])) OR (owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))) with check (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

plan.moment
  workspace_id uuid not null
  moment_id uuid not null
  journey_id uuid not null
  stage_id uuid not null
  name text not null
  words text not null default (''::text)
  programme_id uuid
  found text
  marked_by uuid not null
  example boolean not null default (false)
  version integer not null default (1)
  created_at timestamp with time zone not null default (now())
  archived_at timestamp with time zone
  constraint moment_journey_fk FOREIGN KEY (workspace_id, journey_id) REFERENCES plan.journey(workspace_id, journey_id) ON DELETE CASCADE
  constraint moment_pk PRIMARY KEY (workspace_id, moment_id)
  constraint moment_programme_fk FOREIGN KEY (workspace_id, programme_id) REFERENCES plan.programme(workspace_id, programme_id)
  CREATE UNIQUE INDEX moment_found_uq ON plan.moment USING btree (workspace_id, journey_id, found) WHERE (archived_at IS NULL)
  CREATE INDEX moment_journey_ix ON plan.moment USING btree (workspace_id, journey_id)
  policy by_member for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_member for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

plan.move
  workspace_id uuid not null
  move_id uuid not null
  campaign_id uuid not null
  act text not null
  step text
  member_id uuid
  alone boolean not null default (false)
  said jsonb not null default ('{}'::jsonb)
  at timestamp with time zone not null default (now())
  constraint move_act_ck CHECK ((act = ANY (ARRAY['made'::text, 'done'::text, 'reopened'::text, 'given'::text, 'brief'::text, 'changed'::text, 'day'::text, 'outcome'::text, 'archived'::text, 'restored'::text])))
  constraint move_campaign_fk FOREIGN KEY (workspace_id, campaign_id) REFERENCES plan.campaign(workspace_id, campaign_id) ON DELETE CASCADE
  constraint move_pk PRIMARY KEY (workspace_id, move_id)
  CREATE INDEX move_campaign_ix ON plan.move USING btree (workspace_id, campaign_id, at)
  policy by_mover for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

plan.objective
  workspace_id uuid not null
  objective_id uuid not null
  name text not null
  kind text not null
  why text not null default (''::text)
  measured_by text not null
  unit text not null default (''::text)
  segment_id uuid
  base_segment_id uuid
  from_value double precision not null
  to_value double precision not null
  starts_on date not null
  due_on date not null
  owner_id uuid not null
  example boolean not null default (false)
  version integer not null default (1)
  created_at timestamp with time zone not null default (now())
  archived_at timestamp with time zone
  currency text
  constraint objective_kind_ck CHECK ((kind = ANY (ARRAY['winning'::text, 'keeping'::text])))
  constraint objective_measured_ck CHECK (((measured_by = ANY (ARRAY['hand'::text, 'members'::text, 'organizations'::text, 'share'::text, 'won'::text, 'won_amount'::text, 'purchases'::text, 'answers'::text, 'meetings'::text, 'attendance'::text, 'voices'::text, 'conversations'::text])) AND ((measured_by = ANY (ARRAY['members'::text, 'organizations'::text, 'share'::text])) = (segment_id IS NOT NULL)) AND ((measured_by = 'share'::text) OR (base_segment_id IS NULL)) AND ((measured_by = 'won_amount'::text) = (currency IS NOT NULL)) AND (currency ~ '^[A-Z]{3}$'::text)))
  constraint objective_owner_fk FOREIGN KEY (workspace_id, owner_id) REFERENCES identity.member(workspace_id, member_id)
  constraint objective_path_ck CHECK ((starts_on < due_on))
  constraint objective_pk PRIMARY KEY (workspace_id, objective_id)
  policy by_planner for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_owner for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])) OR (owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))) with check (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

plan.programme
  workspace_id uuid not null
  programme_id uuid not null
  name text not null
  why text not null default (''::text)
  objective_ids uuid[] not null default ('{}'::uuid[])
  segment_id uuid
  target text not null default (''::text)
  priority integer not null default (3)
  budget_cents bigint
  currency text not null default ('EUR'::text)
  owner_id uuid not null
  colour text not null default ('teal'::text)
  starts_on date
  ends_on date
  example boolean not null default (false)
  version integer not null default (1)
  created_at timestamp with time zone not null default (now())
  archived_at timestamp with time zone
  constraint programme_budget_ck CHECK ((budget_cents >= 0))
  constraint programme_objectives_ck CHECK ((cardinality(objective_ids) <= 20))
  constraint programme_owner_fk FOREIGN KEY (workspace_id, owner_id) REFERENCES identity.member(workspace_id, member_id)
  constraint programme_period_ck CHECK ((starts_on <= ends_on))
  constraint programme_pk PRIMARY KEY (workspace_id, programme_id)
  constraint programme_priority_ck CHECK (((priority >= 1) AND (priority <= 5)))
  policy by_planner for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_owner for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])) OR (owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))) with check (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

plan.step
  workspace_id uuid not null
  campaign_id uuid not null
  step text not null
  responsible_id uuid
  due_on date
  done_at timestamp with time zone
  done_by uuid
  task_id uuid
  task_owner_id uuid
  task_due_on date
  constraint step_campaign_fk FOREIGN KEY (workspace_id, campaign_id) REFERENCES plan.campaign(workspace_id, campaign_id) ON DELETE CASCADE
  constraint step_pk PRIMARY KEY (workspace_id, campaign_id, step)
  constraint step_responsible_fk FOREIGN KEY (workspace_id, responsible_id) REFERENCES identity.member(workspace_id, member_id)
  constraint step_step_ck CHECK ((step = ANY (ARRAY['brief'::text, 'content'::text, 'check'::text, 'approval'::text, 'scheduled'::text, 'measured'::text])))
  policy by_member for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_by_member for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

relations."group"
  workspace_id uuid not null
  group_id uuid not null
  name text not null
  sort_name text not null
  kind text not null
  organization text not null default (''::text)
  place text not null default (''::text)
  starts_on date
  ends_on date
  note text not null default (''::text)
  label text
  audience_id uuid not null
  made_by uuid not null
  version integer not null default (1)
  created_at timestamp with time zone not null default (now())
  removed_at timestamp with time zone
  constraint group_dates_ck CHECK ((ends_on >= starts_on))
  constraint group_kind_ck CHECK ((kind = ANY (ARRAY['alumni'::text, 'user_club'::text, 'association'::text, 'event'::text, 'board'::text, 'other'::text])))
  constraint group_pk PRIMARY KEY (workspace_id, group_id)
  CREATE INDEX group_label_ix ON relations."group" USING btree (workspace_id, group_id) WHERE (label IS NOT NULL)
  CREATE INDEX group_name_ix ON relations."group" USING btree (workspace_id, sort_name, group_id)
  CREATE INDEX group_removed_ix ON relations."group" USING btree (workspace_id, removed_at) WHERE (removed_at IS NOT NULL)
  policy by_maker for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (made_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND ((removed_at IS NULL) OR (made_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (current_setting('app.role'::text, true) = 'admin'::text)))
  policy update_by_maker for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND ((made_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (current_setting('app.role'::text, true) = 'admin'::text)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

relations.connector
  workspace_id uuid not null
  member_id uuid not null
  tells text not null
  changed_at timestamp with time zone not null default (now())
  constraint connector_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint connector_pk PRIMARY KEY (workspace_id, member_id)
  constraint connector_tells_ck CHECK ((tells = ANY (ARRAY['nothing'::text, 'held'::text, 'strength'::text])))
  policy of_self for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  policy update_of_self for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

relations.group_member
  workspace_id uuid not null
  group_id uuid not null
  member_id uuid not null
  role text not null
  since date
  until date
  created_at timestamp with time zone not null default (now())
  constraint group_member_dates_ck CHECK ((until >= since))
  constraint group_member_group_fk FOREIGN KEY (workspace_id, group_id) REFERENCES relations."group"(workspace_id, group_id) ON DELETE CASCADE
  constraint group_member_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint group_member_pk PRIMARY KEY (workspace_id, group_id, member_id)
  constraint group_member_role_ck CHECK ((role = ANY (ARRAY['member'::text, 'board'::text, 'chair'::text, 'organiser'::text, 'speaker'::text, 'attendee'::text, 'other'::text])))
  CREATE INDEX group_member_member_ix ON relations.group_member USING btree (workspace_id, member_id)
  policy of_self for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

relations.house
  workspace_id uuid not null
  reciprocal boolean not null
  constraint house_pk PRIMARY KEY (workspace_id)
  constraint house_workspace_fk FOREIGN KEY (workspace_id) REFERENCES identity.workspace(workspace_id) ON DELETE CASCADE
  policy of_workspace for all to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

relations.suggestion
  workspace_id uuid not null
  suggestion_id uuid not null
  member_id uuid not null
  subject_id uuid not null
  card_id uuid not null
  reason text not null
  made_at timestamp with time zone not null default (now())
  dismissed_at timestamp with time zone
  taken_at timestamp with time zone
  constraint suggestion_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint suggestion_once_uq UNIQUE (workspace_id, member_id, card_id, reason)
  constraint suggestion_pk PRIMARY KEY (workspace_id, suggestion_id)
  constraint suggestion_reason_ck CHECK ((reason = ANY (ARRAY['former_colleague'::text, 'known_by_several'::text, 'in_common'::text, 'same_group'::text])))
  policy of_self for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

scenarios.effect
  workspace_id uuid not null
  effect_id uuid not null
  scenario_id uuid not null
  journey_id uuid not null
  step_no integer not null
  node_id text not null
  url text not null
  body jsonb not null
  state text not null default ('queued'::text)
  attempts smallint not null default (0)
  answer text
  made_at timestamp with time zone not null default (now())
  claimed_at timestamp with time zone
  looked_by uuid
  constraint effect_journey_fk FOREIGN KEY (workspace_id, journey_id) REFERENCES scenarios.journey(workspace_id, journey_id) ON DELETE CASCADE
  constraint effect_pk PRIMARY KEY (workspace_id, effect_id)
  constraint effect_state_ck CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'in_doubt'::text, 'cancelled'::text])))
  CREATE INDEX effect_journey_ix ON scenarios.effect USING btree (workspace_id, journey_id)
  CREATE INDEX effect_open_ix ON scenarios.effect USING btree (workspace_id, scenario_id, made_at) WHERE (state = ANY (ARRAY['queued'::text, 'sending'::text, 'in_doubt'::text, 'failed'::text]))
  policy of_workspace for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

scenarios.journey
  workspace_id uuid not null
  journey_id uuid not null
  scenario_id uuid not null
  card_id uuid not null
  contact_point_id uuid
  occasion text not null
  version integer not null
  node_id text not null
  step_no integer not null default (1)
  phase text not null default ('moving'::text)
  due_at timestamp with time zone not null
  tries smallint not null default (0)
  outcome text
  entered_at timestamp with time zone not null
  ended_at timestamp with time zone
  day date
  unseen_days smallint not null default (0)
  unseen_at timestamp with time zone
  constraint journey_ended_ck CHECK (((outcome IS NULL) = (ended_at IS NULL)))
  constraint journey_outcome_ck CHECK ((outcome = ANY (ARRAY['goal'::text, 'exit'::text, 'taken_out'::text, 'stopped'::text, 'out_of_sight'::text, 'failed'::text])))
  constraint journey_phase_ck CHECK ((phase = ANY (ARRAY['moving'::text, 'asked'::text])))
  constraint journey_pk PRIMARY KEY (workspace_id, journey_id)
  constraint journey_scenario_fk FOREIGN KEY (workspace_id, scenario_id) REFERENCES scenarios.scenario(workspace_id, scenario_id) ON DELETE CASCADE
  CREATE INDEX journey_card_ix ON scenarios.journey USING btree (workspace_id, card_id, scenario_id)
  CREATE INDEX journey_due_ix ON scenarios.journey USING btree (workspace_id, scenario_id, due_at, journey_id) WHERE (outcome IS NULL)
  CREATE UNIQUE INDEX journey_occasion_uq ON scenarios.journey USING btree (workspace_id, scenario_id, occasion)
  CREATE INDEX journey_point_ix ON scenarios.journey USING btree (workspace_id, contact_point_id) WHERE (contact_point_id IS NOT NULL)
  policy of_workspace for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

scenarios.passage
  workspace_id uuid not null
  journey_id uuid not null
  step_no integer not null
  scenario_id uuid not null
  version integer not null
  node_id text not null
  result text not null
  said jsonb not null default ('{}'::jsonb)
  at timestamp with time zone not null
  constraint passage_journey_fk FOREIGN KEY (workspace_id, journey_id) REFERENCES scenarios.journey(workspace_id, journey_id) ON DELETE CASCADE
  constraint passage_pk PRIMARY KEY (workspace_id, journey_id, step_no)
  CREATE INDEX passage_node_ix ON scenarios.passage USING btree (workspace_id, scenario_id, node_id, result)
  policy of_workspace for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

scenarios.question
  workspace_id uuid not null
  question_id uuid not null
  scenario_id uuid not null
  journey_id uuid not null
  step_no integer not null
  card_id uuid not null
  holder_id uuid not null
  words text not null
  task_id uuid not null
  asked_at timestamp with time zone not null
  expires_at timestamp with time zone not null
  answer text
  answered_by uuid
  answered_at timestamp with time zone
  constraint question_answer_ck CHECK ((answer = ANY (ARRAY['write'::text, 'go'::text, 'leave'::text])))
  constraint question_answered_ck CHECK (((answer IS NULL) = (answered_at IS NULL)))
  constraint question_journey_fk FOREIGN KEY (workspace_id, journey_id) REFERENCES scenarios.journey(workspace_id, journey_id) ON DELETE CASCADE
  constraint question_pk PRIMARY KEY (workspace_id, question_id)
  CREATE INDEX question_open_ix ON scenarios.question USING btree (workspace_id, holder_id, asked_at) WHERE (answer IS NULL)
  CREATE UNIQUE INDEX question_step_uq ON scenarios.question USING btree (workspace_id, journey_id, step_no)
  policy of_workspace for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

scenarios.scenario
  workspace_id uuid not null
  scenario_id uuid not null
  draft jsonb not null
  edition integer not null default (1)
  writer_ids uuid[] not null default ('{}'::uuid[])
  version integer not null default (0)
  state text not null default ('draft'::text)
  since timestamp with time zone
  looked_at timestamp with time zone
  taking_in_after uuid
  problem text
  changed_at timestamp with time zone not null default (now())
  approved jsonb
  constraint scenario_campaign_fk FOREIGN KEY (workspace_id, scenario_id) REFERENCES plan.campaign(workspace_id, campaign_id) ON DELETE CASCADE
  constraint scenario_pk PRIMARY KEY (workspace_id, scenario_id)
  constraint scenario_running_ck CHECK (((state = 'draft'::text) OR ((version > 0) AND (since IS NOT NULL))))
  constraint scenario_state_ck CHECK ((state = ANY (ARRAY['draft'::text, 'running'::text, 'paused'::text, 'ended'::text])))
  policy of_workspace for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

scenarios.version
  workspace_id uuid not null
  scenario_id uuid not null
  version integer not null
  definition jsonb not null
  published_by uuid not null
  published_at timestamp with time zone not null default (now())
  constraint version_pk PRIMARY KEY (workspace_id, scenario_id, version)
  constraint version_scenario_fk FOREIGN KEY (workspace_id, scenario_id) REFERENCES scenarios.scenario(workspace_id, scenario_id) ON DELETE CASCADE
  policy of_workspace for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

scim.person
  workspace_id uuid not null
  member_id uuid not null
  external_id text
  user_name text not null
  gone boolean not null default (false)
  changed_at timestamp with time zone not null default (now())
  constraint person_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint person_pk PRIMARY KEY (workspace_id, member_id)
  CREATE UNIQUE INDEX person_user_name_uq ON scim.person USING btree (workspace_id, lower(user_name))

scim.team
  workspace_id uuid not null
  team_id uuid not null
  external_id text
  changed_at timestamp with time zone not null default (now())
  constraint team_pk PRIMARY KEY (workspace_id, team_id)
  constraint team_team_fk FOREIGN KEY (workspace_id, team_id) REFERENCES identity.team(workspace_id, team_id) ON DELETE CASCADE

scim.token
  workspace_id uuid not null
  token_id uuid not null
  name text not null
  token_hash bytea not null
  created_by uuid not null
  created_at timestamp with time zone not null default (now())
  last_used_at timestamp with time zone
  constraint token_hash_uq UNIQUE (workspace_id, token_hash)
  constraint token_pk PRIMARY KEY (workspace_id, token_id)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert to entregent_member

segments.clock
  workspace_id uuid not null
  ticked_at timestamp with time zone not null
  day date not null
  constraint clock_pk PRIMARY KEY (workspace_id)

segments.counted
  workspace_id uuid not null
  segment_id uuid not null
  reach_key uuid not null
  audience_id uuid not null
  book_nos integer[] not null
  book_masks integer[] not null
  members integer not null
  constraint counted_pk PRIMARY KEY (workspace_id, segment_id, reach_key)
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND delegation.reaches(book_nos, book_masks))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

segments.day
  workspace_id uuid not null
  segment_id uuid not null
  audience_id uuid not null
  day date not null
  members integer not null
  entered integer not null default (0)
  gone integer not null default (0)
  constraint day_pk PRIMARY KEY (workspace_id, segment_id, day)
  constraint day_segment_fk FOREIGN KEY (workspace_id, segment_id) REFERENCES segments.segment(workspace_id, segment_id) ON DELETE CASCADE
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

segments.listed
  workspace_id uuid not null
  segment_id uuid not null
  audience_id uuid not null
  card_id uuid not null
  added_by uuid not null
  added_at timestamp with time zone not null default (now())
  constraint listed_pk PRIMARY KEY (workspace_id, segment_id, card_id)
  constraint listed_segment_fk FOREIGN KEY (workspace_id, segment_id) REFERENCES segments.segment(workspace_id, segment_id) ON DELETE CASCADE
  CREATE INDEX listed_card_ix ON segments.listed USING btree (workspace_id, card_id, segment_id)
  policy of_audience for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

segments.measure
  workspace_id uuid not null
  measure_id uuid not null
  key text not null
  kind text not null
  name text not null
  meaning text not null default (''::text)
  unit text not null default (''::text)
  definition jsonb not null
  version integer not null default (1)
  changed_by uuid not null
  created_at timestamp with time zone not null default (now())
  changed_at timestamp with time zone not null default (now())
  constraint measure_key_uq UNIQUE (workspace_id, key)
  constraint measure_kind_ck CHECK ((kind = ANY (ARRAY['aggregate'::text, 'score'::text])))
  constraint measure_pk PRIMARY KEY (workspace_id, measure_id)
  policy by_marketer for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

segments.member
  workspace_id uuid not null
  segment_id uuid not null
  person_id uuid not null
  cluster_id uuid not null
  audience_id uuid not null
  book_nos integer[] not null
  book_masks integer[] not null
  since timestamp with time zone not null default (now())
  constraint member_pk PRIMARY KEY (workspace_id, segment_id, person_id)
  CREATE INDEX member_cluster_ix ON segments.member USING btree (workspace_id, cluster_id, segment_id)
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND delegation.reaches(book_nos, book_masks))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

segments.movement
  workspace_id uuid not null
  movement_id uuid not null
  segment_id uuid not null
  person_id uuid not null
  cluster_id uuid not null
  audience_id uuid not null
  book_nos integer[] not null
  book_masks integer[] not null
  entered boolean not null
  at timestamp with time zone not null default (now())
  constraint movement_pk PRIMARY KEY (workspace_id, segment_id, movement_id)
  constraint movement_segment_fk FOREIGN KEY (workspace_id, segment_id) REFERENCES segments.segment(workspace_id, segment_id) ON DELETE CASCADE
  CREATE INDEX movement_at_ix ON segments.movement USING btree (workspace_id, at)
  CREATE INDEX movement_cluster_ix ON segments.movement USING btree (workspace_id, cluster_id)
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND delegation.reaches(book_nos, book_masks))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

segments.segment
  workspace_id uuid not null
  segment_id uuid not null
  key text not null
  name text not null
  description text not null default (''::text)
  kind text not null
  filter text not null
  audience_kind text not null
  audience_id uuid not null
  shown_to uuid[] not null default ('{}'::uuid[])
  owner_id uuid not null
  version integer not null default (1)
  problem jsonb
  follows text[] not null default ('{}'::text[])
  asks_ties boolean not null default (false)
  daily boolean not null default (false)
  built_at timestamp with time zone
  made_of text
  members integer not null default (0)
  created_at timestamp with time zone not null default (now())
  changed_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  constraint segment_audience_ck CHECK ((audience_kind = ANY (ARRAY['workspace'::text, 'team'::text, 'member'::text])))
  constraint segment_kind_ck CHECK ((kind = ANY (ARRAY['filter'::text, 'list'::text])))
  constraint segment_pk PRIMARY KEY (workspace_id, segment_id)
  CREATE UNIQUE INDEX segment_key_uq ON segments.segment USING btree (workspace_id, audience_id, key) WHERE (ended_at IS NULL)
  policy by_audience for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  policy by_owner for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR ((current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])) AND (audience_kind <> 'member'::text))))
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND ((strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) OR (owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (shown_to && (string_to_array(NULLIF(current_setting('app.audiences'::text, true), ''::text), ','::text))::uuid[])))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

segments.stage
  workspace_id uuid not null
  position integer not null
  key text not null
  name text not null
  filter text not null
  constraint stage_key_uq UNIQUE (workspace_id, key)
  constraint stage_pk PRIMARY KEY (workspace_id, "position")
  policy by_marketer for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text])))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

self_update.asked
  workspace_id uuid not null
  contact_point_id uuid not null
  asked_at timestamp with time zone not null default (now())
  constraint asked_pk PRIMARY KEY (workspace_id, contact_point_id)
  policy of_workspace for all to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

self_update.forget
  workspace_id uuid not null
  forget_id uuid not null
  link_id uuid not null
  member_id uuid not null
  card_id uuid not null
  task_id uuid not null
  outcome text
  asked_at timestamp with time zone not null default (now())
  due_at timestamp with time zone not null
  answered_at timestamp with time zone
  extended_at timestamp with time zone
  extension_reason text
  constraint forget_extended_ck CHECK (((extended_at IS NULL) = (extension_reason IS NULL)))
  constraint forget_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id)
  constraint forget_once_uq UNIQUE (workspace_id, link_id, member_id)
  constraint forget_outcome_ck CHECK (((outcome = ANY (ARRAY['erased'::text, 'contract'::text, 'law'::text, 'somebody_else'::text])) AND ((outcome IS NULL) = (answered_at IS NULL))))
  constraint forget_pk PRIMARY KEY (workspace_id, forget_id)
  CREATE INDEX forget_member_ix ON self_update.forget USING btree (workspace_id, member_id, forget_id DESC)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy of_overseer for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'auditor'::text])))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

self_update.link
  workspace_id uuid not null
  link_id uuid not null
  holder_id uuid not null
  card_id uuid not null
  contact_point_id uuid not null
  message_id uuid not null
  locale text not null
  secret_hash bytea not null
  created_at timestamp with time zone not null default (now())
  expires_at timestamp with time zone not null
  ended_at timestamp with time zone
  ended_by text
  code_hash bytea
  code_sent_at timestamp with time zone
  code_until timestamp with time zone
  code_tries smallint not null default (0)
  code_count smallint not null default (0)
  visit_hash bytea
  visit_until timestamp with time zone
  answered_at timestamp with time zone
  successor bytea
  has_successor boolean not null generated always as ((successor IS NOT NULL))
  constraint link_ended_ck CHECK (((ended_by = ANY (ARRAY['holder'::text, 'contact'::text, 'time'::text])) AND ((ended_at IS NULL) = (ended_by IS NULL))))
  constraint link_holder_fk FOREIGN KEY (workspace_id, holder_id) REFERENCES identity.member(workspace_id, member_id)
  constraint link_pk PRIMARY KEY (workspace_id, link_id)
  CREATE INDEX link_card_ix ON self_update.link USING btree (workspace_id, card_id)
  CREATE UNIQUE INDEX link_open_uq ON self_update.link USING btree (workspace_id, holder_id, contact_point_id) WHERE (ended_at IS NULL)
  policy of_holder for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (holder_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert to entregent_member

self_update.round
  workspace_id uuid not null
  round_id uuid not null
  book_id uuid not null
  member_id uuid not null
  locale text not null
  state text not null default ('running'::text)
  asked integer not null default (0)
  left_out integer not null default (0)
  at_card uuid
  created_at timestamp with time zone not null default (now())
  done_at timestamp with time zone
  constraint round_book_fk FOREIGN KEY (workspace_id, book_id) REFERENCES delegation.book(workspace_id, book_id) ON DELETE CASCADE
  constraint round_pk PRIMARY KEY (workspace_id, round_id)
  constraint round_state_ck CHECK ((state = ANY (ARRAY['running'::text, 'done'::text])))
  CREATE INDEX round_book_ix ON self_update.round USING btree (workspace_id, book_id, round_id DESC)
  CREATE UNIQUE INDEX round_running_uq ON self_update.round USING btree (workspace_id, book_id) WHERE (state = 'running'::text)
  policy of_book for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (strpos(current_setting('app.own_books'::text, true), (book_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

sources.file_piece
  workspace_id uuid not null
  import_id uuid not null
  no integer not null
  data bytea not null
  constraint file_piece_import_fk FOREIGN KEY (workspace_id, import_id) REFERENCES sources.import(workspace_id, import_id) ON DELETE CASCADE
  constraint file_piece_pk PRIMARY KEY (workspace_id, import_id, no)
  policy of_import for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (import_id = (NULLIF(current_setting('app.import'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

sources.import
  workspace_id uuid not null
  import_id uuid not null
  member_id uuid not null
  file_name text not null
  size bigint not null default (0)
  state text not null
  recognised jsonb
  mapping jsonb
  problem jsonb
  preview jsonb
  book_id uuid
  source_id uuid
  source_name text
  country text not null
  basis text not null default ('unknown'::text)
  obtained_at date
  progress_read integer not null default (0)
  progress_total integer
  report jsonb not null default ('{}'::jsonb)
  settled integer not null default (0)
  undone_at timestamp with time zone
  created_at timestamp with time zone not null default (now())
  started_at timestamp with time zone
  finished_at timestamp with time zone
  constraint import_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id)
  constraint import_pk PRIMARY KEY (workspace_id, import_id)
  constraint import_state_ck CHECK ((state = ANY (ARRAY['uploading'::text, 'analysing'::text, 'ready'::text, 'queued'::text, 'running'::text, 'cancelling'::text, 'done'::text, 'cancelled'::text, 'failed'::text, 'unreadable'::text, 'undoing'::text, 'undone'::text])))
  CREATE INDEX import_member_ix ON sources.import USING btree (workspace_id, member_id, created_at DESC, import_id)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

sources.import_failure
  workspace_id uuid not null
  import_id uuid not null
  position integer not null
  code text not null
  original text not null
  constraint import_failure_import_fk FOREIGN KEY (workspace_id, import_id) REFERENCES sources.import(workspace_id, import_id) ON DELETE CASCADE
  constraint import_failure_pk PRIMARY KEY (workspace_id, import_id, "position")
  policy of_import for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (import_id = (NULLIF(current_setting('app.import'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

sources.import_value
  workspace_id uuid not null
  import_id uuid not null
  card_id uuid not null
  attribute_no integer not null
  before jsonb
  value jsonb not null
  constraint import_value_import_fk FOREIGN KEY (workspace_id, import_id) REFERENCES sources.import(workspace_id, import_id) ON DELETE CASCADE
  constraint import_value_pk PRIMARY KEY (workspace_id, import_id, card_id, attribute_no)
  CREATE INDEX import_value_card_ix ON sources.import_value USING btree (workspace_id, card_id)

sources.import_warning
  workspace_id uuid not null
  import_id uuid not null
  card_id uuid not null
  code text not null
  constraint import_warning_import_fk FOREIGN KEY (workspace_id, import_id) REFERENCES sources.import(workspace_id, import_id) ON DELETE CASCADE
  constraint import_warning_pk PRIMARY KEY (workspace_id, import_id, card_id, code)
  policy of_import for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (import_id = (NULLIF(current_setting('app.import'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

sources.source
  workspace_id uuid not null
  source_id uuid not null
  holder_id uuid
  name text not null
  kind text not null
  created_at timestamp with time zone not null default (now())
  constraint source_holder_fk FOREIGN KEY (workspace_id, holder_id) REFERENCES identity.member(workspace_id, member_id)
  constraint source_pk PRIMARY KEY (workspace_id, source_id)
  CREATE INDEX source_holder_ix ON sources.source USING btree (workspace_id, holder_id)
  policy by_holder for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (holder_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy for_identity for all to entregent_identity using true with check true
  policy of_workspace for select to entregent_member using (workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)
  policy update_by_holder for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (holder_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant insert, select to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

sso.attempt
  workspace_id uuid not null
  attempt_id uuid not null
  provider_id uuid not null
  browser bytea not null
  sealed bytea
  proven boolean not null default (false)
  back text not null
  began_at timestamp with time zone not null default (now())
  constraint attempt_pk PRIMARY KEY (workspace_id, attempt_id)
  constraint attempt_provider_fk FOREIGN KEY (workspace_id, provider_id) REFERENCES sso.provider(workspace_id, provider_id) ON DELETE CASCADE
  CREATE INDEX attempt_provider_ix ON sso.attempt USING btree (workspace_id, provider_id)
  policy for_identity for all to entregent_identity using true with check true
  grant delete, insert, select, update to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper

sso.provider
  workspace_id uuid not null
  provider_id uuid not null
  kind text not null
  name text not null
  domains text[] not null
  issuer text not null
  client_id text
  client_secret bytea
  trusts_email boolean not null default (false)
  sso_url text
  certificates text[] not null default ('{}'::text[])
  newcomers boolean not null
  role text not null
  team_ids uuid[] not null default ('{}'::uuid[])
  only_way boolean not null default (false)
  changed_at timestamp with time zone not null default (now())
  last_used_at timestamp with time zone
  constraint provider_kind_ck CHECK ( CASE kind WHEN 'oidc'::text THEN (client_id IS NOT NULL) WHEN 'saml'::text THEN ((sso_url IS NOT NULL) AND (cardinality(certificates) > 0)) ELSE false END)
  constraint provider_pk PRIMARY KEY (workspace_id, provider_id)
  constraint provider_role_ck CHECK ((role = ANY (ARRAY['member'::text, 'marketing'::text, 'auditor'::text, 'admin'::text])))
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy for_identity for all to entregent_identity using true with check true
  grant select to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, update to entregent_member

sso.subject
  workspace_id uuid not null
  provider_id uuid not null
  subject text not null
  member_id uuid not null
  linked_at timestamp with time zone not null default (now())
  constraint subject_member_fk FOREIGN KEY (workspace_id, member_id) REFERENCES identity.member(workspace_id, member_id) ON DELETE CASCADE
  constraint subject_pk PRIMARY KEY (workspace_id, provider_id, subject)
  constraint subject_provider_fk FOREIGN KEY (workspace_id, provider_id) REFERENCES sso.provider(workspace_id, provider_id) ON DELETE CASCADE
  CREATE INDEX subject_member_ix ON sso.subject USING btree (workspace_id, member_id)
  policy for_identity for all to entregent_identity using true with check true
  grant insert, select to entregent_identity
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper

surveys.answer
  workspace_id uuid not null
  answer_id uuid not null
  survey_id uuid not null
  audience_id uuid not null
  via text not null
  contact_point_id uuid
  score integer
  given jsonb not null
  answered_on date not null
  shown boolean not null default (true)
  constraint answer_pk PRIMARY KEY (workspace_id, answer_id)
  constraint answer_survey_fk FOREIGN KEY (workspace_id, survey_id) REFERENCES surveys.survey(workspace_id, survey_id) ON DELETE CASCADE
  constraint answer_via_ck CHECK ((via = ANY (ARRAY['mail'::text, 'conversation'::text, 'link'::text])))
  CREATE INDEX answer_point_ix ON surveys.answer USING btree (workspace_id, contact_point_id) WHERE (contact_point_id IS NOT NULL)
  CREATE INDEX answer_survey_ix ON surveys.answer USING btree (workspace_id, survey_id, answered_on DESC, answer_id DESC)
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND shown)
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

surveys.asked
  workspace_id uuid not null
  contact_point_id uuid not null
  asked_at timestamp with time zone not null default (now())
  constraint asked_pk PRIMARY KEY (workspace_id, contact_point_id)
  policy of_workspace for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

surveys.invitation
  workspace_id uuid not null
  invitation_id uuid not null
  survey_id uuid not null
  audience_id uuid not null
  via text not null
  contact_point_id uuid
  message_id uuid
  conversation_id uuid
  opportunity_id uuid
  asked_by uuid not null
  locale text not null
  secret_hash bytea not null
  answered boolean not null default (false)
  created_at timestamp with time zone not null default (now())
  constraint invitation_pk PRIMARY KEY (workspace_id, invitation_id)
  constraint invitation_survey_fk FOREIGN KEY (workspace_id, survey_id) REFERENCES surveys.survey(workspace_id, survey_id) ON DELETE CASCADE
  constraint invitation_via_ck CHECK ((via = ANY (ARRAY['mail'::text, 'conversation'::text])))
  CREATE UNIQUE INDEX invitation_conversation_uq ON surveys.invitation USING btree (workspace_id, survey_id, conversation_id) WHERE (conversation_id IS NOT NULL)
  CREATE INDEX invitation_point_ix ON surveys.invitation USING btree (workspace_id, contact_point_id) WHERE (contact_point_id IS NOT NULL)
  CREATE INDEX invitation_survey_ix ON surveys.invitation USING btree (workspace_id, survey_id, invitation_id)
  policy by_asker for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (asked_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert to entregent_member

surveys.survey
  workspace_id uuid not null
  survey_id uuid not null
  name text not null
  kind text not null
  intro_fr text not null
  intro_en text not null
  questions jsonb not null
  anonymous boolean not null
  audience_id uuid not null
  owner_id uuid not null
  open_link boolean not null
  closed_at timestamp with time zone
  pause_days integer not null
  created_at timestamp with time zone not null default (now())
  constraint survey_kind_ck CHECK ((kind = ANY (ARRAY['csat'::text, 'nps'::text, 'free'::text])))
  constraint survey_owner_fk FOREIGN KEY (workspace_id, owner_id) REFERENCES identity.member(workspace_id, member_id)
  constraint survey_pause_ck CHECK (((pause_days >= 1) AND (pause_days <= 730)))
  constraint survey_pk PRIMARY KEY (workspace_id, survey_id)
  policy by_owner for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND ((audience_id <> workspace_id) OR (current_setting('app.role'::text, true) = ANY (ARRAY['admin'::text, 'marketing'::text]))))
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  policy update_by_owner for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (current_setting('app.role'::text, true) = 'admin'::text)))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

tasks.task
  workspace_id uuid not null
  task_id uuid not null
  title text not null
  note text
  owner_id uuid not null
  created_by uuid not null
  card_id uuid
  request_id uuid
  due_on date
  due_time text
  remind_at timestamp with time zone
  reminded_at timestamp with time zone
  done_at timestamp with time zone
  done_by uuid
  created_at timestamp with time zone not null default (now())
  constraint task_owner_fk FOREIGN KEY (workspace_id, owner_id) REFERENCES identity.member(workspace_id, member_id)
  constraint task_pk PRIMARY KEY (workspace_id, task_id)
  constraint task_time_ck CHECK (((due_time IS NULL) OR ((due_on IS NOT NULL) AND (due_time ~ '^([01]\d|2[0-3]):[0-5]\d$'::text))))
  CREATE INDEX task_card_ix ON tasks.task USING btree (workspace_id, card_id) WHERE (card_id IS NOT NULL)
  CREATE INDEX task_creator_ix ON tasks.task USING btree (workspace_id, created_by, task_id)
  CREATE INDEX task_owner_ix ON tasks.task USING btree (workspace_id, owner_id, due_on, task_id) WHERE (done_at IS NULL)
  policy by_creator for insert to entregent_member with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (created_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  policy by_party for update to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (created_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid)))
  policy of_party for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND ((owner_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) OR (created_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid)))
  policy removed_by_creator for delete to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (created_by = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select to entregent_member

voices.correction
  workspace_id uuid not null
  conversation_id uuid not null
  message_id uuid not null
  channel_no integer not null
  tone text
  topic_ids uuid[]
  member_id uuid not null
  at timestamp with time zone not null default (now())
  constraint correction_pk PRIMARY KEY (workspace_id, conversation_id, message_id)
  constraint correction_tone_ck CHECK ((tone = ANY (ARRAY['negative'::text, 'neutral'::text, 'positive'::text])))
  CREATE INDEX correction_time_ix ON voices.correction USING btree (workspace_id, at DESC)
  policy by_agent for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid) AND (get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1))
  policy of_channel for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

voices.dismissed
  workspace_id uuid not null
  member_id uuid not null
  word text not null
  constraint dismissed_pk PRIMARY KEY (workspace_id, member_id, word)
  policy of_member for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (member_id = (NULLIF(current_setting('app.member'::text, true), ''::text))::uuid))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select to entregent_member

voices.elsewhere
  workspace_id uuid not null
  origin text not null
  item_id uuid not null
  origin_id uuid not null
  contact_point_id uuid
  audience_id uuid not null
  said_on date not null
  text text not null
  language text not null
  tone text not null
  value_cents bigint
  currency text
  constraint elsewhere_pk PRIMARY KEY (workspace_id, origin, item_id)
  constraint elsewhere_tone_ck CHECK ((tone = ANY (ARRAY['negative'::text, 'neutral'::text, 'positive'::text])))
  CREATE INDEX elsewhere_origin_ix ON voices.elsewhere USING btree (workspace_id, origin, origin_id)
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

voices.elsewhere_topic
  workspace_id uuid not null
  origin text not null
  item_id uuid not null
  topic_id uuid not null
  origin_id uuid not null
  contact_point_id uuid
  audience_id uuid not null
  said_on date not null
  tone text not null
  confidence double precision not null
  why text[] not null
  constraint elsewhere_topic_item_fk FOREIGN KEY (workspace_id, origin, item_id) REFERENCES voices.elsewhere(workspace_id, origin, item_id) ON DELETE CASCADE
  constraint elsewhere_topic_pk PRIMARY KEY (workspace_id, origin, item_id, topic_id)
  CREATE INDEX elsewhere_topic_ix ON voices.elsewhere_topic USING btree (workspace_id, topic_id, said_on DESC)
  policy of_audience for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

voices.learnt
  workspace_id uuid not null
  state jsonb not null
  constraint learnt_pk PRIMARY KEY (workspace_id)

voices.model
  workspace_id uuid not null
  url text not null
  name text not null
  key bytea
  state text not null default ('working'::text)
  asks text not null
  most_a_day integer not null
  asked_on date
  asked_that_day integer not null default (0)
  asked bigint not null default (0)
  problem text
  problem_since timestamp with time zone
  changed_by uuid not null
  changed_at timestamp with time zone not null default (now())
  suggests boolean not null default (false)
  constraint model_asks_ck CHECK ((asks = ANY (ARRAY['none'::text, 'unclear'::text, 'all'::text])))
  constraint model_most_ck CHECK (((most_a_day >= 1) AND (most_a_day <= 100000)))
  constraint model_pk PRIMARY KEY (workspace_id)
  constraint model_state_ck CHECK ((state = ANY (ARRAY['working'::text, 'paused'::text])))
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, update to entregent_member

voices.reading
  workspace_id uuid not null
  conversation_id uuid not null
  message_id uuid not null
  channel_no integer not null
  contact_point_id uuid not null
  sent_at timestamp with time zone not null
  language text not null
  tone text not null
  confidence double precision not null
  why text[] not null
  read_at timestamp with time zone not null default (now())
  by_model text
  constraint reading_pk PRIMARY KEY (workspace_id, conversation_id, message_id)
  constraint reading_tone_ck CHECK ((tone = ANY (ARRAY['negative'::text, 'neutral'::text, 'positive'::text])))
  CREATE INDEX reading_point_ix ON voices.reading USING btree (workspace_id, contact_point_id, sent_at)
  CREATE INDEX reading_sent_ix ON voices.reading USING btree (workspace_id, sent_at, contact_point_id)
  policy of_channel for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

voices.reading_topic
  workspace_id uuid not null
  conversation_id uuid not null
  message_id uuid not null
  topic_id uuid not null
  channel_no integer not null
  contact_point_id uuid not null
  sent_at timestamp with time zone not null
  tone text not null
  confidence double precision not null
  why text[] not null
  said boolean not null
  constraint reading_topic_pk PRIMARY KEY (workspace_id, conversation_id, message_id, topic_id)
  constraint reading_topic_reading_fk FOREIGN KEY (workspace_id, conversation_id, message_id) REFERENCES voices.reading(workspace_id, conversation_id, message_id) ON DELETE CASCADE
  CREATE INDEX reading_topic_cell_ix ON voices.reading_topic USING btree (workspace_id, topic_id, channel_no, sent_at DESC, message_id DESC) INCLUDE (contact_point_id, tone)
  CREATE INDEX reading_topic_point_ix ON voices.reading_topic USING btree (workspace_id, contact_point_id, topic_id, channel_no, sent_at)
  policy of_channel for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

voices.reported
  workspace_id uuid not null
  origin text not null
  origin_id uuid not null
  topic_id uuid not null
  contact_point_id uuid
  card_id uuid
  audience_id uuid not null
  said_at timestamp with time zone not null
  tone text not null
  text text not null
  quotable boolean not null
  constraint reported_of_ck CHECK (((contact_point_id IS NOT NULL) OR (card_id IS NOT NULL)))
  constraint reported_origin_ck CHECK ((origin = ANY (ARRAY['note'::text, 'interview'::text, 'survey'::text, 'idea'::text])))
  constraint reported_pk PRIMARY KEY (workspace_id, origin, origin_id, topic_id)
  constraint reported_tone_ck CHECK ((tone = ANY (ARRAY['negative'::text, 'neutral'::text, 'positive'::text])))
  CREATE INDEX reported_card_ix ON voices.reported USING btree (workspace_id, card_id) WHERE (card_id IS NOT NULL)
  CREATE INDEX reported_topic_ix ON voices.reported USING btree (workspace_id, topic_id, said_at DESC)
  policy of_audience for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (strpos(current_setting('app.audiences'::text, true), (audience_id)::text) > 0))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant delete, insert, select, update to entregent_member

voices.rise
  workspace_id uuid not null
  rise_id uuid not null
  day date not null
  topic_id uuid not null
  channel_no integer not null
  count integer not null
  expected double precision not null
  told_at timestamp with time zone not null default (now())
  constraint rise_cell_uq UNIQUE (workspace_id, day, topic_id, channel_no)
  constraint rise_pk PRIMARY KEY (workspace_id, rise_id)
  policy of_channel for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

voices.stirred
  workspace_id uuid not null
  topic_id uuid not null
  lost boolean not null default (false)
  constraint stirred_pk PRIMARY KEY (workspace_id, topic_id)

voices.tally
  workspace_id uuid not null
  day date not null
  channel_no integer not null
  topic_id uuid not null
  tone text not null
  messages integer not null
  voices integer not null
  constraint tally_pk PRIMARY KEY (workspace_id, day, channel_no, topic_id, tone)
  constraint tally_tone_ck CHECK ((tone = ANY (ARRAY['negative'::text, 'neutral'::text, 'positive'::text, 'any'::text])))
  policy of_channel for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

voices.topic
  workspace_id uuid not null
  topic_id uuid not null
  parent_id uuid
  name_fr text not null
  name_en text not null
  words text[] not null
  position integer not null
  changed_at timestamp with time zone not null default (now())
  ended_at timestamp with time zone
  aspect text
  constraint topic_aspect_ck CHECK ((aspect = ANY (ARRAY['product'::text, 'service'::text, 'competition'::text, 'message'::text, 'image'::text])))
  constraint topic_pk PRIMARY KEY (workspace_id, topic_id)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

voices.voice
  workspace_id uuid not null
  contact_point_id uuid not null
  topic_id uuid not null
  channel_no integer not null
  month date not null
  tone text not null
  first_day date not null
  constraint voice_pk PRIMARY KEY (workspace_id, contact_point_id, topic_id, channel_no, month, tone)
  policy of_channel for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text) AND (get_bit((NULLIF(current_setting('app.channels'::text, true), ''::text))::bytea, (channel_no)::bigint) = 1))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant select to entregent_member

voices.weighing
  workspace_id uuid not null
  person double precision not null
  account double precision not null
  thousand double precision not null
  currency text not null
  constraint weighing_ck CHECK (((person >= (0)::double precision) AND (account >= (0)::double precision) AND (thousand >= (0)::double precision) AND (currency ~ '^[A-Z]{3}$'::text)))
  constraint weighing_pk PRIMARY KEY (workspace_id)
  policy by_admin for all to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) = 'admin'::text))
  policy of_workspace for select to entregent_member using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid) AND (current_setting('app.role'::text, true) IS DISTINCT FROM 'app'::text))
  grant delete, insert, maintain, references, select, trigger, truncate, update to entregent_keeper
  grant insert, select, update to entregent_member

functions
  facts.add_kinds(uuid) returns void
  delegation.bits_of(integer) returns bit immutable
  delegation.bits_of_reach(text) returns bit immutable
  hunting.count_coverage(uuid) returns TABLE(holder_id uuid, proposed integer, contributed integer, written integer, answered integer, meetings integer) stable security definer
  cards.count_discoverable(text[],text) returns integer stable security definer
  attributes.enter() returns void security definer
  conversations.enter() returns void security definer
  delegation.enter(uuid,uuid,text) returns boolean security definer
  facts.enter() returns void security definer
  delegation.enter_both(uuid,uuid,uuid) returns boolean security definer
  delegation.enter_holders(uuid,integer[]) returns void
  cards.find_discoverable(text[],text) returns SETOF uuid stable security definer
  cards.find_entries(text[],text[],jsonb,text,text,uuid,integer) returns SETOF cards.entry stable security definer
  relations.find_hints(text[],text) returns TABLE(team text, band text) stable security definer
  conversations.find_messages(uuid,tsquery,timestamp with time zone,uuid,integer) returns TABLE(conversation_id uuid, message_id uuid, sent_at timestamp with time zone) stable security definer
  cards.find_on_devices(integer,text[]) returns SETOF text stable security definer
  audit.holder_of(integer) returns uuid stable security definer
  delegation.holds_any(integer[]) returns boolean stable
  cards.holds_now(integer) returns boolean stable
  cards.is_cut(integer,integer,integer[]) returns boolean stable
  cards.is_one_with(uuid,uuid,uuid[]) returns boolean stable
  segments.is_reached(bytea,integer[],integer[]) returns boolean immutable
  cards.is_seen(integer,smallint) returns boolean stable
  cards.is_told(integer,integer[],integer,integer[],bytea) returns boolean stable
  outreach.know(uuid[],integer) returns TABLE(subject_id uuid, ever boolean, lately boolean, customer boolean, waits boolean) stable security definer
  cards.list_companies(text[],text,text,integer) returns TABLE(sort_organization text, organization text, people integer) stable
  cards.list_device_changes(integer,bigint,integer) returns TABLE(name text, change_no bigint, gone boolean) stable security definer
  conversations.next_channel_no(uuid) returns integer stable security definer
  facts.next_kind_no(uuid) returns integer stable security definer
  facts.next_source_no(uuid,boolean) returns integer stable security definer
  segments.reach() returns bytea stable
  delegation.reach_of(integer) returns integer stable
  delegation.reaches(integer[],integer[]) returns boolean stable
  matching.source_hash(uuid,text) returns bytea immutable
  cards.step_along_ties(uuid[],integer[],integer) returns TABLE(from_no integer, cluster_id uuid, strength integer) stable security definer
  kernel.wake_again(uuid,uuid,text,text,integer) returns void security definer
  kernel.wake_worker(uuid,uuid,text,text,integer) returns void security definer
