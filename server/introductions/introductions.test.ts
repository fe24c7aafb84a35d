import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import * as home from '../home/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp, tokenOf } from '../kernel/testing.ts';
import * as notices from '../notices/contract.ts';
import { type MailSink, openMailSink } from '../outreach/testing.ts';
import * as sources from '../sources/contract.ts';
import { finish, upload } from '../sources/testing.ts';
import * as contracts from './contract.ts';
import { introductionsTasks } from './jobs.ts';

let app: TestApp;
let sink: MailSink;
let louis: Member;
let emma: Member;
let paul: Member;
let run = 0;
const names = (
  'Zoe Quimper,Hedy Lamarr,Alan Turing,Grace Hopper,Niklaus Wirth,Barbara Liskov,Edsger Dijkstra,Ada Lovelace,Donald Knuth,' +
  'Frances Allen,Tony Hoare,Radia Perlman,Ken Thompson,Adele Goldberg,Vinton Cerf,Margaret Hamilton,Dennis Ritchie,' +
  'Karen Jones,Leslie Lamport,Shafi Goldwasser,Bjarne Stroustrup,Fernanda Viegas,Guido Rossum,Katherine Johnson,' +
  'Sophie Wilson,Joan Clarke,Mary Keller,Ruth Teitelbaum,Jean Bartik,Betty Holberton,Annie Easley'
).split(',');
let given: string;
/** The name of the contact of this test, and its cards with Louis and Paul. */
let sought: string;
let ofLouis: string;
let ofPaul: string;
const books = new Map<Member, string>();

beforeAll(async () => {
  app = await openTestApp();
  sink = await openMailSink();
  louis = await app.setUp('Louis Martin');
  emma = await app.invite(louis, 'Emma Petit');
  paul = await app.invite(louis, 'Paul Roux');
  for (const holder of [louis, paul]) {
    const book = await holder.call(delegation.createBook, { name: `Book of ${holder.me.name}` });
    books.set(holder, book.id);
    await lend(holder, book.id, { grantee: { kind: 'workspace' }, acts: ['discover'] });
  }
  await app.query(
    `insert into outreach.mail_setup (workspace_id, host, port, security, sender_name, sender_address, changed_by)
     values ($1, '127.0.0.1', $2, 'none', 'Exemple SA', 'crm@example.com', $3)`,
    [louis.me.workspace.id, sink.port, louis.me.memberId],
  );
});
afterAll(async () => {
  await app.close();
  await sink.close();
});
afterEach(() => expect(app.errors).toEqual([]));

beforeEach(async () => {
  run++;
  // As unlike as can be, lest matching find that some of them are one.
  [given, sought] = names[run]!.split(' ') as [string, string];
  ofLouis = await add(louis);
  ofPaul = await add(paul);
  await app.query(`update introductions.request set created_at = created_at - interval '2 days'`);
  await app.settle();
  sink.mails.length = 0;
});

async function add(holder: Member): Promise<string> {
  const fields = [
    { kind: 'name' as const, value: { given, family: sought } },
    {
      kind: 'email' as const,
      value: { value: `${given.toLowerCase()}@${sought.toLowerCase()}.example`, type: 'work' as const },
    },
    { kind: 'phone' as const, value: { raw: `+33 6 12 34 ${run + 10} ${run + 40}`, place: 'home' as const } },
    { kind: 'note' as const, value: { value: 'Likes torpedoes' } },
  ];
  return (await holder.call(cards.createCard, { bookId: books.get(holder)!, fields })).id;
}

async function request(words = sought): Promise<contracts.Request> {
  const input = { sought: words, purpose: 'prospecting' as const, message: 'We would like to meet her.' };
  const made = await emma.call(contracts.askForIntroduction, input);
  await app.settle();
  return made;
}

const asks = async (holder: Member) =>
  (await holder.call(contracts.listAsks, { waiting: 'true' })).items.filter((one) => one.sought === sought);
const mine = async () => (await emma.call(contracts.listRequests, {})).items[0]!;
const raw = async (path: string) => (await emma.fetch(path)).text();
const told = async (member: Member) => (await member.call(notices.listNotices, {})).items;

/** Runs a job as if its day had come. */
async function runJob(name: string, payload: object): Promise<void> {
  const task = introductionsTasks.find((one) => one.name === name)!;
  const context = { app: app.app, workspaceId: emma.me.workspace.id, signal: new AbortController().signal };
  await task.run(payload as never, context);
  await app.settle();
}

