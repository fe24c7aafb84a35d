import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as channels from '../conversations/channels-contract.ts';
import * as contracts from '../conversations/contract.ts';
import { list, messagesOf } from '../conversations/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { addSite, anEvent, newVisitor, sayFrom } from '../facts/testing.ts';
import { type Member, openTestApp, type ProblemAnswer, type TestApp } from '../kernel/testing.ts';
import * as outreach from '../outreach/contract.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import { formsCrons, formsTasks } from './jobs.ts';
import { writeStamp } from './rules.ts';
import { aWhile, type Page, type Visitor, visit } from './testing.ts';

let app: TestApp;
let alice: Member;
let sink: MailSink;
let bookId: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  sink = await openMailSink();
  await setUpMail(alice, sink.port);
  ({ id: bookId } = await alice.call(delegation.createBook, {
    name: 'From the site',
    stewardIds: [alice.me.memberId],
  }));
});
afterAll(async () => {
  await app.close();
  await sink.close();
});
afterEach(() => expect(app.errors).toEqual([]));

const both = (en: string, fr = en) => ({ en, fr });
const asking = {
  title: both('Contact us', 'Nous écrire'),
  fields: [
    { key: 'name', kind: 'name' },
    { key: 'email', kind: 'email', required: true },
    { key: 'phone', kind: 'phone' },
    { key: 'size', kind: 'choice', label: both('Size', 'Taille'), choices: [both('Small'), both('Large <3')] },
    { key: 'visit', kind: 'yesno', label: both('A visit?', 'Une visite ?') },
    { key: 'message', kind: 'message', required: true },
  ],
  consents: [
    { key: 'news', purpose: 'newsletter', words: both('Send me the newsletter.', 'Envoyez-moi la lettre.') },
    { key: 'offers', purpose: 'prospecting', words: both('Send me offers.', 'Envoyez-moi des offres.') },
  ],
};

async function makeForm(more: Record<string, unknown> = {}) {
  const settings = { ...asking, ...more };
  const access = [{ kind: 'workspace' as const }];
  const channel = await alice.call(channels.addChannel, { kind: 'form', name: 'Contact', settings, access });
  return { channel, path: new URL(channel.pageUrl!).pathname };
}

/** A page that has been open for long enough, with a stamp of our own making: nobody waits. */
const ripe = (path: string, at = Date.now() - 5000) =>
  writeStamp(app.app.secrets.links, path.split('/').at(-1)!, { at, nonce: randomBytes(16).toString('base64url') });
const send = (visitor: Visitor, path: string, typed: Record<string, string>, stamp = ripe(path), query = '') =>
  visitor.post(path + query, new URLSearchParams({ stamp, ...typed }));

const typed = (email: string, more: Record<string, string> = {}) => ({
  ...{ f_name: 'Léa Martin', f_email: email, f_message: 'Do you deliver?\nTo Lyon?' },
  ...more,
});
const of = async (address: string) => (await list(alice)).filter((one) => one.address === address);
const mailsTo = async (address: string) => {
  await app.settle();
  return sink.mails.filter(({ to }) => to[0] === address);
};
/** The way of the link in a mail. */
const linkIn = ({ mail }: MailSink['mails'][number]) =>
  new URL(/https?:\/\/\S+\/forms\/confirm\/[\w-]+/.exec(mail.text!)![0]).pathname;
const idsIn = (html: string) =>
  [...html.matchAll(/name="sent" value="([^"]+)"( checked)?/g)].map(([, id, on]) => ({ id: id!, on: !!on }));
