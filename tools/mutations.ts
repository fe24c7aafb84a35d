// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are code.
/** One guard taken away, and the tests that should notice. */
export interface Mutation {
  file: string;
  /** Stands in the file exactly once. */
  text: string;
  instead: string;
  /** What is wrong then, in half a sentence. */
  breaks: string;
  /** The nearest test files. */
  tests: readonly string[];
}

const http = 'server/kernel/http.ts';

export const mutations: readonly Mutation[] = [
  // The door of every request.
  {
    file: http,
    text: "request.headers['x-entregent-csrf'] === undefined",
    instead: 'false',
    breaks: 'a page of another site writes with the cookie of who looks at it (CSRF)',
    tests: ['server/identity/identity.test.ts'],
  },
  {
    file: http,
    text: 'if (admitted && !admitted.includes(caller.role))',
    instead: 'if (false)',
    breaks: 'every member may call what is for admins, auditors or marketing',
    tests: ['server/identity/roles.test.ts'],
  },
  {
    file: http,
    text: 'if (caller.charterDue && !contract.beforeCharter)',
    instead: 'if (false)',
    breaks: 'one works without having accepted the charter',
    tests: ['server/charter/charter.test.ts'],
  },
  {
    file: http,
    text: 'if (caller.actor.app && !contract.apps)',
    instead: 'if (false)',
    breaks: 'an app calls what is for members',
    tests: ['server/apps/apps.test.ts'],
  },
  {
    file: http,
    text: 'if (caller.scopes && !allows(caller, contract.scope))',
    instead: 'if (false)',
    breaks: 'a key or token does what it was not made for',
    tests: ['server/identity/identity.test.ts'],
  },
  {
    file: http,
    text: "scope === 'contacts:export' && !actor.app && ",
    instead: "scope === 'contacts:export' && ",
    breaks: 'an app that may read takes along too',
    tests: ['server/apps/apps.test.ts'],
  },
  {
    file: http,
    text: `frameAncestors: ["'none'"]`,
    instead: "frameAncestors: ['*']",
    breaks: 'any site shows our pages in a frame (clickjacking)',
    tests: ['server/apps/attacks.test.ts'],
  },

  // Lending.
  {
    file: 'server/delegation/lend.ts',
    text: 'if (!book?.mine) throw notFound();',
    instead: 'if (!book) throw notFound();',
    breaks: 'one lends a book of others that one may read',
    tests: ['server/delegation/grants.test.ts', 'server/apps/attacks.test.ts'],
  },
  {
    file: 'server/delegation/lend.ts',
    text: "(found.kind === 'oauth' || found.member_id === actor.memberId)",
    instead: 'true',
    breaks: "one lends to somebody else's key",
    tests: ['server/apps/apps.test.ts'],
  },
  {
    file: 'server/delegation/lend.ts',
    text: 'if (!(await isHere(tx, actor, grantee))) throw notFound();',
    instead: '',
    breaks: 'a grant names a grantee that is not in this workspace',
    tests: ['server/delegation/grants.test.ts'],
  },
  {
    file: 'server/delegation/lend.ts',
    text: 'if (endsAt && Date.parse(endsAt) <= begins)',
    instead: 'if (false)',
    breaks: 'a grant ends before it begins',
    tests: ['server/delegation/grants.test.ts'],
  },
  {
    file: 'server/delegation/operations.ts',
    text: `await grants.lockBook(tx, actor, bookId);
    // Read once more`,
    instead: '// Read once more',
    breaks: 'two changes of one grant at once do not follow each other',
    tests: ['server/delegation/grants.test.ts'],
  },
  {
    file: 'server/delegation/grants.ts',
    text: 'await refreshReach(tx, actor.workspaceId, grant.book_id);',
    instead: '',
    breaks: 'a withdrawn grant still opens its book',
    tests: ['server/delegation/delegation.test.ts'],
  },
  {
    file: 'server/delegation/grants.ts',
    text: "sql`g.grant_id = ${grantId} and strpos(current_setting('app.own_books', true), g.book_id::text) > 0`",
    instead: 'sql`g.grant_id = ${grantId}`',
    breaks: 'the grantee reads and changes a grant as if it were theirs',
    tests: ['server/delegation/grants.test.ts'],
  },
  {
    file: 'server/delegation/rules.ts',
    text: "[...except, 'original']",
    instead: 'except',
    breaks: 'the original octets show what a grant leaves out',
    tests: ['server/delegation/grants.test.ts'],
  },
  {
    file: 'server/delegation/ledger.ts',
    text: 'const lent = cards.filter((card) => !card.mine);',
    instead: 'const lent: readonly UsedCard[] = [];',
    breaks: 'no holder hears of anything',
    tests: ['server/home/home.test.ts'],
  },
  {
    file: 'server/delegation/operations.ts',
    text: "if (stewardIds && role !== 'admin')",
    instead: 'if (false)',
    breaks: 'any member makes a book of the company',
    tests: ['server/delegation/delegation.test.ts'],
  },

  // The gate.
  {
    file: 'server/outreach/rules.ts',
    text: "['ended', grant.endsAt !== null && grant.endsAt <= now],",
    instead: '',
    breaks: 'one writes under a grant that is over',
    tests: ['server/outreach/gate.test.ts'],
  },
  {
    file: 'server/outreach/rules.ts',
    text: "['ask_first', grant.askFirst],",
    instead: '',
    breaks: 'one writes to whom the holder wants to be asked about',
    tests: ['server/outreach/gate.test.ts'],
  },
  {
    file: 'server/outreach/rules.ts',
    text: "['field', ((grant.mask >>> grant.fieldClass) & 1) === 0],",
    instead: '',
    breaks: 'one writes to an address that the grant leaves out',
    tests: ['server/outreach/rules.test.ts'],
  },
  {
    file: 'server/outreach/rules.ts',
    text: "['objected', facts.consent === 'objected'],",
    instead: '',
    breaks: 'one writes to somebody who said no to everything',
    tests: ['server/outreach/gate.test.ts'],
  },
  {
    file: 'server/outreach/rules.ts',
    text: "['suppressed', facts.suppressed],",
    instead: '',
    breaks: 'one writes to an address that the company has closed',
    tests: ['server/outreach/gate.test.ts'],
  },
  {
    file: 'server/outreach/facts.ts',
    text: '${lock ? sql`for update` : sql``}',
    instead: '',
    breaks: 'writers at the same moment go beyond a quota',
    tests: ['server/outreach/gate.test.ts'],
  },
  {
    file: 'server/outreach/contacts.ts',
    text: 'if (counter) await countUp(tx, workspaceId, counter);',
    instead: '',
    breaks: 'what is written is not counted against the quota',
    tests: ['server/outreach/gate.test.ts'],
  },
  {
    file: 'server/outreach/contacts.ts',
    text: 'if (!asked?.allowed) return',
    instead: 'if (!asked) return',
    breaks: 'a message that waits leaves after its grant was withdrawn',
    tests: ['server/outreach/gate.test.ts'],
  },
  {
    file: 'server/outreach/sending.ts',
    text: 'await giveBack(tx, workspaceId, messageId);',
    instead: '',
    breaks: 'a message that never arrives keeps what it took of the quota',
    tests: ['server/outreach/gate.test.ts'],
  },

  // Programs of others.
  {
    file: 'server/identity/oauth.ts',
    text: 'and t.revoked is null and c.disabled',
    instead: 'and c.disabled',
    breaks: 'a token that was taken back still opens',
    tests: ['server/apps/attacks.test.ts'],
  },
  {
    file: 'server/identity/oauth.ts',
    text: 't."expiresAt" > now() and ',
    instead: '',
    breaks: 'a token opens for ever',
    tests: ['server/apps/attacks.test.ts'],
  },
  {
    file: 'server/identity/oauth.ts',
    text: 't.revoked is null and c.disabled is not true`,',
    instead: 't.revoked is null`,',
    breaks: 'the tokens of a program that was ended still open',
    tests: ['server/apps/attacks.test.ts'],
  },
  {
    file: 'server/identity/oauth.ts',
    text: ' ?? randomUUID()',
    instead: '',
    breaks: 'a program that asks again is not asked about again',
    tests: ['server/apps/attacks.test.ts'],
  },
  {
    file: 'server/apps/operations.ts',
    text: `if (client.workspaceId === actor.workspaceId) return client;
  if (client.workspaceId !== null || `,
    instead: `if (client.workspaceId !== null) return client;
  if (`,
    breaks: 'a program of another company is authorised here',
    tests: ['server/apps/attacks.test.ts'],
  },
  {
    file: 'server/apps/operations.ts',
    text: `await accounts.oauth.check(headersOf(context.request), request);
      if (!(await accounts.oauth.claimClient`,
    instead: 'if (!(await accounts.oauth.claimClient',
    breaks: 'books are lent for a question that nobody signed (forged consent)',
    tests: ['server/apps/attacks.test.ts'],
  },

  // Who may take part.
  {
    file: 'server/identity/members.ts',
    text: "if ((await queries.countActiveAdmins(tx, workspaceId)) === 0) throw new AppError('last_admin');",
    instead: '',
    breaks: 'the last admin steps down and nobody administers any more',
    tests: ['server/identity/identity.test.ts'],
  },
  {
    file: 'server/identity/members.ts',
    text: 'await queries.lockActiveAdmins(tx, workspaceId);',
    instead: '',
    breaks: 'two admins who demote each other at once both succeed',
    tests: ['server/identity/identity.test.ts'],
  },
  {
    file: 'server/identity/members.ts',
    text: "if (role !== 'admin' && (!asLead ||",
    instead: "if (role !== 'admin' && (",
    breaks: 'any member says who is in a team',
    tests: ['server/identity/roles.test.ts'],
  },
  {
    file: 'server/identity/queries.ts',
    text: ".where('used_at', 'is', null)\n    .where('expires_at', '>', sql<Date>`now()`)\n    .forUpdate()",
    instead: ".where('expires_at', '>', sql<Date>`now()`)\n    .forUpdate()",
    breaks: 'an invitation or a link for a lost password opens again and again',
    tests: ['server/identity/identity.test.ts'],
  },
  {
    file: 'server/identity/queries.ts',
    text: ".where('used_at', 'is', null)\n    .where('expires_at', '>', sql<Date>`now()`)\n    .forUpdate()",
    instead: ".where('used_at', 'is', null)\n    .forUpdate()",
    breaks: 'an invitation admits after its time',
    tests: ['server/identity/identity.test.ts'],
  },
  {
    file: 'server/identity/operations.ts',
    text: "if (link.created_by !== null && others.length > 0) throw new AppError('shared_account');",
    instead: '',
    breaks: "an admin's link for a lost password opens other workspaces of its member",
    tests: ['server/identity/workspaces.test.ts'],
  },
  {
    file: 'server/identity/workspaces.ts',
    text: 'if (!workspaces.some((one) => one.id === workspaceId)) throw notFound();',
    instead: '',
    breaks: 'one chooses a workspace that one does not belong to',
    tests: ['server/identity/workspaces.test.ts'],
  },
  {
    file: 'server/identity/identify.ts',
    text: 'own.find((one) => one.workspace_id === key.workspaceId)',
    instead: 'own[0]',
    breaks: 'a key opens another workspace than the one it was made in',
    tests: ['server/identity/workspaces.test.ts'],
  },
  {
    file: 'server/identity/second-factor.ts',
    text: `\`select * from "secondFactor" where "userId" = $1 for update\``,
    instead: `\`select * from "secondFactor" where "userId" = $1\``,
    breaks: 'a code opens twice when two use it at the same moment',
    tests: ['server/identity/second-factor.test.ts'],
  },
  {
    file: 'server/identity/totp.ts',
    text: 'steps.find((step) => step > after && same(step))',
    instead: 'steps.find((step) => same(step))',
    breaks: 'a code that was read over a shoulder opens again',
    tests: ['server/identity/totp.test.ts'],
  },
  {
    file: 'server/identity/attempts.ts',
    text: "if (!(await take(limit))) throw new AppError('too_many_requests');",
    instead: 'await take(limit);',
    breaks: 'passwords may be guessed without end',
    tests: ['server/identity/attempts.test.ts'],
  },
  {
    file: 'server/identity/accounts.ts',
    text: `delete from session where id = $3 and "userId" = $1 and`,
    instead: 'delete from session where id = $3 and $1::text is not null and',
    breaks: "one ends the sessions of other people's accounts",
    tests: ['server/identity/devices.test.ts'],
  },

  // The database: who enters, and what row security shows them.
  {
    file: 'db/migrations/0012_apps.sql',
    text: "and t.member_id = member and coalesce(named.ends_at, 'infinity') > now();",
    instead: 'and t.member_id = member;',
    breaks: 'a named use goes on opening contacts after its end',
    tests: ['server/identity/processes.test.ts'],
  },
  {
    file: 'db/migrations/0012_apps.sql',
    text: "and g.starts_at <= now() and coalesce(g.ends_at, 'infinity') > now()\n        and case",
    instead: 'and g.starts_at <= now()\n        and case',
    breaks: 'an expired grant still opens',
    tests: ['server/delegation/delegation.test.ts'],
  },
  {
    file: 'db/migrations/0012_apps.sql',
    text: "and g.starts_at <= now() and coalesce(g.ends_at, 'infinity') > now()\n        and case",
    instead: "and coalesce(g.ends_at, 'infinity') > now()\n        and case",
    breaks: 'a grant opens before its date',
    tests: ['server/delegation/grants.test.ts'],
  },
  {
    file: 'db/migrations/0012_apps.sql',
    text: 'else g.exports end',
    instead: 'else g.reads end',
    breaks: 'what may be read only is taken along',
    tests: ['server/delegation/grants.test.ts'],
  },
  {
    file: 'db/migrations/0012_apps.sql',
    text: "m.member_id = a.member_id and m.status = 'active'",
    instead: 'm.member_id = a.member_id',
    breaks: 'an app whose member has left still enters',
    tests: ['server/apps/attacks.test.ts'],
  },
  {
    file: 'db/migrations/0012_apps.sql',
    text: 'and a.app_id = member and a.ended_at is null and exists (',
    instead: 'and a.app_id = member and exists (',
    breaks: 'an app that was ended still enters',
    tests: ['server/apps/attacks.test.ts'],
  },
  {
    file: 'db/migrations/0001_foundation.sql',
    text: '((book_no & 63) << 5) | class) = 1)));',
    instead: '(book_no & 63) << 5) = 1)));',
    breaks: 'the fields that a grant leaves out are shown',
    tests: ['server/delegation/delegation.test.ts'],
  },
  {
    file: 'db/migrations/0001_foundation.sql',
    text: '((book_no & 63) << 5) | 20) = 1)));',
    instead: '(book_no & 63) << 5) = 1)));',
    breaks: 'the original octets are shown to whom fields are hidden',
    tests: ['server/delegation/delegation.test.ts', 'server/delegation/grants.test.ts'],
  },
  {
    file: 'db/migrations/0001_foundation.sql',
    text: '((book_no & 63) << 5) | 15) = 1)));',
    instead: '(book_no & 63) << 5) = 1)));',
    breaks: 'notes that a grant leaves out are shown',
    tests: ['server/delegation/delegation.test.ts'],
  },
  {
    file: 'db/migrations/0001_foundation.sql',
    text: "create policy of_reach on cards.card for select to entregent_member\n  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid\n    and (exposure < 2 or current_setting('app.restoring', true) = 'on')\n    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1\n      or (exposure = 0 and ",
    instead:
      "create policy of_reach on cards.card for select to entregent_member\n  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid\n    and (exposure < 2 or current_setting('app.restoring', true) = 'on')\n    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1\n      or (",
    breaks: 'a card that is kept back is read',
    tests: ['server/delegation/delegation.test.ts'],
  },
  {
    file: 'db/migrations/0001_foundation.sql',
    text: "create policy of_reach on cards.card for select to entregent_member\n  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid\n",
    instead: 'create policy of_reach on cards.card for select to entregent_member\n  using (true\n',
    breaks: 'only the queries, and not the database, part the workspaces',
    tests: ['server/kernel/schema.test.ts'],
  },
  {
    file: 'db/migrations/0001_foundation.sql',
    text: "    and (exposure_a < 2 and exposure_b < 2 or current_setting('app.restoring', true) = 'on')\n",
    instead:
      "    and current_setting('app.member', true) <> '');\ncreate policy never on cards.link for select to entregent_member using (false\n",
    breaks: 'evidence on hidden cards joins those that one sees',
    tests: ['server/delegation/delegation.test.ts'],
  },
  {
    file: 'db/migrations/0001_foundation.sql',
    text: "\n    and role = current_setting('app.role', true) and status = 'active');",
    instead: ');',
    breaks: 'a member makes themself an admin by SQL',
    tests: ['server/identity/roles.test.ts'],
  },
  {
    file: 'db/migrations/0001_foundation.sql',
    text: "foreach t in array array['cards.view', 'kernel.idempotent_answer', 'sources.import'] loop\n    execute format($p$create policy of_member on %s to entregent_member\n      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid\n        and member_id = nullif(current_setting('app.member', true), '')::uuid)$p$, t);",
    instead:
      "foreach t in array array['cards.view', 'kernel.idempotent_answer', 'sources.import'] loop\n    execute format($p$create policy of_member on %s to entregent_member\n      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid)$p$, t);",
    breaks: "one reads and starts other people's imports",
    tests: ['server/sources/sources.test.ts'],
  },
  {
    file: 'db/migrations/0007_lending.sql',
    text: "\n    and (reads or 'contact' = any(acts)));",
    instead: ');',
    breaks: 'whoever may only be told that somebody is there learns whose book it is',
    tests: ['server/delegation/grants.test.ts'],
  },
  {
    file: 'db/migrations/0007_lending.sql',
    text: "execute format($p$create policy of_holder on delegation.%I for select to entregent_member\n      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid\n        and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1)$p$, t);",
    instead:
      "execute format($p$create policy of_holder on delegation.%I for select to entregent_member\n      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid\n        and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)$p$, t);",
    breaks: 'whoever is lent a book reads what others did with it',
    tests: ['server/home/home.test.ts'],
  },
  {
    file: 'db/migrations/0007_lending.sql',
    text: 'grant select, insert on delegation.use, delegation.happening, delegation.use_reply to entregent_member;',
    instead:
      'grant select, insert, update, delete on delegation.use, delegation.happening, delegation.use_reply to entregent_member;',
    breaks: 'the ledger of uses is no longer append-only',
    tests: ['server/home/home.test.ts'],
  },
  {
    file: 'db/migrations/0009_outreach.sql',
    text: "execute format($p$create policy of_author on outreach.%I to entregent_member\n      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid\n        and author_id = nullif(current_setting('app.member', true), '')::uuid)$p$, t);",
    instead:
      "execute format($p$create policy of_author on outreach.%I to entregent_member\n      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid)$p$, t);",
    breaks: 'messages are read by others than their author',
    tests: ['server/outreach/mail.test.ts', 'server/outreach/gate.test.ts'],
  },
  {
    file: 'db/migrations/0010_notices.sql',
    text: "create policy of_party on tasks.task for select to entregent_member\n  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid\n    and (owner_id = nullif(current_setting('app.member', true), '')::uuid\n      or created_by = nullif(current_setting('app.member', true), '')::uuid));",
    instead:
      "create policy of_party on tasks.task for select to entregent_member\n  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid);",
    breaks: "everybody reads everybody's tasks",
    tests: ['server/tasks/tasks.test.ts'],
  },
  {
    file: 'db/migrations/0012_apps.sql',
    text: "\n    and (member_id = nullif(current_setting('app.member', true), '')::uuid or current_setting('app.role', true) = 'admin'));",
    instead: ');',
    breaks: 'any member ends the apps of others',
    tests: ['server/apps/apps.test.ts'],
  },
  {
    file: 'db/migrations/0013_charter.sql',
    text: "\n    and current_setting('app.role', true) in ('admin', 'auditor'));\ncreate policy by_actor",
    instead: ');\ncreate policy by_actor',
    breaks: 'row security shows the audit to everybody',
    tests: ['server/identity/roles.test.ts'],
  },
  {
    file: 'db/migrations/0015_offers.sql',
    text: "using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid\n    and (exposure < 2 or current_setting('app.restoring', true) = 'on')\n    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);",
    instead:
      "using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid\n    and (exposure < 2 or current_setting('app.restoring', true) = 'on')\n    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1);",
    breaks: 'what is offered to a holder is read by all who may read the card',
    tests: ['server/cards/offers.test.ts'],
  },
  {
    file: 'db/migrations/0007_lending.sql',
    text: 'coalesce(bool_and(delegation.reach_of(u.book_no) & u.mask = u.mask), false)',
    instead: 'coalesce(bool_and(delegation.reach_of(u.book_no) & 1 = 1), false)',
    breaks: 'rows of the list that hold several books show what a narrowed grant leaves out',
    tests: ['server/delegation/grants.test.ts', 'server/delegation/lending.model.test.ts'],
  },
  {
    file: 'db/migrations/0008_lists.sql',
    text: '          and %7$s\n',
    instead: '          and ($1 is null or $1 is not null)\n',
    breaks: 'the list shows rows of books that are no longer lent, until a job has run',
    tests: ['server/delegation/delegation.test.ts'],
  },
  {
    file: 'db/migrations/0008_lists.sql',
    text: "condition := condition || format(' and e.search like %L', '%' || replace(replace(replace(term, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%');",
    instead: "condition := condition || ' and e.search like ''%' || term || '%''';",
    breaks: 'a word that is searched for becomes SQL',
    tests: ['server/cards/cards.test.ts'],
  },
  {
    file: 'db/migrations/0008_lists.sql',
    text: "format(' and e.sort_organization = %L', filters->>'sortOrganization')",
    instead: "' and e.sort_organization = ''' || (filters->>'sortOrganization') || ''''",
    breaks: 'the name of a company in a filter becomes SQL',
    tests: ['server/cards/cards.test.ts', 'server/cards/staff.test.ts'],
  },
  {
    file: 'db/migrations/0016_search_by_audience.sql',
    text: 'using gin (audience_id, search',
    instead: 'using gin (search',
    breaks: 'a search takes longer for words that only hidden contacts hold',
    tests: ['server/cards/side-channels.test.ts'],
  },

  // Introductions.
  {
    file: 'server/introductions/answering.ts',
    text: 'if (!meant || !here.includes(meant))',
    instead: 'if (!meant)',
    breaks: 'a holder lends or introduces a contact that is not theirs',
    tests: ['server/introductions/introductions.test.ts'],
  },
  {
    file: 'server/introductions/queries.ts',
    text: 'await sql`select pg_advisory_xact_lock(hashtextextended(${`introductions ${actor.memberId}`}, 0))`.execute(tx);',
    instead: '',
    breaks: 'requests made at once go beyond ten a day',
    tests: ['server/introductions/introductions.test.ts'],
  },
  {
    file: 'server/introductions/lending.ts',
    text: '.filter((field) => ((mask >>> field.class) & 1) === 1)',
    instead: '',
    breaks: 'a card lent for once takes private numbers and notes along',
    tests: ['server/introductions/introductions.test.ts'],
  },
  {
    file: 'server/introductions/lending.ts',
    text: 'if (!standing) for (const copy of copies) await takeBack(app, tx, workspaceId, copy);',
    instead: '',
    breaks: 'lending one card again opens those that were withdrawn',
    tests: ['server/introductions/introductions.test.ts'],
  },
  {
    file: 'server/kernel/tokens.ts',
    text: 'if (given.length !== due.length || !timingSafeEqual(given, due)) return null;',
    instead: '',
    breaks: 'a link that nobody signed acts for a member',
    tests: ['server/introductions/introductions.test.ts'],
  },
  {
    file: 'server/kernel/tokens.ts',
    text: 'if (signedFor !== purpose || expires',
    instead: 'if (expires',
    breaks: 'a link made for one thing does another',
    tests: ['server/introductions/introductions.test.ts'],
  },
  {
    file: 'server/kernel/tokens.ts',
    text: ' || expires * 1000 < Date.now()) return null;',
    instead: ') return null;',
    breaks: 'a link acts after its time',
    tests: ['server/introductions/introductions.test.ts'],
  },
  {
    file: 'server/outreach/token.ts',
    text: 'if (!timingSafeEqual(sign(key, ids), bytes.subarray(32))) return null;',
    instead: '',
    breaks: 'anybody unsubscribes anybody by a forged link',
    tests: ['server/outreach/gate.test.ts'],
  },

  // Charter and leaving.
  {
    file: 'server/charter/operations.ts',
    text: 'if (row?.version !== version)',
    instead: 'if (!row)',
    breaks: 'one accepts another text than the one that was read',
    tests: ['server/charter/charter.test.ts'],
  },
  {
    file: 'server/leaving/operations.ts',
    text: "if (name.trim() !== row.member) throw new AppError('invalid_input', { fields: { name: 'other_name' } });",
    instead: '',
    breaks: 'a departure is confirmed without the typed name',
    tests: ['server/leaving/leaving.test.ts'],
  },
  {
    file: 'server/leaving/operations.ts',
    text: "await setMember(tx, { workspaceId, memberId: row.member_id }, { status: 'left' });",
    instead: '',
    breaks: 'who has left still comes in',
    tests: ['server/leaving/leaving.test.ts'],
  },

  // Sign-in of companies, their directories.
  {
    file: 'server/sso/queries.ts',
    text: ".where('browser', '=', sha256(browser))\n",
    instead: '\n',
    breaks: 'another browser ends the sign-in that one began',
    tests: ['server/sso/sso.test.ts'],
  },
  {
    file: 'server/sso/queries.ts',
    text: ".where('proven', '=', false)\n    .where(inTime)\n    .executeTakeFirst();\n  return done",
    instead: '.where(inTime)\n    .executeTakeFirst();\n  return done',
    breaks: 'a SAML assertion is taken twice',
    tests: ['server/sso/sso.test.ts'],
  },
  {
    file: 'server/sso/saml.ts',
    text: 'if (profile.issuer !== issuer || !held || !profile.nameID)',
    instead: 'if (!profile.nameID)',
    breaks: 'a SAML assertion for somebody else is taken',
    tests: ['server/sso/sso.test.ts'],
  },
  {
    file: 'server/sso/oidc.ts',
    text: 'execute: [client.enableNonRepudiationChecks, ',
    instead: 'execute: [',
    breaks: 'the signature of an id token is not checked',
    tests: ['server/sso/sso.test.ts'],
  },
  {
    file: 'server/sso/rules.ts',
    text: '/^\\/(?![/\\\\])/.test(back)',
    instead: "back.startsWith('/')",
    breaks: 'signing in leads to another site (open redirect)',
    tests: ['server/sso/rules.test.ts'],
  },
  {
    file: 'server/sso/rules.ts',
    text: "return (emailVerified ?? trustsEmail) ? null : 'unverified';",
    instead: 'return null;',
    breaks: 'an address that nobody verified opens the account of that address',
    tests: ['server/sso/rules.test.ts'],
  },
  {
    file: 'server/sso/admission.ts',
    text: "if (linked && linked.status !== 'active') throw new Refused('not_active');",
    instead: '',
    breaks: 'a suspended member signs in by the company',
    tests: ['server/sso/sso.test.ts'],
  },
  {
    file: 'server/scim/queries.ts',
    text: ".where('token_hash', '=', sha256(token))\n",
    instead: '\n',
    breaks: 'any token that names a workspace opens its directory',
    tests: ['server/scim/scim.test.ts'],
  },

  // Tasks and notices.
  {
    file: 'server/tasks/operations.ts',
    text: 'if (input.requestId && !(await queries.findRequest(tx, actor, input.requestId))) throw notFound();',
    instead: '',
    breaks: "a task names somebody else's request for an introduction",
    tests: ['server/tasks/tasks.test.ts'],
  },
  {
    file: 'db/migrations/0010_notices.sql',
    text: "execute format($p$create policy of_member on notices.%I to entregent_member\n      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid\n        and member_id = nullif(current_setting('app.member', true), '')::uuid)$p$, t);",
    instead:
      "execute format($p$create policy of_member on notices.%I to entregent_member\n      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid)$p$, t);",
    breaks: "row security shows everybody's notices and devices",
    tests: ['server/notices/notices.test.ts', 'server/notices/push.test.ts'],
  },

  // Cards.
  {
    file: 'server/cards/editing.ts',
    text: 'if (!card?.mine) throw notFound();',
    instead: 'if (!card) throw notFound();',
    breaks: 'only row security keeps readers from editing',
    tests: ['server/delegation/delegation.test.ts'],
  },
  {
    file: 'server/cards/editing.ts',
    text: 'if (before.author_id !== null) return before.source_value',
    instead: 'if (false) return before.source_value',
    breaks: 'a correction of a correction forgets what the source said',
    tests: ['server/sources/sources.test.ts'],
  },
  {
    file: 'server/cards/routes.ts',
    text: "imageTypes.has(photo.media_type) ? photo.media_type : 'application/octet-stream'",
    instead: 'photo.media_type',
    breaks: 'a photo that is a page runs in the browser (stored XSS)',
    tests: ['server/cards/cards.test.ts'],
  },
  {
    file: 'server/cards/routes.ts',
    text: `.header('content-security-policy', "default-src 'none'; sandbox")
        .type(type)`,
    instead: '.type(type)',
    breaks: 'a photo that is a drawing runs its script',
    tests: ['server/cards/cards.test.ts'],
  },
  {
    file: 'web/src/screens/contacts/values.ts',
    text: '/^https?:\\/\\//i.test(address)',
    instead: 'true',
    breaks: 'a site on a card is code that runs when it is pressed (stored XSS)',
    tests: ['web/src/screens/contacts/values.test.ts'],
  },
  {
    file: 'server/kernel/idempotency.ts',
    text: "if (!kept.request_hash.equals(hash)) throw new AppError('idempotency_mismatch');",
    instead: '',
    breaks: 'another request gets the kept answer of the first',
    tests: ['server/cards/cards.test.ts'],
  },
  {
    file: 'server/apps/contract.ts',
    text: '.regex(/^https?:\\/\\/\\S+$/)\n    .refine((text) => URL.canParse(text))',
    instead: '',
    breaks: 'a fact carries a link that runs code',
    tests: ['server/apps/facts.test.ts'],
  },
  {
    file: 'server/apps/queries.ts',
    text: "'contact' = any(g.acts) and not g.ask_first",
    instead: "'contact' = any(g.acts)",
    breaks: 'an app gets addresses whose holder wants to be asked first',
    tests: ['server/apps/facts.test.ts'],
  },
  {
    file: 'server/apps/queries.ts',
    text: 'and (g.field_mask >> f.class) & 1 = 1',
    instead: '',
    breaks: 'an app gets addresses that its grant leaves out',
    tests: ['server/apps/facts.test.ts'],
  },
  {
    file: 'server/apps/routes.ts',
    text: 'if (!(await isOpen())) throw notFound();',
    instead: '',
    breaks: 'programs register themselves where no admin allows it',
    tests: ['server/apps/attacks.test.ts'],
  },
  {
    file: 'server/apps/routes.ts',
    text: "if (!request.url.startsWith('/embed/')) return;",
    instead: '',
    breaks: 'sites that may show the panel may frame every page',
    tests: ['server/apps/attacks.test.ts'],
  },

  // Imports and formats.
  {
    file: 'server/sources/queries.ts',
    text: ".$if(onlyIn.length > 0, (query) => query.where('state', 'in', onlyIn))",
    instead: '',
    breaks: 'two clicks start an import twice',
    tests: ['server/sources/sources.test.ts'],
  },
  {
    file: 'server/sources/operations.ts',
    text: 'if (input.bookId && !(await listOwnBooks(tx, actor)).some((book) => book.book_id === input.bookId))\n      throw notFound();',
    instead: '',
    breaks: "one imports into somebody else's book",
    tests: ['server/sources/sources.test.ts'],
  },
  {
    file: 'server/sources/operations.ts',
    text: 'if (input.sourceId && !(await listSources(tx, actor)).some((source) => source.source_id === input.sourceId))\n      throw notFound();',
    instead: '',
    breaks: "an import is taken for the newer state of somebody else's source",
    tests: ['server/sources/sources.test.ts'],
  },
  {
    file: 'server/sources/undo.ts',
    text: 'await takeBackConsents(tx, workspaceId, importId);',
    instead: '',
    breaks: 'a consent stays that came with an import which was undone',
    tests: ['server/sources/consent.test.ts'],
  },
  {
    file: 'server/sources/rules.ts',
    text: 'const corrected = existing.filter((field) => field.authorId !== null);',
    instead: 'const corrected: readonly ExistingField[] = [];',
    breaks: 'importing again overwrites what people corrected',
    tests: ['server/sources/sources.test.ts'],
  },
  {
    file: 'server/sources/rules.ts',
    text: 'if (met.get(key) === content) continue;',
    instead: '',
    breaks: 'identical lines of a file become as many contacts',
    tests: ['server/sources/sources.test.ts'],
  },
  {
    file: 'server/formats/table/write.ts',
    text: "return /^[=+\\-@\\t\\r]/.test(value) ? `'${value}` : value;",
    instead: 'return value;',
    breaks: 'a name that is a formula runs in the spreadsheet of who exports it',
    tests: ['server/cards/cards.test.ts'],
  },
  {
    file: 'server/formats/xlsx/zip.ts',
    text: 'if (size > entry.declared || this.inflated > MAX_INFLATED || isSwollen(size, entry.compressed)) {',
    instead: 'if (false) {',
    breaks: 'a small file swells until memory is full',
    tests: ['server/formats/xlsx/workbook.test.ts'],
  },
  {
    file: 'server/formats/vcard/read.ts',
    text: "if (given === 0 && saysNothing(contact)) throw new UnreadableFile('truncated');",
    instead: '',
    breaks: 'a file cut off before it said anything is taken for a contact',
    tests: ['server/formats/vcard/read.test.ts'],
  },

  // Matching.
  {
    file: 'server/matching/verdicts.ts',
    text: "if (!one.mine && !other.mine && one.holder_id === other.holder_id) throw new AppError('forbidden');",
    instead: '',
    breaks: 'only row security keeps others from deciding about two cards of one holder',
    tests: ['server/matching/hunt.test.ts'],
  },
];