describe('a request', () => {
  test('reaches each holder of whom the search found, and tells the asker neither who nor how many', async () => {
    const found = await emma.call(cards.getFacets, { q: sought });
    expect(found.discoverable).toBeGreaterThan(0);
    const made = await request();
    for (const [holder, cardId] of [
      [louis, ofLouis],
      [paul, ofPaul],
    ] as const)
      expect(await asks(holder)).toMatchObject([
        {
          asker: { name: 'Emma Petit' },
          sought,
          message: 'We would like to meet her.',
          contacts: [{ id: cardId, name: `${given} ${sought}` }],
          state: 'waiting',
        },
      ]);
    expect({ ...(await mine()), earlier: false }).toEqual(made);
    expect(JSON.stringify([made, await told(emma)])).not.toMatch(/Louis|Paul|\.example/);
    expect(await asks(emma)).toEqual([]);
    expect((await told(louis))[0]!.text).toBe(`Emma Petit asks you for an introduction: “${sought}”.`);
    expect(sink.mails.map(({ to }) => to[0]).sort()).toEqual([louis.me.email, paul.me.email].sort());
  });

  test('that finds nobody answers as one that finds many', async () => {
    const some = await request();
    const none = await request('Nobodyofthisname');
    const stable = ({ id: _id, createdAt: _at, expiresAt: _until, sought: _sought, ...rest }: contracts.Request) =>
      rest;
    expect(stable(none)).toEqual(stable(some));
  });

  test('reaches nobody through what the asker may not find: private, withheld, or readable anyway', async () => {
    await louis.call(cards.updateCard, { cardId: ofLouis, withheld: true });
    await lend(paul, books.get(paul)!, { grantee: { kind: 'workspace' }, acts: ['read'] });
    await app.settle();
    await request();
    expect(await asks(louis)).toEqual([]);
    expect(await asks(paul)).toEqual([]);
    await lend(paul, books.get(paul)!, { grantee: { kind: 'workspace' }, acts: ['discover'] });
  });

  test('reaches those whose book opens nothing before they have agreed', async () => {
    await lend(paul, books.get(paul)!, { grantee: { kind: 'workspace' }, acts: ['read'], askFirst: true });
    await app.settle();
    await request();
    expect(await asks(paul)).toHaveLength(1);
    await lend(paul, books.get(paul)!, { grantee: { kind: 'workspace' }, acts: ['discover'] });
  });

  test('made again reveals nothing and asks nobody twice', async () => {
    const first = await request();
    const second = await request();
    expect({ ...second, id: first.id, createdAt: first.createdAt, expiresAt: first.expiresAt }).toEqual(first);
    expect(await asks(louis)).toHaveLength(1);
    const [asked] = await asks(louis);
    await louis.call(contracts.answerAsk, { askId: asked!.id, choice: 'decline' });
    await request();
    expect(await asks(louis)).toEqual([]);
  });

  test('is limited to ten a day, also when they come at once', async () => {
    const input = { sought: 'Nobodyofthisname', purpose: 'other' as const, message: 'x' };
    const all = await Promise.all(
      Array.from({ length: 14 }, () =>
        emma.call(contracts.askForIntroduction, input).then(
          () => 'made',
          (error: { problem: { code: string } }) => error.problem.code,
        ),
      ),
    );
    expect(all.filter((one) => one === 'made')).toHaveLength(10);
    expect(new Set(all)).toEqual(new Set(['made', 'too_many_requests']));
    await app.settle();
  });
});

