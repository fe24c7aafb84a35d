import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { refreshReach } from '../delegation/queries.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { purgePostponed } from './proposals.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
/** Lent to everybody: Alice's, Bob's. Carol's is lent to nobody. */
let aliceBook: string;
let bobBook: string;
let run = 0;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Hunt');
  carol = await app.invite(alice, 'Carol Hunt');
  [aliceBook, bobBook] = [await share(alice), await share(bob)];
});
afterAll(() => app.close());
beforeEach(() => {
  run++;
});

async function share(member: Member): Promise<string> {
  const { id: bookId } = await member.call(delegation.createBook, { name: `Hunt ${run} ${member.me.name}` });
  await member.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, acts: ['read'] });
  return bookId;
}

/** What no operation offers yet: a grant of some field classes only. */
async function mask(bookId: string, classes: readonly number[]): Promise<void> {
  const workspaceId = alice.me.workspace.id;
  await app.app.db.asSystem('keeper', async (tx) => {
    await tx
      .updateTable('delegation.grant')
      .set({ field_mask: classes.reduce((bits, bit) => bits | (1 << bit), 0) })
      .where('workspace_id', '=', workspaceId)
      .where('book_id', '=', bookId)
      .execute();
    await refreshReach(tx, workspaceId, bookId);
  });
}

interface Contact {
  given?: string;
  family?: string;
  email?: string;
  mobile?: string;
  company?: string;
  birthday?: string;
}

async function add(member: Member, contact: Contact, bookId?: string): Promise<string> {
  const { given, family, email, mobile, company, birthday } = contact;
  const { id } = await member.call(cards.createCard, {
    ...(bookId ? { bookId } : {}),
    fields: [
      ...(given || family ? [{ kind: 'name' as const, value: { given, family } }] : []),
      ...(email ? [{ kind: 'email' as const, value: { value: email, type: 'work' as const } }] : []),
      ...(mobile ? [{ kind: 'phone' as const, value: { raw: mobile, type: 'mobile' as const } }] : []),
      ...(company ? [{ kind: 'organization' as const, value: { name: company } }] : []),
      ...(birthday ? [{ kind: 'birthday' as const, value: { value: birthday } }] : []),
    ],
  });
  return id;
}

const family = (): string => `Quint${'abcdefghijklmnopqrstuvwxyz'[run % 26]}rand`;
const pairId = (a: string, b: string): string => (a < b ? `${a}.${b}` : `${b}.${a}`);

async function areOne(viewer: Member, a: string, b: string): Promise<boolean> {
  const person = await viewer.call(cards.getPerson, { personId: a });
  return person.cards.some(({ id }) => id === b);
}

async function offered(viewer: Member, a: string, b: string): Promise<contracts.Proposal | undefined> {
  const { items } = await viewer.call(contracts.listProposals, { limit: 200 });
  return items.find(({ id }) => id === pairId(a, b));
}

/** The same name at the same company: likely, not sure. */
async function twins(book = aliceBook, otherBook = bobBook): Promise<[string, string]> {
  const contact = { given: 'Zélie', family: family(), company: `Sablon ${run}` };
  return [await add(alice, contact, book), await add(bob, contact, otherBook)];
}