/** Does at once what waits for its time, of what these conversations began with. @returns how much that was */
const doLater = async (name: string, conversationIds: readonly string[]) => {
  const jobs = await app.query<{ workspace_id: string; payload: object }>(
    `delete from kernel.outbox o using forms.submission s
     where o.topic = $1 and o.due_at > now() + interval '1 minute' and s.submission_id::text = o.payload ->> 'submissionId'
       and s.conversation_id = any($2) returning o.workspace_id, o.payload`,
    [name, conversationIds],
  );
  const task = formsTasks.find((one) => one.name === name)!;
  for (const { workspace_id: workspaceId, payload } of jobs)
    await task.run(task.payload.parse(payload), { app: app.app, workspaceId, signal: new AbortController().signal });
  return jobs.length;
};
const anHourAgo = () => app.query(`update forms.confirmation set created_at = created_at - interval '2 hours'`);
const runCron = (name: string) => formsCrons.find((one) => one.name === name)!.run(app.app);
const confirmAll = async (visitor: Visitor, path: string) => {
  const body = new URLSearchParams();
  for (const { id } of idsIn(await (await visitor.get(path)).text())) body.append('sent', id);
  return visitor.post(path, body);
};
const standing = async (address: string) => {
  const [{ id } = { id: '' }] = await of(address);
  const rows = await app.query<{ consent: string; consent_purposes: string[] | null; consent_evidence: string | null }>(
    `select p.consent, p.consent_purposes, p.consent_evidence from cards.contact_point p
     join conversations.conversation c using (workspace_id, contact_point_id) where c.conversation_id = $1`,
    [id],
  );
  return rows[0]!;
};

describe('a page', () => {
  test('works without a script, names what it asks, and lets in nothing of elsewhere', async () => {
    const { path } = await makeForm();
    const { html, answer } = await visit(app, path).open();
    expect(answer.status).toBe(200);
    expect(html).not.toContain('<script');
    expect(html).toContain('<h1>Contact us</h1>');
    expect(html).toContain('Large &lt;3');
    for (const label of ['Your name', 'E-mail address', 'Phone', 'Size', 'A visit?', 'Your message'])
      expect(html).toContain(label);
    const policy = answer.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-inline');
    const french = await visit(app, path).open('?lang=fr');
    expect(french.html).toContain('<html lang="fr">');
    expect(french.html).toContain('Nous écrire');
  });

  test('stands within the sites that the form names, and there says how tall it is', async () => {
    const { path, channel } = await makeForm({ origins: ['https://shop.example/page'] });
    const { html, answer } = await visit(app, path).open('?frame=1');
    expect(answer.headers.get('content-security-policy')).toContain('frame-ancestors https://shop.example;');
    expect(answer.headers.get('x-frame-options')).toBeNull();
    expect(html).toContain('/form-frame.js');
    expect(channel.embed).toBe(
      `<script async src="${app.app.config.publicUrl}/form.js" data-channel="${path.slice(7)}"></script>`,
    );
  });

  test('keeps what was typed when something is wrong, says what, and where', async () => {
    const { path } = await makeForm();
    const page = await visit(app, path).open();
    const answer = await send(visit(app, path), path, {
      ...{
        f_name: '"Zoé" <b>',
        f_email: 'zoe@',
        f_phone: '12',
        f_size: '7',
        f_visit: 'perhaps',
        c_news: '1',
        f_message: '',
      },
    });
    const html = await answer.text();
    expect(answer.status).toBe(422);
    expect(html).toContain('value="&quot;Zoé&quot; &lt;b&gt;"');
    expect(html).toContain('value="zoe@"');
    expect(html).toContain('5 answers need another look:');
    expect(html).toContain('<a href="#f_email">E-mail address</a>');
    expect(html).toMatch(/name="c_news" value="1" checked/);
    expect(html).not.toMatch(/name="c_offers" value="1" checked/);
    expect(page.html).not.toContain('role="alert"');
    expect(await of('zoe@')).toEqual([]);
  });

  test('of a form that is closed is not there; of one at rest it says so, and takes nothing', async () => {
    const { path, channel } = await makeForm();
    await alice.call(channels.updateChannel, { channelId: channel.id, state: 'paused' });
    expect((await visit(app, path).open()).html).toContain('not open at the moment');
    await send(visit(app, path), path, typed('rest@client.example'));
    expect(await of('rest@client.example')).toEqual([]);
    await alice.call(channels.endChannel, { channelId: channel.id });
    expect((await visit(app, path).open()).answer.status).toBe(404);
    expect((await visit(app, path.replace(/[^/]+$/, alice.me.memberId)).open()).answer.status).toBe(404);
  });

  test('is not opened with words lacking, or consents that no address stands for', async () => {
    const lacking = (more: object) =>
      makeForm(more as Record<string, unknown>).then(
        () => 'opened',
        (error: ProblemAnswer) => error.problem.code as string,
      );
    expect(await lacking({ title: { en: 'Only English' } })).toBe('invalid_input');
    expect(await lacking({ title: { en: 'Only English' }, languages: 'en' })).toBe('opened');
    expect(await lacking({ fields: [{ key: 'message', kind: 'message' }] })).toBe('invalid_input');
    expect(await lacking({ fields: [{ key: 'message', kind: 'message' }], consents: [] })).toBe('opened');
    expect(await lacking({ fields: [...asking.fields, { key: 'email', kind: 'text', label: both('x') }] })).toBe(
      'invalid_input',
    );
    expect(
      await lacking({ fields: [{ key: 'q', kind: 'choice', label: both('x'), choices: [both('one')] }], consents: [] }),
    ).toBe('invalid_input');
  });
});

