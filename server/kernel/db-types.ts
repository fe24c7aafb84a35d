// Written by tools/db-types.ts from the migrated schema; do not edit.
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

export interface DB {
  'cards.card': {
    workspace_id: string;
    card_id: string;
    book_no: number;
    exposure: Generated<number>;
    source_id: string;
    source_key: string;
    uid: string | null;
    resource_name: string | null;
    kind: string;
    cluster_id: string;
    change_no: number;
    import_id: string | null;
    content_hash: Buffer;
    created_at: ColumnType<Date, Date | string, Date | string>;
    created_by: string | null;
    seen_at: ColumnType<Date, Date | string, Date | string>;
    ended_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    removed_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    purge_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    exposure_before: number | null;
    archived_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    archived_for: string[] | null;
    kept_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    removed_for: string | null;
  };
  'cards.card_change': {
    workspace_id: string;
    card_id: string;
    change_id: string;
    change_no: number;
    book_no: number;
    exposure: number;
    kind: string;
    member_id: string | null;
    import_id: string | null;
    fields: Generated<string[]>;
    before: unknown | null;
    at: ColumnType<Date, Date | string | undefined, Date | string>;
    left_organization: string | null;
  };
  'cards.card_field': {
    workspace_id: string;
    card_id: string;
    no: number;
    book_no: number;
    exposure: number;
    class: number;
    kind: string;
    value: unknown;
    contact_point_id: string | null;
    author_id: string | null;
    source_value: unknown | null;
    seen_at: ColumnType<Date, Date | string, Date | string>;
  };
  'cards.card_original': {
    workspace_id: string;
    card_id: string;
    book_no: number;
    exposure: number;
    media_type: string;
    data: Buffer;
  };
  'cards.consent_statement': {
    workspace_id: string;
    contact_point_id: string;
    import_id: string;
    consent: string;
    since: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    evidence: string;
  };
  'cards.contact_point': {
    workspace_id: string;
    contact_point_id: string;
    channel: string;
    consent: Generated<string>;
    consent_since: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    consent_evidence: string | null;
    health: Generated<string>;
    health_since: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    consent_origin: string | null;
  };
  'cards.entry': {
    workspace_id: string;
    audience_id: string;
    person_id: string;
    cluster_id: string;
    kind: string;
    name: string;
    sort_name: string;
    sort_organization: string | null;
    organization: string | null;
    title: string | null;
    email: string | null;
    phone: string | null;
    city: string | null;
    photo: string | null;
    card_count: number;
    seen_at: ColumnType<Date, Date | string, Date | string>;
    book_nos: number[];
    source_ids: string[];
    search: string;
    book_masks: number[];
  };
  'cards.entry_cover': {
    workspace_id: string;
    audience_id: string;
    covered_audience_id: string;
    covered_person_id: string;
    cluster_id: string;
  };
  'cards.link': {
    workspace_id: string;
    card_a: string;
    card_b: string;
    book_no_a: number;
    book_no_b: number;
    exposure_a: number;
    exposure_b: number;
    evidence: string[];
    created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'cards.note': {
    workspace_id: string;
    note_id: string;
    card_id: string;
    book_no: number;
    exposure: number;
    author_id: string;
    text: string;
    created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'cards.person_redirect': {
    workspace_id: string;
    person_id: string;
    card_id: string;
  };
  'cards.set_aside': {
    workspace_id: string;
    occasion_id: string;
    kind: string;
    card_id: string;
    item: string;
    content: unknown;
    purge_at: ColumnType<Date, Date | string, Date | string>;
  };
  'cards.view': {
    workspace_id: string;
    view_id: string;
    member_id: string;
    name: string;
    filter: unknown;
  };
  'charter.acceptance': {
    workspace_id: string;
    member_id: string;
    version: number;
    at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'charter.charter': {
    workspace_id: string;
    version: number;
    text_fr: string;
    text_en: string;
    least: string;
    on_leaving: string;
    published_by: string;
    published_at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'delegation.book': {
    workspace_id: string;
    book_id: string;
    book_no: number;
    holder_id: string | null;
    name: string;
    main: Generated<boolean>;
    change_no: Generated<number>;
    created_at: ColumnType<Date, Date | string | undefined, Date | string>;
    lists_due_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
  };
  'delegation.grant': {
    workspace_id: string;
    grant_id: string;
    version: Generated<number>;
    book_id: string;
    grantee_kind: string;
    grantee_id: string;
    acts: string[];
    field_mask: Generated<number>;
    starts_at: ColumnType<Date, Date | string | undefined, Date | string>;
    ends_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    created_by: string;
    created_at: ColumnType<Date, Date | string | undefined, Date | string>;
    ended_by: string | null;
    purposes: Generated<string[]>;
    channels: Generated<string[]>;
    quota_count: number | null;
    quota_period: string | null;
    quota_each: Generated<boolean>;
    ask_first: Generated<boolean>;
    reads: GeneratedAlways<boolean>;
    exports: GeneratedAlways<boolean>;
  };
  'delegation.happening': {
    workspace_id: string;
    happening_id: string;
    book_no: number;
    user_id: string;
    kind: string;
    count: number;
    at: ColumnType<Date, Date | string, Date | string>;
  };
  'delegation.reach': {
    workspace_id: string;
    audience_id: string;
    chunk_no: number;
    bits: string;
  };
  'delegation.steward': {
    workspace_id: string;
    book_id: string;
    member_id: string;
  };
  'delegation.use': {
    workspace_id: string;
    use_id: string;
    happening_id: string;
    book_no: number;
    card_id: string;
    user_id: string;
    kind: string;
    purpose: string | null;
    channel: string | null;
    outcome: string | null;
    grant_id: string | null;
    grant_version: number | null;
    at: ColumnType<Date, Date | string | undefined, Date | string>;
    hour: number;
  };
  'delegation.use_reply': {
    workspace_id: string;
    reply_id: string;
    happening_id: string;
    book_no: number;
    author_id: string;
    user_id: string;
    text: string;
    at: ColumnType<Date, Date | string | undefined, Date | string>;
    seen_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
  };
  'identity.audit': {
    workspace_id: string;
    audit_id: string;
    actor_id: string | null;
    code: string;
    subject_id: string | null;
    detail: Generated<unknown>;
    at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'identity.link': {
    workspace_id: string;
    link_id: string;
    purpose: string;
    token_hash: Buffer;
    email: string | null;
    role: string | null;
    team_ids: Generated<string[]>;
    member_id: string | null;
    created_by: string | null;
    created_at: ColumnType<Date, Date | string | undefined, Date | string>;
    expires_at: ColumnType<Date, Date | string, Date | string>;
    used_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
  };
  'identity.member': {
    workspace_id: string;
    member_id: string;
    account_id: string;
    name: string;
    email: string;
    role: Generated<string>;
    locale: Generated<string>;
    theme: Generated<string>;
    status: Generated<string>;
    joined_at: ColumnType<Date, Date | string | undefined, Date | string>;
    charter_version: Generated<number>;
    password_until: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
  };
  'identity.team': {
    workspace_id: string;
    team_id: string;
    name: string;
  };
  'identity.team_member': {
    workspace_id: string;
    team_id: string;
    member_id: string;
    lead: Generated<boolean>;
  };
  'identity.workspace': {
    workspace_id: string;
    name: string;
    country: string;
    demo: Generated<boolean>;
    next_book_no: Generated<number>;
    created_at: ColumnType<Date, Date | string | undefined, Date | string>;
    charter_version: Generated<number>;
    company_domains: Generated<string[]>;
  };
  'kernel.blob': {
    workspace_id: string;
    hash: Buffer;
    media_type: string;
    data: Buffer;
    created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'kernel.idempotent_answer': {
    workspace_id: string;
    member_id: string;
    key: string;
    request_hash: Buffer;
    status: number;
    body: unknown | null;
    created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'kernel.installation': {
    key: string;
    value: unknown;
  };
  'kernel.outbox': {
    workspace_id: string;
    outbox_id: string;
    topic: string;
    payload: unknown;
    created_at: ColumnType<Date, Date | string | undefined, Date | string>;
    due_at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'leaving.departure': {
    workspace_id: string;
    departure_id: string;
    member_id: string;
    state: Generated<string>;
    origin: string;
    opened_by: string | null;
    opened_at: ColumnType<Date, Date | string | undefined, Date | string>;
    confirmed_by: string | null;
    confirmed_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    successor_id: string | null;
    lent_stays: boolean | null;
    done_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
  };
  'leaving.departure_book': {
    workspace_id: string;
    departure_id: string;
    book_id: string;
    stays: boolean;
    name: string;
    main: boolean;
    kept_book_id: string | null;
    cards_stay: number;
    cards_go: number;
  };
  'matching.model': {
    workspace_id: string;
    kind: string;
    model: unknown;
    cards: number;
    learned_at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'matching.postponed': {
    workspace_id: string;
    member_id: string;
    card_a: string;
    card_b: string;
    until: ColumnType<Date, Date | string, Date | string>;
  };
  'matching.proposal': {
    workspace_id: string;
    card_a: string;
    card_b: string;
    book_no_a: number;
    book_no_b: number;
    exposure_a: number;
    exposure_b: number;
    kind: string;
    probability: number;
    prior: number;
    reasons: unknown;
    created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'matching.run': {
    workspace_id: string;
    run_id: string;
    state: Generated<string>;
    started_by: string | null;
    started_at: ColumnType<Date, Date | string | undefined, Date | string>;
    finished_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    done: Generated<number>;
    total: Generated<number>;
    linked: Generated<number>;
    unlinked: Generated<number>;
    proposed: Generated<number>;
  };
  'matching.state': {
    workspace_id: string;
    version: Generated<number>;
    wrong_per_thousand: Generated<number>;
  };
  'matching.verdict': {
    workspace_id: string;
    verdict_id: string;
    card_a: string;
    card_b: string;
    book_no_a: number;
    book_no_b: number;
    exposure_a: number;
    exposure_b: number;
    key_a: Buffer;
    key_b: Buffer;
    same: boolean;
    origin: Generated<string>;
    member_id: string | null;
    at: ColumnType<Date, Date | string | undefined, Date | string>;
    withdrawn_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    withdrawn_by: string | null;
  };
  'outreach.decision': {
    workspace_id: string;
    decision_id: string;
    message_id: string | null;
    author_id: string;
    contact_point_id: string;
    purpose: string;
    moment: string;
    allowed: boolean;
    reasons: string[];
    grant_ids: string[];
    at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'outreach.mail_setup': {
    workspace_id: string;
    host: string;
    port: number;
    security: string;
    username: string | null;
    password: Buffer | null;
    has_password: GeneratedAlways<boolean>;
    sender_name: string;
    sender_address: string;
    reply_to: string | null;
    changed_at: ColumnType<Date, Date | string | undefined, Date | string>;
    changed_by: string;
    last_success_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    last_failure_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    last_failure: string | null;
  };
  'outreach.message': {
    workspace_id: string;
    message_id: string;
    kind: string;
    purpose: string;
    recipient_id: string | null;
    author_id: string | null;
    contact_point_id: string | null;
    card_id: string | null;
    mail_id: string;
    state: Generated<string>;
    attempts: Generated<number>;
    next_at: ColumnType<Date, Date | string | undefined, Date | string>;
    sending_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    settled_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    answer: string | null;
    reasons: Generated<string[]>;
    created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'outreach.message_card': {
    workspace_id: string;
    message_id: string;
    card_id: string;
    book_no: number;
    author_id: string;
    purpose: string;
    grant_id: string;
    grant_version: number;
    tally_card_id: string | null;
    tally_period: string | null;
    tally_begins_on: string | null;
    at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'outreach.message_content': {
    workspace_id: string;
    message_id: string;
    author_id: string | null;
    locale: string;
    subject: string;
    paragraphs: string[];
    action: unknown | null;
    footer: string | null;
  };
  'outreach.objection': {
    workspace_id: string;
    contact_point_id: string;
    purpose: string;
    message_id: string;
    at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'outreach.suppression': {
    workspace_id: string;
    contact_point_id: string;
    by_id: string;
    at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'outreach.tally': {
    workspace_id: string;
    grant_id: string;
    card_id: string;
    period: string;
    begins_on: string;
    grantee_id: string;
    count: Generated<number>;
  };
  'scim.person': {
    workspace_id: string;
    member_id: string;
    external_id: string | null;
    user_name: string;
    gone: Generated<boolean>;
    changed_at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'scim.team': {
    workspace_id: string;
    team_id: string;
    external_id: string | null;
    changed_at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'scim.token': {
    workspace_id: string;
    token_id: string;
    name: string;
    token_hash: Buffer;
    created_by: string;
    created_at: ColumnType<Date, Date | string | undefined, Date | string>;
    last_used_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
  };
  'sources.file_piece': {
    workspace_id: string;
    import_id: string;
    no: number;
    data: Buffer;
  };
  'sources.import': {
    workspace_id: string;
    import_id: string;
    member_id: string;
    file_name: string;
    size: Generated<number>;
    state: string;
    recognised: unknown | null;
    mapping: unknown | null;
    problem: unknown | null;
    preview: unknown | null;
    book_id: string | null;
    source_id: string | null;
    source_name: string | null;
    country: string;
    basis: Generated<string>;
    obtained_at: string | null;
    progress_read: Generated<number>;
    progress_total: number | null;
    report: Generated<unknown>;
    settled: Generated<number>;
    undone_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    created_at: ColumnType<Date, Date | string | undefined, Date | string>;
    started_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
    finished_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
  };
  'sources.import_failure': {
    workspace_id: string;
    import_id: string;
    position: number;
    code: string;
    original: string;
  };
  'sources.import_warning': {
    workspace_id: string;
    import_id: string;
    card_id: string;
    code: string;
  };
  'sources.source': {
    workspace_id: string;
    source_id: string;
    holder_id: string | null;
    name: string;
    kind: string;
    created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'sso.attempt': {
    workspace_id: string;
    attempt_id: string;
    provider_id: string;
    browser: Buffer;
    sealed: Buffer | null;
    proven: Generated<boolean>;
    back: string;
    began_at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
  'sso.provider': {
    workspace_id: string;
    provider_id: string;
    kind: string;
    name: string;
    domains: string[];
    issuer: string;
    client_id: string | null;
    client_secret: Buffer | null;
    trusts_email: Generated<boolean>;
    sso_url: string | null;
    certificates: Generated<string[]>;
    newcomers: boolean;
    role: string;
    team_ids: Generated<string[]>;
    only_way: Generated<boolean>;
    changed_at: ColumnType<Date, Date | string | undefined, Date | string>;
    last_used_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
  };
  'sso.subject': {
    workspace_id: string;
    provider_id: string;
    subject: string;
    member_id: string;
    linked_at: ColumnType<Date, Date | string | undefined, Date | string>;
  };
}