describe('the hunt', () => {
  test('links what is sure and says by what, proposes what is likely, and leaves the rest', async () => {
    const mail = { email: `z${run}@sablon.example` };
    const one = await add(alice, { given: 'Zélie', family: family(), ...mail }, aliceBook);
    const two = await add(bob, { given: 'Zélie', family: family(), ...mail }, bobBook);
    const likely = await add(bob, { given: 'Zélie', family: family(), company: 'Sablon' }, bobBook);
    const other = await add(bob, { given: 'Marc', family: family() }, bobBook);
    const person = await alice.call(cards.getPerson, { personId: one });
    expect(person.cards.map(({ id }) => id).sort()).toEqual([one, two].sort());
    expect(person.cards.flatMap(({ links }) => links.flatMap(({ evidence }) => evidence))).toEqual(['email', 'email']);
    const pairs = (await alice.call(contracts.listProposals, { limit: 200 })).items.map(({ id }) => id);
    // One question for two persons, not one for each pair of their cards.
    expect(pairs.filter((id) => id.includes(likely))).toHaveLength(1);
    expect(pairs.filter((id) => id.includes(other))).toEqual([]);
  });

  test('shows both sides, why, and what the pair has in common with others', async () => {
    const [one, two] = await twins();
    const found = (await offered(alice, one, two))!;
    expect(found.left.name).toBe(`Zélie ${family()}`);
    expect([found.left.card.id, found.right.card.id].sort()).toEqual([one, two].sort());
    expect(found.left.values.map(({ kind }) => kind)).toContain('organization');
    expect(found.reasons.map(({ feature, level }) => `${feature} ${level}`)).toEqual(
      expect.arrayContaining(['given same', 'family same', 'organization same']),
    );
    expect(found.probability).toBeGreaterThan(0.5);
    const { groups, total } = await alice.call(contracts.countProposals, {});
    expect(total).toBeGreaterThan(0);
    expect(groups.find(({ group }) => group === found.group)?.count).toBeGreaterThan(0);
    const { items } = await alice.call(contracts.listProposals, { group: found.group, limit: 200 });
    expect(new Set(items.map(({ group }) => group))).toEqual(new Set([found.group]));
  });

  test('pages through proposals without losing or repeating one', async () => {
    for (let n = 0; n < 4; n++) {
      run++;
      await twins();
    }
    const whole = await alice.call(contracts.listProposals, { limit: 200 });
    const paged: string[] = [];
    let after: string | undefined;
    do {
      const page = await alice.call(contracts.listProposals, { limit: 2, ...(after ? { after } : {}) });
      paged.push(...page.items.map(({ id }) => id));
      after = page.next ?? undefined;
    } while (after);
    expect(paged).toEqual(whole.items.map(({ id }) => id));
    expect(paged.length).toBeGreaterThan(4);
  });

  test('same: the cards are one by the word of a member, and the question is gone', async () => {
    const [one, two] = await twins();
    const { items } = await alice.call(contracts.decide, { pairs: [pairId(one, two)], same: true });
    expect(items).toMatchObject([{ same: true, pair: pairId(one, two), mine: true, memberName: alice.me.name }]);
    expect(await areOne(bob, one, two)).toBe(true);
    const person = await bob.call(cards.getPerson, { personId: one });
    expect(person.cards[0]!.links[0]!.evidence).toContain('verdict');
    expect(await offered(bob, one, two)).toBeUndefined();
  });

  test('not the same: parts what the machine would join, until it is taken back a year later', async () => {
    const contact = { given: 'Zélie', family: family(), email: `n${run}@sablon.example` };
    const [one, two] = [await add(alice, contact, aliceBook), await add(bob, contact, bobBook)];
    expect(await areOne(alice, one, two)).toBe(true);
    const { items } = await alice.call(contracts.decide, { pairs: [pairId(one, two)], same: false });
    expect(await areOne(alice, one, two)).toBe(false);
    expect(await offered(alice, one, two)).toBeUndefined();
    await app.query(`update matching.verdict set at = at - interval '1 year' where verdict_id = $1`, [items[0]!.id]);
    // A change of a card does not make the machine forget.
    await alice.call(cards.updateCard, { cardId: one, add: [{ kind: 'title', value: { value: 'Directrice' } }] });
    expect(await areOne(alice, one, two)).toBe(false);
    await alice.call(contracts.withdrawVerdicts, { verdictIds: [items[0]!.id] });
    expect(await areOne(alice, one, two)).toBe(true);
    expect(await codeOf(alice.call(contracts.withdrawVerdicts, { verdictIds: [items[0]!.id] }))).toBe('not_found');
  });

  test('of several verdicts the last word counts, whoever said it', async () => {
    const [one, two] = await twins();
    const pairs = [pairId(one, two)];
    await alice.call(contracts.decide, { pairs, same: true });
    const last = await bob.call(contracts.decide, { pairs, same: false });
    expect(await areOne(alice, one, two)).toBe(false);
    await bob.call(contracts.withdrawVerdicts, { verdictIds: [last.items[0]!.id] });
    expect(await areOne(alice, one, two)).toBe(true);
  });

  test('a verdict is taken back by whoever said it or holds one of the cards, by nobody else', async () => {
    const [one, two] = await twins();
    const said = await carol.call(contracts.decide, { pairs: [pairId(one, two)], same: true });
    const dan = await app.invite(alice, 'Dan Hunt');
    const verdictIds = [said.items[0]!.id];
    expect(await codeOf(dan.call(contracts.withdrawVerdicts, { verdictIds }))).toBe('not_found');
    const seenBy = async (member: Member) =>
      (await member.call(contracts.listVerdicts, {})).items.find(({ id }) => id === verdictIds[0])?.revocable;
    expect([await seenBy(carol), await seenBy(bob), await seenBy(dan)]).toEqual([true, true, false]);
    await bob.call(contracts.withdrawVerdicts, { verdictIds });
    expect(await areOne(carol, one, two)).toBe(false);
  });

  test('later: asks this member no more for a month or until they recall it, and others still', async () => {
    const [one, two] = await twins();
    await alice.call(contracts.postpone, { pairs: [pairId(one, two)] });
    expect(await offered(alice, one, two)).toBeUndefined();
    expect(await offered(bob, one, two)).toBeDefined();
    await bob.call(contracts.postpone, { pairs: [pairId(one, two)] });
    await alice.call(contracts.recallProposals, { pairs: [pairId(one, two)] });
    expect([await offered(alice, one, two), await offered(bob, one, two)]).toEqual([expect.anything(), undefined]);
    await app.query(`update matching.postponed set until = now() where card_a = any($1)`, [[one, two]]);
    expect(await offered(alice, one, two)).toBeDefined();
  });

  test('two cards of one holder are decided about by that holder, whoever else may read them', async () => {
    const name = { given: 'Zélie', family: family() };
    const [one, two] = [await add(alice, name, aliceBook), await add(alice, { ...name, company: 'Sablon' }, aliceBook)];
    const pairs = [pairId(one, two)];
    expect(await offered(alice, one, two)).toBeDefined();
    expect(await offered(bob, one, two)).toBeUndefined();
    expect(await codeOf(bob.call(contracts.decide, { pairs, same: true }))).toBe('forbidden');
    expect(await areOne(alice, one, two)).toBe(false);
    await alice.call(contracts.decide, { pairs, same: true });
    expect(await areOne(bob, one, two)).toBe(true);
    const split = { personId: one, cardIds: [two] };
    expect(await codeOf(bob.call(contracts.splitPerson, split))).toBe('forbidden');
    expect(await areOne(bob, one, two)).toBe(true);
  });

  test('decides in bulk, all or none', async () => {
    const [one, two] = await twins();
    run++;
    const [three, four] = await twins();
    const secret = await add(carol, { given: 'Zélie', family: family() });
    const pairs = [pairId(one, two), pairId(three, four)];
    expect(await codeOf(alice.call(contracts.decide, { pairs: [...pairs, pairId(one, secret)], same: true }))).toBe(
      'not_found',
    );
    expect(await areOne(alice, one, two)).toBe(false);
    const { items } = await alice.call(contracts.decide, { pairs: [...pairs, pairs[0]!], same: true });
    expect(items).toHaveLength(2);
    expect([await areOne(alice, one, two), await areOne(alice, three, four)]).toEqual([true, true]);
  });

  test('a person and an organisation are never one', async () => {
    const { id } = await alice.call(cards.createCard, {
      kind: 'organization',
      bookId: aliceBook,
      fields: [{ kind: 'name', value: { full: family() } }],
    });
    const person = await add(alice, { family: family() }, aliceBook);
    expect(await codeOf(alice.call(contracts.decide, { pairs: [pairId(id, person)], same: true }))).toBe(
      'invalid_input',
    );
    expect(await offered(alice, id, person)).toBeUndefined();
  });
});