describe('what is sent', () => {
  let path: string;
  beforeAll(async () => {
    ({ path } = await makeForm());
  });

  test('is one conversation with one message, however often it is posted', async () => {
    const stamp = ripe(path);
    const all = await Promise.all(
      Array.from({ length: 4 }, () =>
        send(
          visit(app, path),
          path,
          typed('once@client.example', { f_size: '1', f_visit: 'yes', f_phone: '06 12 34 56 78' }),
          stamp,
        ),
      ),
    );
    expect(all.map(({ status, headers }) => [status, headers.get('location')])).toEqual(
      all.map(() => [303, `${path}/thanks?lang=en`]),
    );
    const [conversation, ...more] = await of('once@client.example');
    expect(more).toEqual([]);
    expect(conversation).toMatchObject({
      contactName: 'Léa Martin',
      claimed: true,
      subject: 'Contact us',
      channel: { kind: 'form' },
    });
    const messages = await messagesOf(alice, conversation!.id);
    expect(messages.map(({ text }) => text)).toEqual([
      'Do you deliver?\nTo Lyon?\n\nPhone: 06 12 34 56 78\nSize: Large <3\nA visit?: Yes',
    ]);
    expect((await mailsTo('once@client.example')).length).toBe(1);
  });

  test('with the field filled in that nobody sees is thanked for, and not kept', async () => {
    const answer = await send(visit(app, path), path, typed('bot@client.example', { website: 'http://x' }));
    expect(answer.status).toBe(303);
    expect(await of('bot@client.example')).toEqual([]);
  });

  test('sooner than anybody fills it in, after a day, or with a stamp of another form is asked for again, with what was typed', async () => {
    const visitor = visit(app, path);
    const page: Page = await visitor.open();
    const quick = await page.send(typed('quick@client.example'));
    const html = await quick.text();
    expect(quick.status).toBe(422);
    expect(html).toContain('quick@client.example');
    expect(html).toContain(`value="${page.stamp}"`);
    const { path: other } = await makeForm();
    const stale = [ripe(path, Date.now() - 25 * 3_600_000), ripe(other), 'nonsense', ''];
    for (const stamp of stale)
      expect((await send(visitor, path, typed('quick@client.example'), stamp)).status).toBe(422);
    expect(await of('quick@client.example')).toEqual([]);
    await aWhile();
    expect((await page.send(typed('quick@client.example'))).status).toBe(303);
    expect(await of('quick@client.example')).toHaveLength(1);
  });

  test('by one visitor more often than a person would is asked to wait, and nothing typed is lost', async () => {
    const visitor = visit(app, path);
    const all: Response[] = [];
    for (let no = 0; no < 22; no++) all.push(await send(visitor, path, typed(`flood${no}@client.example`)));
    expect(all.map(({ status }) => status)).toEqual([...Array.from({ length: 20 }, () => 303), 429, 429]);
    expect(await all.at(-1)!.text()).toContain('flood21@client.example');
    expect((await send(visit(app, path), path, typed('calm@client.example'))).status).toBe(303);
  });

  test('more often than a crowd would is not kept', async () => {
    const { path: crowded } = await makeForm({ consents: [] });
    const channelId = crowded.split('/').at(-1);
    await send(visit(app, crowded), crowded, typed('first@client.example'));
    await app.query(
      `insert into forms.submission (workspace_id, submission_id, channel_id, version_no, conversation_id, locale, consents)
       select workspace_id, gen_random_uuid(), channel_id, version_no, conversation_id, locale, '[]' from forms.submission, generate_series(1, 499)
       where channel_id = $1`,
      [channelId],
    );
    const answer = await send(visit(app, crowded), crowded, typed('late@client.example'));
    expect(answer.status).toBe(429);
    expect(await answer.text()).toContain('late@client.example');
    expect(await of('late@client.example')).toEqual([]);
  });

  test('is answered by mail, quoting what they wrote', async () => {
    await send(visit(app, path), path, typed('ask@client.example'));
    const [{ id: conversationId }] = (await of('ask@client.example')) as [contracts.Conversation];
    expect((await alice.call(contracts.getConversation, { conversationId })).refusals).toEqual([]);
    await alice.call(contracts.reply, { conversationId, text: 'We do.' });
    const mail = (await mailsTo('ask@client.example')).at(-1)!;
    expect(mail.mail.subject).toBe('Re: Contact us');
    expect(mail.mail.text).toContain('We do.');
    expect(mail.mail.text).toContain('> Do you deliver?');
    expect((await messagesOf(alice, conversationId))[0]).toMatchObject({ kind: 'out', state: 'sent' });
  });

  test('without an address, or to one that is suppressed, is not answered by mail', async () => {
    const { path: short } = await makeForm({
      consents: [],
      fields: [{ key: 'message', kind: 'message', required: true }],
    });
    await send(visit(app, short), short, { f_message: 'Anonymous words' });
    const anonymous = (await list(alice)).find(({ excerpt }) => excerpt === 'Anonymous words')!;
    expect(anonymous.address).toBeNull();
    const get = (conversationId: string) => alice.call(contracts.getConversation, { conversationId });
    expect((await get(anonymous.id)).refusals).toEqual(['only_listens']);
    await send(visit(app, path), path, typed('gone@client.example'));
    const [gone] = (await of('gone@client.example')) as [contracts.Conversation];
    await app.query(
      `update cards.contact_point p set health = 'dead' from conversations.conversation c
       where c.contact_point_id = p.contact_point_id and c.conversation_id = $1`,
      [gone.id],
    );
    expect((await get(gone.id)).refusals).toEqual(['dead']);
  });
});

