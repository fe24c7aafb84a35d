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
    text: '?? randomUUID()',
    instead: "?? 'given'",
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
];