describe('the homonym guard', () => {
  const shared = () => ({
    email: `couple${run}@sablon.example`,
    mobile: `+336120000${10 + run}`,
    company: `Sablon ${run}`,
  });

  test.each([
    ['first names', { given: 'Jean' }, { given: 'Luc' }],
    ['near first names of two people', { given: 'Jean' }, { given: 'Jeanne' }],
    ['near first names of two people', { given: 'René' }, { given: 'Renée' }],
    ['birthdays', { given: 'Jean', birthday: '1980-02-03' }, { given: 'Jean', birthday: '2008-02-03' }],
  ])('%s that contradict each other keep apart what everything else would join', async (_what, left, right) => {
    const one = await add(alice, { family: family(), ...shared(), ...left }, aliceBook);
    const two = await add(bob, { family: family(), ...shared(), ...right }, bobBook);
    expect(await areOne(alice, one, two)).toBe(false);
  });

  test('two who contradict each other do not become one through a third', async () => {
    const one = await add(alice, { given: 'Jean', family: family(), ...shared() }, aliceBook);
    const two = await add(alice, { given: 'Luc', family: family(), ...shared() }, aliceBook);
    const third = await add(alice, { family: family(), ...shared() }, aliceBook);
    expect(await areOne(alice, one, two)).toBe(false);
    expect([await areOne(alice, third, one), await areOne(alice, third, two)]).toContain(false);
  });
});