describe('declining', () => {
  test('leaves every answer to the asker the same, octet for octet, and tells nobody', async () => {
    await request();
    const paths = ['/introductions', '/notices', '/notices/unread', '/home/happenings', `/people/facets?q=${sought}`];
    const before = await Promise.all(paths.map(raw));
    for (const holder of [louis, paul]) {
      const [asked] = await asks(holder);
      await holder.call(contracts.answerAsk, { askId: asked!.id, choice: 'decline' });
    }
    await app.settle();
    expect(await Promise.all(paths.map(raw))).toEqual(before);
    expect(sink.mails.some(({ to }) => to[0] === emma.me.email)).toBe(false);
  });

  test('ends as being left unanswered does', async () => {
    const declined = await request();
    for (const holder of [louis, paul]) {
      const [asked] = await asks(holder);
      await holder.call(contracts.answerAsk, { askId: asked!.id, choice: 'decline' });
    }
    ofLouis = await add(louis);
    await app.settle();
    const unanswered = await request();
    expect(await asks(louis)).toHaveLength(1);
    for (const { id } of [declined, unanswered]) {
      await runJob('introductions.step', { requestId: id, step: 3 });
      await runJob('introductions.step', { requestId: id, step: 'end' });
    }
    const [second, first] = (await emma.call(contracts.listRequests, { limit: 2 })).items;
    expect(first!.state).toBe('expired');
    expect({ ...second, id: first!.id, createdAt: first!.createdAt, expiresAt: first!.expiresAt }).toEqual(first);
    expect(await asks(louis)).toEqual([]);
  });

  test('can be taken back', async () => {
    await request();
    const [asked] = await asks(louis);
    await louis.call(contracts.answerAsk, { askId: asked!.id, choice: 'decline' });
    expect(await asks(louis)).toEqual([]);
    await louis.call(contracts.answerAsk, { askId: asked!.id, choice: 'reconsider' });
    expect(await asks(louis)).toHaveLength(1);
  });
});

describe('a holder', () => {
  test('introduces: to the contact first, and, once they agree, to both; then the asker hears of it', async () => {
    await request();
    const [asked] = await asks(louis);
    const letters = await louis.call(contracts.getLetters, { askId: asked!.id, contactId: ofLouis });
    expect(letters.mayI).toMatchObject({ to: [`${given.toLowerCase()}@${sought.toLowerCase()}.example`], cc: [] });
    expect(letters.mayI.body).toContain('We would like to meet her.');
    expect(letters.toBoth.cc).toEqual([emma.me.email]);
    await louis.call(contracts.answerAsk, { askId: asked!.id, choice: 'introduce' });
    // Paul is not asked any longer, and Emma knows nothing yet.
    expect(await asks(paul)).toEqual([]);
    expect((await mine()).state).toBe('waiting');
    await louis.call(contracts.answerAsk, { askId: asked!.id, choice: 'introduced', text: 'She expects you.' });
    await app.settle();
    expect(await mine()).toMatchObject({
      state: 'answered',
      answer: { kind: 'introduced', by: { name: 'Louis Martin' }, text: 'She expects you.' },
    });
    expect((await told(emma))[0]).toMatchObject({ kind: 'request_answered' });
    const [happening] = (await louis.call(home.listHappenings, { bookId: books.get(louis)! })).items;
    expect(happening).toMatchObject({ kind: 'introduced', user: { name: 'Emma Petit' }, contacts: [{ id: ofLouis }] });
  });

  test('who takes it up and then declines leaves it to the others again', async () => {
    await request();
    const [asked] = await asks(louis);
    await louis.call(contracts.answerAsk, { askId: asked!.id, choice: 'introduce' });
    expect(await asks(paul)).toEqual([]);
    await louis.call(contracts.answerAsk, { askId: asked!.id, choice: 'decline' });
    expect(await asks(paul)).toHaveLength(1);
    expect((await mine()).state).toBe('waiting');
  });

  test('answers in words or passes the message on; of two at once the first is heard', async () => {
    await request();
    const before = (await told(emma)).filter(({ kind }) => kind === 'request_answered').length;
    const [[one], [other]] = [await asks(louis), await asks(paul)];
    const refused = (error: { problem?: { code: string } }) => expect(error.problem?.code).toBe('conflict');
    await Promise.all([
      louis.call(contracts.answerAsk, { askId: one!.id, choice: 'tell', text: 'She has retired.' }).catch(refused),
      paul.call(contracts.answerAsk, { askId: other!.id, choice: 'pass_on' }).catch(refused),
    ]);
    await app.settle();
    const { answer } = await mine();
    const states = await Promise.all(
      [louis, paul].map(async (holder) => (await holder.call(contracts.listAsks, { limit: 1 })).items[0]!.state),
    );
    expect(states.sort()).toEqual([answer!.kind, 'resting'].sort());
    expect((await told(emma)).filter(({ kind }) => kind === 'request_answered')).toHaveLength(before + 1);
  });

  test('alone is asked: to others the ask is not there', async () => {
    await request();
    const [asked] = await asks(louis);
    for (const other of [emma, paul]) {
      const answer = other.call(contracts.answerAsk, { askId: asked!.id, choice: 'decline' });
      expect(await codeOf(answer)).toBe('not_found');
      const letters = other.call(contracts.getLetters, { askId: asked!.id, contactId: ofLouis });
      expect(await codeOf(letters)).toBe('not_found');
    }
    const foreign = louis.call(contracts.getLetters, { askId: asked!.id, contactId: ofPaul });
    expect(await codeOf(foreign)).toBe('not_found');
    const wrong = louis.call(contracts.answerAsk, { askId: asked!.id, choice: 'pass_on', contactId: ofPaul });
    expect(await codeOf(wrong)).toBe('invalid_input');
  });

  test('is reminded after three and seven days, and no longer once they answered', async () => {
    const { id } = await request();
    const count = async () => (await told(louis)).filter(({ kind }) => kind === 'request_received').length;
    const before = await count();
    for (const step of [3, 3, 7]) await runJob('introductions.step', { requestId: id, step });
    expect((await count()) - before).toBe(2);
    const [asked] = await asks(louis);
    await louis.call(contracts.answerAsk, { askId: asked!.id, choice: 'decline' });
    await runJob('introductions.step', { requestId: id, step: 9 });
    expect((await count()) - before).toBe(2);
  });

  test('hears what came of it', async () => {
    const { id } = await request();
    expect(await codeOf(emma.call(contracts.updateRequest, { requestId: id, outcome: 'met' }))).toBe('conflict');
    const [asked] = await asks(louis);
    await louis.call(contracts.answerAsk, { askId: asked!.id, choice: 'tell', text: 'Call her.' });
    await emma.call(contracts.updateRequest, { requestId: id, outcome: 'met' });
    await app.settle();
    expect((await louis.call(contracts.listAsks, { limit: 1 })).items[0]).toMatchObject({ outcome: 'met' });
    expect((await told(louis))[0]).toMatchObject({ kind: 'request_outcome' });
  });

  test('is asked no longer once the asker withdraws', async () => {
    const { id } = await request();
    await emma.call(contracts.updateRequest, { requestId: id, withdrawn: true });
    await app.settle();
    expect(await asks(louis)).toEqual([]);
    expect(await codeOf(paul.call(contracts.updateRequest, { requestId: id, withdrawn: true }))).toBe('not_found');
  });
});