describe('whoever has the address', () => {
  let path: string;
  beforeAll(async () => {
    ({ path } = await makeForm({ bookId }));
  });
  const visitor = () => visit(app, path);

  test('is sent a link; following it changes nothing, the button does', async () => {
    const address = 'zoe@gmail.com';
    await send(visitor(), path, typed(address, { c_news: '1' }));
    const [mail] = (await mailsTo(address)) as [MailSink['mails'][number]];
    expect(mail.mail.subject).toBe('Please confirm your address: Contact us');
    expect(mail.raw).toContain('Auto-Submitted: auto-generated');
    expect(mail.mail.text).not.toContain('Do you deliver');
    const link = linkIn(mail);
    for (let no = 0; no < 3; no++) {
      const page = await (await visitor().get(link)).text();
      expect(page).toContain('Send me the newsletter.');
      expect(page).not.toContain('Send me offers.');
      expect(idsIn(page)).toMatchObject([{ on: true }]);
    }
    expect(await standing(address)).toMatchObject({ consent: 'unknown' });
    expect((await of(address))[0]!.claimed).toBe(true);
    expect(await alice.call(cards.listPeople, { q: 'zoe' })).toMatchObject({ items: [] });

    const done = await confirmAll(visitor(), link);
    expect(done.status).toBe(200);
    expect(await done.text()).toContain('Thank you, it is confirmed.');
    const [conversation] = (await of(address)) as [contracts.Conversation];
    expect(conversation.claimed).toBe(false);
    const now = await standing(address);
    expect(now).toMatchObject({ consent: 'given', consent_purposes: ['newsletter'] });
    expect((await messagesOf(alice, conversation.id))[0]!.event).toEqual({
      ...{ kind: 'agreed', confirmed: true, version: 1 },
      consents: [{ purpose: 'newsletter', words: 'Send me the newsletter.', granted: true }],
    });
    const kept = await app.query(
      `select s.consents, s.confirmed_at is not null as confirmed, v.settings -> 'title' ->> 'en' as title, s.said
       from forms.submission s join forms.version v using (workspace_id, channel_id, version_no) where 'form ' || s.submission_id = $1`,
      [now.consent_evidence],
    );
    await app.settle();
    expect(kept).toMatchObject([
      {
        confirmed: true,
        title: 'Contact us',
        consents: [{ key: 'news', words: 'Send me the newsletter.', granted: true }],
      },
    ]);
    // Again: nothing more happens.
    expect(await (await visitor().get(link)).text()).toContain('confirmed already');
  });

  test('is a card of the book that the form names, once', async () => {
    const address = 'lou@client.example';
    for (const message of ['One', 'Two']) {
      await send(visitor(), path, typed(address, { f_name: 'Lou Petit', f_message: message, f_phone: '+33612345678' }));
      await app.query(`update forms.confirmation set created_at = created_at - interval '2 hours'`);
      const mail = (await mailsTo(address)).at(-1)!;
      await confirmAll(visitor(), linkIn(mail));
      await app.settle();
    }
    const { items } = await alice.call(cards.listPeople, { q: 'Lou Petit' });
    expect(items).toMatchObject([{ name: 'Lou Petit', email: address, cards: 1 }]);
    const person = await alice.call(cards.getPerson, { personId: items[0]!.id });
    expect(person.cards.map(({ source, book }) => [source.kind, book.id])).toEqual([['web_form', bookId]]);
    expect(await app.query(`select from forms.submission where confirmed_at is not null and said is not null`)).toEqual(
      [],
    );
  });

  test('is known from then on: what their browser did is theirs, and that they sent a form, where everybody may know', async () => {
    const site = await addSite(alice);
    const number = newVisitor();
    await sayFrom(app, site, { visitor: number, events: [anEvent()] });
    const address = 'ann@client.example';
    const [opened, hidden] = [await makeForm(), await makeForm()];
    await alice.call(channels.updateChannel, {
      channelId: hidden.channel.id,
      access: [{ kind: 'member', id: alice.me.memberId }],
    });
    expect(await (await visitor().get(`${opened.path}?visitor=${number}`)).text()).toContain(
      `name="visitor" value="${number}"`,
    );
    expect(await (await visitor().get(`${opened.path}?visitor=<b>`)).text()).not.toContain('name="visitor"');
    await send(visitor(), opened.path, typed(address, { f_name: 'Ann Sure', visitor: number }));
    await send(visitor(), hidden.path, typed(address, { f_name: 'Ann Sure' }));
    const told = () =>
      app.query<{ kind_no: number; props: { form?: string } }>(
        `select f.kind_no, f.props from facts.fact f where f.subject_id in (select contact_point_id from forms.submission where visitor = $1)`,
        [number],
      );
    expect(await told()).toEqual([]);
    await confirmAll(visitor(), linkIn((await mailsTo(address))[0]!));
    expect((await told()).map(({ kind_no, props }) => [kind_no, props.form]).sort()).toEqual([
      [1, undefined],
      [11, 'Contact us'],
    ]);
  });

  test('agrees for what they ticked: other advertising to a private address stays closed', async () => {
    const address = 'mia@gmail.com';
    await send(visitor(), path, typed(address, { f_name: 'Mia Roy', c_news: '1' }));
    await confirmAll(visitor(), linkIn((await mailsTo(address))[0]!));
    await app.settle();
    const { items } = await alice.call(cards.listPeople, { q: 'Mia Roy' });
    const person = await alice.call(cards.getPerson, { personId: items[0]!.id });
    const point = person.values.find(({ kind }) => kind === 'email')!.contactPoint!;
    const wish = { personId: items[0]!.id, contactPointId: point.id };
    const ask = (purpose: 'newsletter' | 'prospecting') => alice.call(outreach.askGate, { ...wish, purpose });
    expect(await ask('newsletter')).toMatchObject({ allowed: true });
    expect(await ask('prospecting')).toMatchObject({ allowed: false, reasons: ['no_consent'] });
  });

  test('gets one mail an hour at most, and everybody is answered the same', async () => {
    const address = 'often@client.example';
    const answers = [];
    for (let no = 0; no < 3; no++) answers.push(await send(visitor(), path, typed(address, { f_message: `No ${no}` })));
    answers.push(await send(visitor(), path, typed('never@client.example')));
    expect(new Set(answers.map(({ status, headers }) => `${status} ${headers.get('location')}`)).size).toBe(1);
    const [mail, ...more] = await mailsTo(address);
    expect(more).toEqual([]);
    // What was sent since waits behind the same link, and is theirs only where they say so.
    const page = await (await visitor().get(linkIn(mail!))).text();
    expect(idsIn(page).map(({ on }) => on)).toEqual([false, false, false]);
    await visitor().post(linkIn(mail!), new URLSearchParams({ sent: idsIn(page)[0]!.id }));
    expect((await of(address)).map(({ excerpt, claimed }) => [excerpt, claimed]).sort()).toEqual([
      ['No 0', false],
      ['No 1', true],
      ['No 2', true],
    ]);
    // Alone, but not what asked for the mail: it is for them to say.
    await visitor().post(linkIn(mail!), new URLSearchParams({ sent: idsIn(page)[1]!.id }));
    expect(idsIn(await (await visitor().get(linkIn(mail!))).text())).toMatchObject([{ on: false }]);
    await anHourAgo();
    await send(visitor(), path, typed(address));
    expect(await mailsTo(address)).toHaveLength(2);
  });

  test('finds what asked for the mail first, however much others send in their name since', async () => {
    const address = 'crowded@client.example';
    await send(visitor(), path, typed(address, { f_message: 'Truly mine' }));
    const [mail] = await mailsTo(address);
    const [own] = idsIn(await (await visitor().get(linkIn(mail!))).text());
    await app.query(
      `insert into forms.submission (workspace_id, submission_id, channel_id, version_no, conversation_id, contact_point_id, locale, consents, created_at)
       select workspace_id, gen_random_uuid(), channel_id, version_no, conversation_id, contact_point_id, locale, '[]', created_at + n * interval '1 ms'
       from forms.submission, generate_series(1, 25) n where submission_id = $1`,
      [own!.id],
    );
    const shown = idsIn(await (await visitor().get(linkIn(mail!))).text());
    expect(shown).toHaveLength(20);
    expect(shown[0]!.id).toBe(own!.id);
    expect(shown.filter(({ on }) => on)).toEqual([]);
  });

  test('is asked in an hour where a mail went out for something else before, once for all of it', async () => {
    const address = 'again@client.example';
    const sendMore = async (message: string) => {
      await send(visitor(), path, typed(address, { f_message: message }));
      const { length } = await mailsTo(address);
      return { mails: length, ids: (await of(address)).map(({ id }) => id) };
    };
    expect((await sendMore('One')).mails).toBe(1);
    const { mails, ids } = await sendMore('Two');
    expect(mails).toBe(1);
    expect(await doLater('forms.ask', ids)).toBe(1);
    expect(await mailsTo(address)).toHaveLength(1);
    await anHourAgo();
    expect(await doLater('forms.ask', ids)).toBe(1);
    expect(await mailsTo(address)).toHaveLength(2);
    expect(await doLater('forms.ask', ids)).toBe(0);
    await sendMore('Three');
    const all = (await sendMore('Four')).ids;
    await anHourAgo();
    expect(await doLater('forms.ask', all)).toBe(2);
    expect(await mailsTo(address)).toHaveLength(3);
    expect(await doLater('forms.ask', all)).toBe(0);
    // What nobody may confirm any more asks for nothing.
    const late = (await sendMore('Five')).ids;
    await app.query(
      `update forms.submission set created_at = now() - interval '8 days' where conversation_id = any($1)`,
      [late],
    );
    expect(await doLater('forms.ask', late)).toBe(1);
    expect(await doLater('forms.ask', late)).toBe(0);
    expect(await mailsTo(address)).toHaveLength(3);
  });

  test('is asked once mail leaves again, where it did not when they sent it', async () => {
    const address = 'nomail@client.example';
    await app.query('delete from outreach.mail_setup');
    await send(visitor(), path, typed(address));
    expect(await mailsTo(address)).toEqual([]);
    const ids = (await of(address)).map(({ id }) => id);
    expect(await doLater('forms.ask', ids)).toBe(1);
    await setUpMail(alice, sink.port);
    expect(await doLater('forms.ask', ids)).toBe(1);
    expect(await mailsTo(address)).toHaveLength(1);
  });

  test('a mail that was in hand when the process died is in doubt, and not sent again', async () => {
    const stateOf = async (address: string, minutes: number) => {
      await send(visitor(), path, typed(address));
      expect(await mailsTo(address)).toHaveLength(1);
      const ids = (await of(address)).map(({ id }) => id);
      await app.query(
        `update forms.confirmation c set state = 'sending', created_at = now() - make_interval(mins => $2) from forms.submission s
         where s.submission_id = c.submission_id and s.conversation_id = any($1)`,
        [ids, minutes],
      );
      await runCron('forms.doubt');
      return app.query<{ state: string }>(
        `select c.state, c.answer from forms.confirmation c join forms.submission s using (workspace_id, submission_id)
         where s.conversation_id = any($1)`,
        [ids],
      );
    };
    expect(await stateOf('inhand@client.example', 4)).toEqual([{ state: 'sending', answer: null }]);
    expect(await stateOf('stranded@client.example', 6)).toEqual([{ state: 'in_doubt', answer: 'interrupted' }]);
  });

  test('is not asked about what was erased, and who sent it is forgotten', async () => {
    const address = 'erased@client.example';
    await send(visitor(), path, typed(address, { f_message: 'One' }));
    const [mail] = await mailsTo(address);
    await send(visitor(), path, typed(address, { f_message: 'Two' }));
    expect(await mailsTo(address)).toHaveLength(1);
    const all = await of(address);
    const [two, one] = ['Two', 'One'].map((said) => all.find(({ excerpt }) => excerpt === said)!.id);
    const said = (conversationId: string) =>
      app.query<{ kept: boolean }>(`select said is not null as kept from forms.submission where conversation_id = $1`, [
        conversationId,
      ]);
    await alice.call(contracts.eraseConversation, { conversationId: two! });
    await anHourAgo();
    expect(await said(two!)).toEqual([{ kept: true }]);
    expect(await doLater('forms.ask', [two!])).toBe(1);
    expect(await said(two!)).toEqual([{ kept: false }]);
    expect(await mailsTo(address)).toHaveLength(1);
    expect(idsIn(await (await visitor().get(linkIn(mail!))).text())).toMatchObject([{ on: true }]);
    await alice.call(contracts.eraseConversation, { conversationId: one! });
    expect(idsIn(await (await visitor().get(linkIn(mail!))).text())).toEqual([]);
    await runCron('forms.forget');
    expect(await said(one!)).toEqual([{ kept: false }]);
  });

  test('is a card once somebody looks after the book, and one card whoever that is', async () => {
    const address = 'waits@client.example';
    const bob = await app.invite(alice, 'Bob Stone');
    const book = await alice.call(delegation.createBook, { name: 'Waits', stewardIds: [alice.me.memberId] });
    const { path: waiting } = await makeForm({ bookId: book.id });
    const steward = async (member: Member | null) => {
      await app.query('delete from delegation.steward where book_id = $1', [book.id]);
      if (member)
        await app.query('insert into delegation.steward (workspace_id, book_id, member_id) values ($1, $2, $3)', [
          ...[member.me.workspace.id, book.id, member.me.memberId],
        ]);
    };
    const fillIn = async () => {
      await send(visitor(), waiting, typed(address, { f_name: 'Wanda Waits' }));
      await confirmAll(visitor(), linkIn((await mailsTo(address)).at(-1)!));
      await app.settle();
      await anHourAgo();
      return (await of(address)).map(({ id }) => id);
    };
    await steward(null);
    const ids = await fillIn();
    expect(await doLater('forms.makeCard', ids)).toBe(1);
    await steward(alice);
    expect(await doLater('forms.makeCard', ids)).toBe(1);
    expect(await doLater('forms.makeCard', ids)).toBe(0);
    const made = () =>
      app.query(
        `select c.created_by from cards.card c join delegation.book b using (workspace_id, book_no) where b.book_id = $1`,
        [book.id],
      );
    expect(await made()).toEqual([{ created_by: alice.me.memberId }]);
    await steward(bob);
    await fillIn();
    expect(await made()).toEqual([{ created_by: alice.me.memberId }]);
  });

  test('objected before: their objection outranks what is ticked, and it says so', async () => {
    const address = 'no@client.example';
    await send(visitor(), path, typed(address, { c_news: '1', c_offers: '1' }));
    const [conversation] = (await of(address)) as [contracts.Conversation];
    await app.query(
      `update cards.contact_point p set consent = 'objected' from conversations.conversation c
       where c.contact_point_id = p.contact_point_id and c.conversation_id = $1`,
      [conversation.id],
    );
    const done = await confirmAll(visitor(), linkIn((await mailsTo(address))[0]!));
    expect(await done.text()).toContain('That stands.');
    expect(await standing(address)).toMatchObject({ consent: 'objected' });
    const { event } = (await messagesOf(alice, conversation.id))[0]!;
    expect(event).toMatchObject({ consents: [{ granted: false }, { granted: false }] });
  });

  test('gets no mail where nothing arrives or it is suppressed, and the answer is the same', async () => {
    const address = 'dead@client.example';
    const { path: quiet } = await makeForm({ confirm: false, consents: [] });
    await send(visitor(), quiet, typed(address));
    const [conversation] = (await of(address)) as [contracts.Conversation];
    await app.query(
      `update cards.contact_point p set health = 'dead' from conversations.conversation c
       where c.contact_point_id = p.contact_point_id and c.conversation_id = $1`,
      [conversation.id],
    );
    expect((await send(visitor(), path, typed(address))).status).toBe(303);
    expect(await mailsTo(address)).toEqual([]);
  });

  test('a link holds seven days, a forged one never, and tells nothing', async () => {
    const address = 'week@client.example';
    await send(visitor(), path, typed(address));
    const link = linkIn((await mailsTo(address))[0]!);
    const forged = `${link.slice(0, -4)}AAAA`;
    for (const one of [forged, '/forms/confirm/x'])
      for (const how of ['get', 'post'] as const) {
        const answer = how === 'get' ? await visitor().get(one) : await visitor().post(one, 'sent=x');
        expect(answer.status).toBe(404);
        expect(await answer.text()).not.toContain('week@');
      }
    await app.query(`update forms.confirmation set expires_at = now() - interval '1 minute'`);
    expect((await confirmAll(visitor(), link)).status).toBe(404);
    expect((await of(address))[0]!.claimed).toBe(true);
    expect(JSON.stringify(await app.query('select * from forms.confirmation'))).not.toContain(
      link.split('/').at(-1)!.slice(43),
    );
  });

  test('confirms nothing that came from another address', async () => {
    await send(visitor(), path, typed('one@client.example'));
    await send(visitor(), path, typed('two@client.example'));
    const [one, two] = [(await mailsTo('one@client.example'))[0]!, (await mailsTo('two@client.example'))[0]!];
    const [theirs] = idsIn(await (await visitor().get(linkIn(two))).text());
    await visitor().post(linkIn(one), new URLSearchParams({ sent: theirs!.id }));
    expect((await of('two@client.example'))[0]!.claimed).toBe(true);
  });

  test('is not asked where the form does not want it: what was ticked stands as it was sent', async () => {
    const { path: plain } = await makeForm({ confirm: false });
    const address = 'plain@client.example';
    await send(visitor(), plain, typed(address, { c_offers: '1' }));
    expect(await mailsTo(address)).toEqual([]);
    expect(await standing(address)).toMatchObject({ consent: 'given', consent_purposes: ['prospecting'] });
    expect((await of(address))[0]!.claimed).toBe(true);
  });

  test('a mail server that is down is asked again later, with one mail in the end', async () => {
    const address = 'later@client.example';
    await setUpMail(alice, 9);
    await send(visitor(), path, typed(address));
    await app.settle();
    expect(
      await app.query(`select from forms.confirmation c join forms.submission s using (workspace_id, submission_id)
      where s.submission_id = (select submission_id from forms.submission order by created_at desc limit 1) and c.state = 'sending'`),
    ).toEqual([]);
    await setUpMail(alice, sink.port);
    const [job] = await app.query<{ payload: object }>(
      `select payload from kernel.outbox where topic = 'forms.ask' and due_at > now()`,
    );
    expect(job).toBeDefined();
  });

  test('what nobody confirms is forgotten, but for the words in the inbox', async () => {
    const address = 'forgotten@client.example';
    await send(visitor(), path, typed(address));
    await app.settle();
    await app.query(`update forms.submission set created_at = now() - interval '40 days' where confirmed_at is null`);
    await formsCrons.find(({ name }) => name === 'forms.forget')!.run(app.app);
    expect(
      await app.query(
        `select from forms.submission where said is not null or confirmed_at is null and consents::text not like '%granted%'`,
      ),
    ).toEqual([]);
    expect(await of(address)).toHaveLength(1);
  });
});