describe('organisations', () => {
  async function company(name: string, siren?: string, site?: string): Promise<string> {
    const { id } = await alice.call(cards.createCard, {
      kind: 'organization',
      bookId: aliceBook,
      fields: [
        { kind: 'name', value: { full: name } },
        { kind: 'organization', value: { name } },
        ...(site ? [{ kind: 'url' as const, value: { value: site } }] : []),
      ],
    });
    if (siren) {
      await app.query(
        `insert into cards.card_field (workspace_id, card_id, no, book_no, exposure, class, kind, value, seen_at)
         select workspace_id, card_id, 90, book_no, 0, 19, 'extra', jsonb_build_object('name', 'SIRET', 'value', $2::text), now()
         from cards.card where card_id = $1`,
        [id, siren],
      );
      await alice.call(cards.updateCard, { cardId: id, add: [{ kind: 'category', value: { value: 'Client' } }] });
    }
    return id;
  }

  test('are one by name and register, whatever their legal form; subsidiaries stay apart', async () => {
    const name = `Brimbalec ${family()}`;
    const one = await company(`${name} SAS`, '732 829 320 00074');
    const two = await company(name.toUpperCase(), '73282932000082');
    const subsidiary = await company(`${name} Maintenance`, '552 100 554 00025');
    expect(await areOne(alice, one, two)).toBe(true);
    expect(await areOne(alice, one, subsidiary)).toBe(false);
  });
});

describe('splitting', () => {
  test('shows what becomes of a person, does it, and is undone by taking the verdicts back', async () => {
    const contact = { given: 'Zélie', family: family(), email: `s${run}@sablon.example` };
    const one = await add(alice, contact, aliceBook);
    const two = await add(bob, { ...contact, company: 'Sablon' }, bobBook);
    const three = await add(alice, contact, aliceBook);
    const preview = await alice.call(contracts.previewSplit, { personId: one, cardIds: [two] });
    expect(preview.stays.cards.map(({ id }) => id).sort()).toEqual([one, three].sort());
    expect(preview.leaves.cards.map(({ id }) => id)).toEqual([two]);
    expect(preview.leaves.values.find(({ kind }) => kind === 'organization')?.display).toBe('Sablon');
    const { verdictIds, staysId, leavesId } = await alice.call(contracts.splitPerson, {
      personId: one,
      cardIds: [two],
    });
    expect(verdictIds).toHaveLength(2);
    expect(await areOne(alice, staysId, leavesId)).toBe(false);
    expect(await areOne(alice, one, three)).toBe(true);
    await alice.call(contracts.withdrawVerdicts, { verdictIds });
    expect(await areOne(alice, one, two)).toBe(true);
  });

  test('asks for cards of the person, and for some to stay', async () => {
    const [one, two] = await twins();
    expect(await codeOf(alice.call(contracts.previewSplit, { personId: one, cardIds: [two] }))).toBe('not_found');
    expect(await codeOf(alice.call(contracts.splitPerson, { personId: one, cardIds: [one] }))).toBe('invalid_input');
  });
});