describe('a card lent for once', () => {
  test('is said beforehand to come without any way to reach the contact, where all ways are private', async () => {
    const fields = [
      { kind: 'name' as const, value: { given, family: `${sought}-Privee` } },
      { kind: 'phone' as const, value: { raw: '+33 1 99 00 55 44', place: 'home' as const } },
    ];
    const { id: bare } = await louis.call(cards.createCard, { bookId: books.get(louis)!, fields });
    await app.settle();
    await request();
    const [asked] = await asks(louis);
    const reach = new Map(asked!.contacts.map(({ id, reachable }) => [id, reachable]));
    expect([reach.get(ofLouis), reach.get(bare)]).toEqual([true, false]);
  });

  test('is read by the asker alone, without what is private, and gone when its time is over', async () => {
    await request();
    const [asked] = await asks(louis);
    await louis.call(contracts.answerAsk, { askId: asked!.id, choice: 'lend', days: 3 });
    await app.settle();
    const { answer } = await mine();
    expect(answer).toMatchObject({ kind: 'lent', contact: { name: `${given} ${sought}` } });
    const personId = answer!.contact!.id;
    const person = await emma.call(cards.getPerson, { personId });
    expect(JSON.stringify(person)).toContain('.example');
    expect(JSON.stringify(person)).not.toMatch(/\+33612|torpedoes/);
    // It is not even in the copy, whatever grant opens that one day.
    const copied = await app.query('select value from cards.card_field where card_id = $1', [personId]);
    expect(copied).not.toEqual([]);
    expect(JSON.stringify(copied)).not.toMatch(/\+33612|torpedoes/);
    expect(await codeOf(paul.call(cards.getPerson, { personId }))).toBe('not_found');
    expect(await codeOf(emma.call(cards.getPerson, { personId: ofLouis }))).toBe('not_found');
    // Louis hears of it, as of every use.
    const all = (await louis.call(home.listHappenings, {})).items;
    expect(all[0]).toMatchObject({
      kind: 'opened',
      user: { name: 'Emma Petit' },
      book: { name: 'Lent once to Emma Petit' },
    });
    // Others still find that somebody knows her.
    expect((await paul.call(cards.getFacets, { q: sought })).discoverable).toBe(1);
    await runJob('introductions.takeBack', { cardId: personId });
    expect(await codeOf(emma.call(cards.getPerson, { personId }))).toBe('not_found');
    expect((await mine()).answer).toMatchObject({ kind: 'lent', contact: null });
    expect((await emma.call(cards.getFacets, { q: sought })).discoverable).toBe(1);
  });

  test('is withdrawn as any grant is, and a second one lies in the same book until the later end', async () => {
    await request();
    await louis.call(contracts.answerAsk, { askId: (await asks(louis))[0]!.id, choice: 'lend', days: 9 });
    await app.settle();
    const personId = (await mine()).answer!.contact!.id;
    const grants = (await louis.call(delegation.listGrants, {})).items.filter(({ book }) =>
      /Lent once/.test(book.name),
    );
    expect(grants).toHaveLength(1);
    const days = (Date.parse(grants[0]!.endsAt!) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(9);
    await louis.call(delegation.endGrant, { grantId: grants[0]!.id });
    expect(await codeOf(emma.call(cards.getPerson, { personId }))).toBe('not_found');
  });

  /** Louis lends Emma a contact of this test for some days. @returns the copy that she reads */
  async function lendOnce(days: number): Promise<string> {
    await request();
    await louis.call(contracts.answerAsk, { askId: (await asks(louis))[0]!.id, choice: 'lend', days });
    await app.settle();
    return (await mine()).answer!.contact!.id;
  }
  const onceGrant = async () =>
    (await louis.call(delegation.listGrants, {})).items.find(({ book }) => /Lent once/.test(book.name))!;
  const nextContact = async () => {
    run++;
    [given, sought] = names[run]!.split(' ') as [string, string];
    ofLouis = await add(louis);
    await app.settle();
  };
  const status = async (personId: string) => (await emma.fetch(`/people/${personId}`)).status;

  test('that was withdrawn stays withdrawn when another is lent', async () => {
    const first = await lendOnce(30);
    await louis.call(delegation.endGrant, { grantId: (await onceGrant()).id });
    await nextContact();
    const second = await lendOnce(3);
    expect([await status(first), await status(second)]).toEqual([404, 200]);
  });

  test('is lent in the narrower words that the holder has found since, and no longer than they were', async () => {
    const first = await lendOnce(20);
    const { id, except } = await onceGrant();
    const endsAt = new Date(Date.now() + 2 * 86_400_000).toISOString();
    const narrower = {
      grantee: { kind: 'member' as const, memberId: emma.me.memberId },
      acts: ['read' as const, 'contact' as const],
      purposes: ['survey' as const],
      quota: { count: 1, period: 'year' as const, each: false },
      except: [...except, 'emails' as const],
      endsAt,
    };
    await louis.call(delegation.changeGrant, { grantId: id, ...narrower });
    await nextContact();
    const second = await lendOnce(7);
    const { purposes, quota } = narrower;
    expect(await onceGrant()).toMatchObject({ purposes, quota });
    for (const personId of [first, second])
      expect(JSON.stringify(await emma.call(cards.getPerson, { personId }))).not.toContain('.example');
    const [takenBack] = await app.query<{ at: Date }>(
      `select min(j.run_at) as at from kernel.outbox o join graphile_worker.jobs j on j.key = o.outbox_id::text
       where o.topic = 'introductions.takeBack' and o.payload ->> 'cardId' = $1`,
      [first],
    );
    expect(Math.abs(takenBack!.at.getTime() - Date.parse(endsAt))).toBeLessThan(60_000);
    await louis.call(delegation.endGrant, { grantId: (await onceGrant()).id });
  });

  test('goes when the holder keeps the card itself back, or removes it', async () => {
    const kept = await lendOnce(9);
    await louis.call(cards.updateCard, { cardId: ofLouis, withheld: true });
    await app.settle();
    expect(await status(kept)).toBe(404);
    await nextContact();
    const removed = await lendOnce(9);
    await louis.call(cards.removeCard, { cardId: ofLouis });
    await app.settle();
    expect(await status(removed)).toBe(404);
  });

  test('goes when the card itself is archived, or goes with its import', async () => {
    const archived = await lendOnce(9);
    await louis.call(cards.archiveCards, { cardIds: [ofLouis] });
    await app.settle();
    expect(await status(archived)).toBe(404);
    run++;
    [given, sought] = names[run]!.split(' ') as [string, string];
    const csv = `First Name,Last Name,E-mail\n${given},${sought},${given}@${sought}.example`;
    const { id: importId } = await upload(app, louis, 'contacts.csv', csv);
    await louis.call(sources.updateImport, { importId, bookId: books.get(louis)! });
    await finish(app, louis, importId);
    const imported = await lendOnce(9);
    expect(await status(imported)).toBe(200);
    await louis.call(sources.undoImport, { importId });
    await app.settle();
    expect(await status(imported)).toBe(404);
  });

  test('is copied once, also when the job that does it runs again', async () => {
    await request();
    const [asked] = await asks(louis);
    await louis.call(contracts.answerAsk, { askId: asked!.id, choice: 'lend' });
    await app.settle();
    const before = (await emma.call(cards.listPeople, { q: sought })).items;
    await runJob('introductions.settle', { askId: asked!.id });
    await runJob('introductions.settle', { askId: asked!.id });
    expect((await emma.call(cards.listPeople, { q: sought })).items).toEqual(before);
    expect(before).toHaveLength(1);
  });
});

describe('the link in the mail', () => {
  const tokenFor = (holder: Member) => {
    const { mail } = sink.mails.find(({ to }) => to[0] === holder.me.email)!;
    return tokenOf(/(http\S+\/answer#token=\S+)/.exec(mail.text!)![1]!);
  };

  test('shows what is asked, changes nothing by being opened, and answers once', async () => {
    await request();
    const token = tokenFor(louis);
    const anybody = app.client();
    const shown = await anybody.call(contracts.openLink, { token });
    expect(shown).toMatchObject({ asker: 'Emma Petit', state: 'waiting', contacts: [{ name: `${given} ${sought}` }] });
    expect(JSON.stringify(shown)).not.toMatch(/\.example|\+33612/);
    await anybody.call(contracts.openLink, { token });
    expect((await mine()).state).toBe('waiting');
    await anybody.call(contracts.answerLink, { token, choice: 'tell', text: 'Ask me on Monday.' });
    expect((await mine()).answer).toMatchObject({ kind: 'told', text: 'Ask me on Monday.' });
    const again = anybody.call(contracts.answerLink, { token, choice: 'decline' });
    expect(await codeOf(again)).toBe('conflict');
  });

  test('opens nothing when it was altered, made for something else, has expired, or its holder has left', async () => {
    await request();
    const token = tokenFor(paul);
    const anybody = app.client();
    const [body, signature] = token.split('.') as [string, string];
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as unknown[];
    const other = Buffer.from(JSON.stringify([...claims.slice(0, 2), louis.me.memberId, ...claims.slice(3)]));
    const { signLink } = await import('../kernel/tokens.ts');
    const actor = { workspaceId: paul.me.workspace.id, memberId: paul.me.memberId };
    const askId = claims[3] as string;
    const forged = [
      `${other.toString('base64url')}.${signature}`,
      `${body}.${signature.slice(1)}`,
      body,
      '',
      signLink(app.app.secrets, 'digest', actor, askId, new Date(Date.now() + 1e6)),
      signLink(app.app.secrets, 'introduction', actor, askId, new Date(Date.now() - 2000)),
      signLink(
        app.app.secrets,
        'introduction',
        { ...actor, memberId: louis.me.memberId },
        askId,
        new Date(Date.now() + 1e6),
      ),
    ];
    for (const one of forged)
      expect(await codeOf(anybody.call(contracts.openLink, { token: one }))).toBe('link_expired');
    await app.query(`update identity.member set status = 'suspended' where member_id = $1`, [paul.me.memberId]);
    expect(await codeOf(anybody.call(contracts.openLink, { token }))).toBe('link_expired');
    await app.query(`update identity.member set status = 'active' where member_id = $1`, [paul.me.memberId]);
    expect((await anybody.call(contracts.openLink, { token })).state).toBe('waiting');
  });
});