/** Inserts a verdict about two cards as a member, past every operation. */
async function insertVerdict(member: Member, one: string, other: string, entered: boolean): Promise<void> {
  const { me } = member;
  const actor = { workspaceId: me.workspace.id, memberId: me.memberId };
  const [a, b] = pairId(one, other).split('.');
  await app.app.db.asActor(actor, async (tx) => {
    if (entered)
      await sql`select delegation.enter_holders(${actor.workspaceId}, (
        select array_agg(book_no) from cards.card where workspace_id = ${actor.workspaceId} and card_id in (${a}, ${b})))`.execute(
        tx,
      );
    await sql`insert into matching.verdict (workspace_id, verdict_id, card_a, card_b, book_no_a, book_no_b, exposure_a, exposure_b,
        key_a, key_b, same, member_id)
      select ${actor.workspaceId}, gen_random_uuid(), a.card_id, b.card_id, a.book_no, b.book_no, 0, 0, 'a', 'b', true, ${actor.memberId}
      from cards.card a join cards.card b on b.workspace_id = ${actor.workspaceId} and b.card_id = ${b}
      where a.workspace_id = ${actor.workspaceId} and a.card_id = ${a}`.execute(tx);
  });
}

describe('what waits', () => {
  test('is one question for two persons as the viewer sees them, not as hidden cards join them', async () => {
    // Hidden, Carol's cards put two pairs of persons into one pair of clusters.
    const [one, two] = await twins();
    run++;
    const [three, four] = await twins();
    const hidden = [await add(carol, { given: 'Hedwige' }), await add(carol, { given: 'Ursule' })] as const;
    const joins = [pairId(one, hidden[0]), pairId(three, hidden[0]), pairId(two, hidden[1]), pairId(four, hidden[1])];
    await carol.call(contracts.decide, { pairs: joins, same: true });
    expect([await areOne(carol, one, three), await areOne(carol, two, four)]).toEqual([true, true]);
    expect([await areOne(bob, one, three), await areOne(bob, two, four)]).toEqual([false, false]);
    expect([await offered(bob, one, two), await offered(bob, three, four)]).toEqual([
      expect.anything(),
      expect.anything(),
    ]);
  });

  test('is one question for two persons though hidden cards make one of them', async () => {
    const contact = { given: 'Zélie', family: family(), company: `Sablon ${run}` };
    const persons = [
      [alice, aliceBook, `p${run}@one.example`],
      [bob, bobBook, `q${run}@two.example`],
    ] as const;
    const ids: string[] = [];
    for (const [member, book, email] of [...persons, ...persons])
      ids.push(await add(member, { ...contact, email }, book));
    const secret = await add(carol, { given: 'Zélie', family: family() });
    const pairs = [pairId(ids[0]!, secret), pairId(ids[1]!, secret)];
    await carol.call(contracts.decide, { pairs, same: true });
    expect([await areOne(bob, ids[0]!, ids[2]!), await areOne(bob, ids[1]!, ids[3]!)]).toEqual([true, true]);
    expect(await areOne(bob, ids[0]!, ids[1]!)).toBe(false);
    const asked = async () => {
      const { items } = await bob.call(contracts.listProposals, { limit: 200 });
      return items.map(({ id }) => id).filter((id) => id.split('.').every((card) => ids.includes(card)));
    };
    const [first, ...others] = await asked();
    expect([first, others]).toEqual([expect.any(String), []]);
    // Put off, it is not asked again by another pair of the same two.
    await bob.call(contracts.postpone, { pairs: [first!] });
    expect(await asked()).toEqual([]);
  });

  test('is counted up to 1,000, and says when there is more', async () => {
    const dora = await app.invite(alice, 'Dora Hunt');
    const input = Array.from({ length: 46 }, (_, at) => ({
      fields: [{ kind: 'name' as const, value: { given: `Solo${at}`, family: `Unique${at * 7919}` } }],
    }));
    const { items } = await dora.call(cards.createCards, { cards: input });
    const ids = items.map(({ id }) => id);
    await app.query(`delete from matching.proposal where card_a = any($1) or card_b = any($1)`, [ids]);
    const propose = (count: number) =>
      app.query(
        `insert into matching.proposal (workspace_id, card_a, card_b, book_no_a, book_no_b, exposure_a, exposure_b, kind, probability, prior, reasons)
         select a.workspace_id, a.card_id, b.card_id, a.book_no, b.book_no, 0, 0, 'person', 0.5, 0, '[]'
         from cards.card a join cards.card b on b.card_id = any($1) and a.card_id < b.card_id
         where a.card_id = any($1) order by 2, 3 limit $2 on conflict do nothing`,
        [ids, count],
      );
    await propose(1000);
    expect(await dora.call(contracts.countProposals, { mine: 'true' })).toMatchObject({ total: 1000, more: false });
    await propose(1001);
    expect(await dora.call(contracts.countProposals, { mine: 'true' })).toMatchObject({ total: 1000, more: true });
    expect(await dora.call(contracts.getHealth, {})).toMatchObject({ waiting: 1000, moreWaiting: true });
  });

  test('put off is forgotten when its time is over or its cards are gone', async () => {
    const [one, two] = await twins();
    run++;
    const [three, four] = await twins();
    run++;
    const [five, six] = await twins();
    const pairs = [pairId(one, two), pairId(three, four), pairId(five, six)];
    await bob.call(contracts.postpone, { pairs });
    await app.query(`update matching.postponed set until = now() - interval '1 hour' where card_a = any($1)`, [
      [one, two],
    ]);
    await app.query(`update matching.postponed set card_b = gen_random_uuid() where card_a = any($1)`, [[three, four]]);
    await purgePostponed(app.app);
    const left = await app.query<{ card_a: string }>(`select card_a from matching.postponed where member_id = $1`, [
      bob.me.memberId,
    ]);
    const known = [one, two, three, four, five, six];
    expect(left.map(({ card_a }) => card_a).filter((id) => known.includes(id))).toEqual([pairs[2]!.split('.')[0]]);
  });
});

describe('row security by itself', () => {
  test('refuses the verdict of a mere reader about two cards of one holder, whatever was asked before', async () => {
    const name = { given: 'Zélie', family: family() };
    const own = [await add(alice, name, aliceBook), await add(alice, name, aliceBook)] as const;
    const across = [own[0], await add(bob, name, bobBook)] as const;
    const refused = /row-level security/;
    await expect(insertVerdict(carol, ...own, false)).rejects.toThrow(refused);
    await expect(insertVerdict(carol, ...own, true)).rejects.toThrow(refused);
    await expect(insertVerdict(carol, ...across, false)).rejects.toThrow(refused);
    await insertVerdict(carol, ...across, true);
    await insertVerdict(alice, ...own, false);
  });
});

describe('what one may not see', () => {
  test('is not counted among the decisions, though the verdict’s own copies are behind', async () => {
    const [one, two] = await twins();
    await bob.call(contracts.decide, { pairs: [pairId(one, two)], same: false });
    const decided = async () => (await carol.call(contracts.getHealth, {})).months.at(-1)!.decidedDifferent;
    const before = await decided();
    await app.query(`update cards.card set exposure = 1 where card_id = $1`, [one]);
    expect(await decided()).toBe(before - 1);
  });

  test('shows neither in the order of the pairs nor in the cursor between pages', async () => {
    const lent = await share(carol);
    await mask(lent, [1]);
    // The same employer, which Bob may not read of Carol's cards, speaks for the second pair.
    for (const company of ['', `Sablon ${run}`]) {
      const contact = { given: 'Zélie', family: `${family()}${company ? 'a' : 'o'}`, company };
      await add(carol, contact, lent);
      await add(alice, contact, aliceBook);
    }
    const whole = await bob.call(contracts.listProposals, { limit: 200 });
    const hidden = whole.items.filter((one) => [one.left, one.right].some(({ card }) => card.book.id === lent));
    expect(hidden.length).toBeGreaterThan(1);
    const shown = hidden.map(({ probability }) => probability);
    expect(shown).toEqual([...shown].sort((one, other) => other - one));
    expect(whole.items.slice(-hidden.length)).toEqual(hidden);
    const before = await bob.call(contracts.listProposals, { limit: whole.items.length - hidden.length + 1 });
    const cursor = Buffer.from(before.next!, 'base64url').toString();
    expect(cursor).toContain(String(hidden[0]!.probability));
    const next = await bob.call(contracts.listProposals, { limit: 200, after: before.next! });
    expect(next.items).toEqual(hidden.slice(1));
  });

  test('is offered to nobody, counted for nobody, explained to nobody', async () => {
    const contact = { given: 'Zélie', family: family(), company: `Sablon ${run}` };
    const secret = await add(carol, contact);
    const shown = await add(alice, contact, aliceBook);
    expect(await offered(carol, secret, shown)).toBeDefined();
    const before = await bob.call(contracts.countProposals, {});
    expect(await offered(bob, secret, shown)).toBeUndefined();
    const pair = pairId(secret, shown);
    expect(await codeOf(bob.call(contracts.explainPair, { pair }))).toBe('not_found');
    expect(await codeOf(bob.call(contracts.decide, { pairs: [pair], same: true }))).toBe('not_found');
    expect(await codeOf(bob.call(contracts.postpone, { pairs: [pair] }))).toBe('not_found');
    await carol.call(contracts.decide, { pairs: [pair], same: true });
    expect(await areOne(carol, secret, shown)).toBe(true);
    const verdicts = await bob.call(contracts.listVerdicts, { limit: 200 });
    expect(verdicts.items.filter((one) => one.pair === pair)).toEqual([]);
    expect((await bob.call(contracts.countProposals, {})).total).toBe(before.total);
    expect((await carol.call(contracts.listVerdicts, { personId: shown })).items.map((one) => one.pair)).toEqual([
      pair,
    ]);
  });

  test('joins nothing: two cards that only a hidden one connects are two persons, by verdict as by evidence', async () => {
    const [one, two] = [
      await add(alice, { given: 'Zélie', family: family() }, aliceBook),
      await add(bob, { given: 'Zoé', family: `${family()}-Lacaze` }, bobBook),
    ];
    const hidden = await add(carol, { given: 'Zélie', family: family(), company: 'Sablon' });
    await carol.call(contracts.decide, { pairs: [pairId(one, hidden), pairId(two, hidden)], same: true });
    expect(await areOne(carol, one, two)).toBe(true);
    expect(await areOne(alice, one, two)).toBe(false);
    expect((await alice.call(contracts.explainPair, { pair: pairId(one, two) })).together).toBe(false);
  });

  test('a card kept back or moved takes its proposals and verdicts along at once', async () => {
    const [one, two] = await twins();
    const said = await bob.call(contracts.decide, { pairs: [pairId(one, two)], same: false });
    expect((await carol.call(contracts.listVerdicts, {})).items[0]?.id).toBe(said.items[0]!.id);
    // Though matching, which would mend it, cannot follow.
    await app.query('alter table cards.entry add constraint refuse_ck check (false) not valid');
    await alice.call(cards.updateCard, { cardId: one, withheld: true });
    await app.query('alter table cards.entry drop constraint refuse_ck');
    expect(app.errors.join()).toContain('refuse_ck');
    app.errors.length = 0;
    const rows = await app.query<{ exposures: number[] }>(
      `select array[exposure_a, exposure_b]::int[] as exposures from matching.verdict where verdict_id = $1`,
      [said.items[0]!.id],
    );
    expect(rows[0]!.exposures.sort()).toEqual([0, 1]);
    expect((await carol.call(contracts.listVerdicts, {})).items.map(({ id }) => id)).not.toContain(said.items[0]!.id);
    await alice.call(contracts.withdrawVerdicts, { verdictIds: [said.items[0]!.id] });
    expect(await offered(carol, one, two)).toBeUndefined();
    expect(await offered(bob, one, two)).toBeUndefined();
  });

  test('values that are not lent give no reason, and what rests on them alone is not offered', async () => {
    const bookId = await share(alice);
    // Married since: the number alone speaks for one person.
    const contact = { given: 'Zélie', family: family(), mobile: `+3361234560${run % 10}` };
    const one = await add(alice, { ...contact, family: 'Brimbal' }, bookId);
    const two = await add(bob, contact, bobBook);
    const whole = (await offered(carol, one, two))!;
    expect(whole.reasons.map(({ feature }) => feature)).toEqual(expect.arrayContaining(['family', 'phone']));
    // Bit 1: the name.
    await mask(bookId, [1]);
    const masked = await carol.call(contracts.explainPair, { pair: pairId(one, two) });
    expect(masked.reasons.map(({ feature }) => feature).sort()).toEqual(['family', 'given']);
    expect(masked.probability).toBeLessThan(whole.probability);
    expect(await offered(carol, one, two)).toBeUndefined();
    expect((await offered(alice, one, two))?.probability).toBe(whole.probability);
  });

  test('what a viewer reads joins two cards, and only that', async () => {
    const bookId = await share(alice);
    const contact = { given: 'Zélie', family: family(), email: `m${run}@sablon.example` };
    const one = await add(alice, contact, bookId);
    await add(bob, contact, bobBook);
    const told = async () =>
      (await carol.call(cards.getPerson, { personId: one })).cards.flatMap(({ links }) =>
        links.flatMap(({ evidence }) => evidence),
      );
    expect(await told()).toEqual(['email', 'email']);
    await mask(bookId, [1]);
    expect(await told(), 'the address that joins them is not lent').toEqual([]);
    expect((await alice.call(cards.getPerson, { personId: one })).cards).toHaveLength(2);
  });

  test('a lent address joins two cards though numbers are kept back, whatever these say', async () => {
    const bookId = await share(alice);
    const number = (digit: number) => `+336${digit}${digit}23456${run % 10}`;
    for (const [given, mine, yours] of [
      ['Zélie', 3, 3],
      ['Bertrand', 4, 5],
    ] as const) {
      const contact = { given, family: `${family()}${given}`, email: `${given}${run}@${given}.example` };
      const one = await add(alice, { ...contact, mobile: number(mine) }, bookId);
      await add(bob, { ...contact, mobile: number(yours) }, bobBook);
      await mask(bookId, [1, 4]);
      const { cards: shown } = await carol.call(cards.getPerson, { personId: one });
      expect(shown.flatMap(({ links }) => links.map(({ evidence }) => evidence.join()))).toEqual(['email', 'email']);
    }
  });

  test('what third cards say against a link is known to whoever reads all of them, and to nobody else', async () => {
    // Two homonyms, and a card that could be either's: the engine leaves it with one of them.
    const bookId = await share(alice);
    const contact = { given: 'Zélie', family: family(), email: `t${run}@sablon.example` };
    const one = await add(alice, { ...contact, birthday: '1980-01-01' }, bookId);
    const between = await add(bob, contact, bobBook);
    const other = await add(bob, { ...contact, birthday: '1980-01-02' }, bobBook);
    const seen = async (viewer: Member) => {
      const persons = await Promise.all(
        [one, between, other].map(async (id) => (await viewer.call(cards.getPerson, { personId: id })).cards.length),
      );
      return persons.sort().join();
    };
    expect(await seen(carol), 'she reads both birthdays').toBe('1,2,2');
    const cut = await app.query(`select from cards.link where cut <> '{}' and $1 in (card_a, card_b)`, [between]);
    expect(cut).toHaveLength(1);
    await mask(bookId, [1, 4]);
    expect(await seen(carol), 'she does not read one of them').toBe('3,3,3');
    expect(await seen(alice), 'she does not see what bob reads').toBe('1,2,2');
  });

  test('what is told of a link says nothing of an address that is kept back', async () => {
    const bookId = await share(alice);
    const works = `${family().toLowerCase()}.example`;
    const fields = (email: string, home: string, street: string) => [
      { kind: 'name' as const, value: { given: 'Zélie', family: family() } },
      { kind: 'email' as const, value: { value: `${email}@${works}`, type: 'work' as const } },
      { kind: 'email' as const, value: { value: `${home}@gmail.com`, type: 'home' as const } },
      { kind: 'phone' as const, value: { raw: `+3363998221${run % 10}`, place: 'work' as const } },
      { kind: 'address' as const, value: { street, city: 'Nantes', type: 'home' as const } },
      { kind: 'address' as const, value: { street: '2 quai Ceineray', city: 'Nantes', type: 'work' as const } },
    ];
    const make = async (by: Member, book: string, one: ReturnType<typeof fields>) =>
      (await by.call(cards.createCard, { bookId: book, fields: one })).id;
    const one = await make(alice, bookId, fields('z', `z${run}`, '1 rue Crébillon'));
    // Bits 1, 4, 8, 12: the name, and of work e-mails, mobile numbers and addresses.
    await mask(bookId, [1, 4, 8, 12]);
    const told = async (home: string, street: string) => {
      const two = await make(bob, bobBook, fields('zelie', home, street));
      const person = await carol.call(cards.getPerson, { personId: one });
      const evidence = person.cards.find(({ id }) => id === one)!.links.find(({ cardId }) => cardId === two)?.evidence;
      await bob.call(cards.removeCard, { cardId: two });
      return evidence;
    };
    const right = await told(`z${run}`, '1 rue Crébillon');
    expect(right).toEqual(await told('another', '9 rue Voltaire'));
    expect(right).toEqual(['name_address', 'name_organization', 'phone']);
  });
});
