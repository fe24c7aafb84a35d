import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Dovecot, findDovecot, openDovecot } from '../../../../tools/dovecot.ts';
import * as cards from '../../../cards/contract.ts';
import { addContact } from '../../../cards/testing.ts';
import { letter } from '../../../correspondents/testing.ts';
import * as identity from '../../../identity/contract.ts';
import { codeOf, type Member, openTestApp, ProblemAnswer, type TestApp } from '../../../kernel/testing.ts';
import * as leaving from '../../../leaving/contract.ts';
import * as outreach from '../../../outreach/contract.ts';
import { type MailSink, openMailSink, setUpMail } from '../../../outreach/testing.ts';
import * as channels from '../../channels-contract.ts';
import * as contracts from '../../contract.ts';
import { conversationsCrons } from '../../jobs.ts';
import { list, messagesOf } from '../../testing.ts';

const help = 'help@maison.example';
const password = { password: 'secret' };

describe.runIf(findDovecot())('a mailbox at Dovecot', { timeout: 60_000 }, () => {
  let dovecot: Dovecot;
  let sink: MailSink;
  let app: TestApp;
  let alice: Member;
  let bob: Member;
  let carol: Member;
  let channel: channels.FullChannel;

  beforeAll(async () => {
    dovecot = await openDovecot();
    sink = await openMailSink({ onAuth: (_auth, _session, done) => done(null, { user: 'u' }) });
    app = await openTestApp(['--private-network', '127.0.0.1']);
    alice = await app.setUp();
    bob = await app.invite(alice, 'Bob Stone');
    carol = await app.invite(alice, 'Carol Wood');
    channel = await alice.call(channels.addChannel, {
      ...{ kind: 'mail', name: 'Support', settings: settingsOf(help), secret: { user: help, ...password } },
      access: [{ kind: 'member', id: bob.me.memberId }],
    });
  });
  afterAll(async () => {
    await app.close();
    await sink.close();
    await dovecot.close();
  });
  afterEach(() => expect(app.errors.splice(0)).toEqual([]));

  const settingsOf = (address: string, more: object = {}) => ({
    address,
    name: 'Exemple SA',
    imap: { host: '127.0.0.1', port: dovecot.port, security: 'none' },
    smtp: { host: '127.0.0.1', port: sink.port, security: 'none' },
    ...more,
  });
  const openOwn = (member: Member, address: string) =>
    member.call(channels.addOwnMailbox, {
      ...{ name: 'Mine', settings: settingsOf(address), secret: { user: address, ...password } },
    });

  /** Reads all that is due, as the minute's job does. */
  async function pull() {
    await app.query(`update conversations.channel set next_pull_at = now() where next_pull_at is not null`);
    await conversationsCrons.find(({ name }) => name === 'conversations.wake')!.run(app.app);
    await app.settle();
  }
  const deliver = (said: Partial<Parameters<typeof letter>[0]>, folder = 'INBOX', user = help) =>
    dovecot.deliver(user, folder, mailOf({ to: user, ...said }));
  /** Dates of mails have no fractions of a second. */
  const later = () => new Date(Date.now() + 2000).toUTCString();
  /** With one content type: the one among its headers, where there is one. */
  function mailOf(said: Partial<Parameters<typeof letter>[0]>): string {
    const mail = letter({ from: 'Léa Martin <lea@client.example>', to: help, ...said });
    const own = said.headers?.some((line) => line.startsWith('Content-Type'));
    return own ? mail.replace('Content-Type: text/plain; charset=utf-8\n', '') : mail;
  }
  const get = (member: Member, conversationId: string) => member.call(contracts.getConversation, { conversationId });
  const reply = (member: Member, conversationId: string, text: string, more: object = {}) =>
    member.call(contracts.reply, { conversationId, text, ...more });
  const said = async (member: Member, conversationId: string) =>
    (await messagesOf(member, conversationId)).filter(({ kind }) => kind === 'in' || kind === 'out');
  /** The one conversation with an address. */
  async function of(address: string, member = bob, status: contracts.Status = 'open') {
    const found = (await list(member, { status })).filter((one) => one.address === address);
    expect(found).toHaveLength(1);
    return found[0]!;
  }
  const problemOf = (call: Promise<unknown>) =>
    call.then(
      () => 'done',
      (error: unknown) => (error instanceof ProblemAnswer ? error.problem.fields?.problem : error),
    );

  test('opens with its password and its folders only, and within what the operator allows', async () => {
    const attempt = (settings: object, secret: Record<string, string> = password) =>
      problemOf(
        alice.call(channels.addChannel, {
          ...{ kind: 'mail', name: 'x', settings: settingsOf(help, settings), secret: { user: help, ...secret } },
          access: [],
        }),
      );
    expect(await attempt({}, { password: 'wrong' })).toBe('refused');
    expect(await attempt({ folders: { sent: 'Nowhere' } })).toBe('place_gone');
    const at = (host: string) => ({ host, port: 993, security: 'none' });
    expect(await attempt({ imap: at('169.254.169.254') })).toBe('private_network');
    expect(await attempt({ smtp: at('10.0.0.1') })).toBe('private_network');
    expect(await attempt({ smtp: at('192.0.2.1') })).toBe('not_encrypted');
    expect(await attempt({ smtp: { ...at('127.0.0.1'), port: 1 } })).toBe('unreachable');
    expect(JSON.stringify(await alice.call(channels.getChannel, { channelId: channel.id }))).not.toContain('"secret"');
    // The password that is kept goes to the host that it was given for, and to no other.
    const change = (settings: object) =>
      alice.call(channels.updateChannel, { channelId: channel.id, settings: settingsOf(help, settings) });
    expect((await change({ days: 31 })).settings).toMatchObject({ days: 31 });
    const moved = change({ smtp: { host: 'localhost', port: sink.port, security: 'none' } });
    expect(await moved.catch((error: unknown) => error instanceof ProblemAnswer && error.problem.fields)).toEqual({
      secret: 'required',
    });
  });

  test('brings mails in their threads, in order whatever came first, apart by who writes', async () => {
    const replying = (id: string) => [`In-Reply-To: <${id}@test.example>`, 'References: <a1@test.example>'];
    const date = (minute: number) => new Date(Date.now() - 3_600_000 + minute * 60_000).toUTCString();
    deliver({ id: 'a3', subject: 'Re: Commande', text: 'Third', date: date(3), headers: replying('a2') });
    deliver({ id: 'a1', subject: 'Commande', text: 'First', date: date(1) });
    // A homonym who answers a mail that she was sent on; and one in the same name with another matter.
    deliver({ from: 'Léa Martin <lea@other.example>', id: 'b1', text: 'Hers', headers: replying('a1') });
    await pull();
    deliver({ id: 'a2', subject: 'Re: Commande', text: 'Second', date: date(2), headers: replying('a1') });
    deliver({ id: 'c1', subject: 'Facture', text: 'Other matter' });
    await pull();
    const all = (await list(bob)).map(({ address, subject }) => `${address} ${subject}`).sort();
    expect(all).toEqual(['lea@client.example Commande', 'lea@client.example Facture', 'lea@other.example Bonjour']);
    const commande = (await list(bob)).find(({ subject }) => subject === 'Commande')!;
    expect((await said(bob, commande.id)).map(({ text }) => text)).toEqual(['Third', 'Second', 'First']);
    expect(commande.waitingSince).not.toBeNull();
    expect(await list(carol)).toEqual([]);
  });

  test('an answer leaves once, in the thread; its copy does not double it, and what is said to it comes back there', async () => {
    const { id } = (await list(bob)).find(({ subject }) => subject === 'Commande')!;
    await reply(bob, id, 'Voici.');
    await app.settle();
    expect(sink.mails.map(({ to }) => to)).toEqual([['lea@client.example']]);
    const [{ mail: ours }] = sink.mails.splice(0) as [MailSink['mails'][number]];
    expect(ours).toMatchObject({ from: { name: 'Bob Stone – Exemple SA', address: help }, subject: 'Re: Commande' });
    expect(ours.inReplyTo).toBe('<a3@test.example>');
    expect(ours.text).toMatch(/^Voici\.\n\nOn .{5,30}, Léa Martin wrote:\n> Third\n/);
    await pull();
    await pull();
    expect((await said(bob, id)).map(({ text, state }) => [text, state]).at(0)).toEqual(['Voici.', 'sent']);
    expect(await said(bob, id)).toHaveLength(4);
    deliver({
      id: 'a4',
      subject: 'Re: Commande',
      text: 'Merci !',
      date: later(),
      headers: [`In-Reply-To: ${ours.messageId}`],
    });
    await pull();
    expect((await said(bob, id)).map(({ text }) => text).slice(0, 2)).toEqual(['Merci !', 'Voici.']);
    expect((await get(bob, id)).status).toBe('open');
  });

  test('what was sent from another program is ours; what has our address in From is not for that', async () => {
    const { id } = (await list(bob)).find(({ subject }) => subject === 'Facture')!;
    const headers = ['In-Reply-To: <c1@test.example>'];
    deliver({ from: help, to: 'lea@client.example', id: 'c2', text: 'From Thunderbird', headers }, 'Sent');
    deliver({ from: help, to: 'lea@client.example', id: 'c3', text: 'Forged', headers });
    await pull();
    expect((await said(bob, id)).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'out From Thunderbird',
      'in Other matter',
    ]);
    expect((await get(bob, id)).waitingSince).toBeNull();
  });

  test('an answer goes where the last mail asks for', async () => {
    const from = 'Max <max@client.example>';
    deliver({ from, id: 'd1' });
    await pull();
    const { id } = await of('max@client.example');
    deliver({ from, id: 'd2', headers: ['In-Reply-To: <d1@test.example>', 'Reply-To: max@home.example'] });
    await pull();
    await reply(bob, id, 'Hello');
    await app.settle();
    expect(sink.mails.splice(0).map(({ to }) => to)).toEqual([['max@home.example']]);
  });

  test('one that came back has failed, and is no message', async () => {
    deliver({ from: 'Eva <eva@client.example>', id: 'e1' });
    await pull();
    const { id } = await of('eva@client.example');
    await reply(bob, id, 'Hello Eva');
    await app.settle();
    const [{ mail: ours }] = sink.mails.splice(0) as [MailSink['mails'][number]];
    const report = `--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; eva@client.example\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: ${ours.messageId}\n--b--`;
    dovecot.deliver(
      help,
      'INBOX',
      `From: MAILER-DAEMON@mx.example\nTo: ${help}\nSubject: Undelivered\nMessage-ID: <dsn@mx>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n${report}`,
    );
    await pull();
    const all = await said(bob, id);
    expect(all).toHaveLength(2);
    expect(all[0]).toMatchObject({ state: 'failed', answer: 'no_recipient' });
  });

  test('killed between sending and noting it, an answer is in doubt and not sent again; its copy settles it', async () => {
    const address = 'desk@maison.example';
    await alice.call(channels.addChannel, {
      ...{ kind: 'mail', name: 'Desk', settings: settingsOf(address, { copies: 'server' }) },
      ...{ secret: { user: address, ...password }, access: [{ kind: 'member', id: bob.me.memberId }] },
    });
    const tom = { from: 'Tom <tom@client.example>' };
    deliver({ ...tom, id: 'f1' }, 'INBOX', address);
    await pull();
    const { id } = await of('tom@client.example');
    await reply(bob, id, 'Once');
    await app.settle();
    const [{ raw, mail: ours }] = sink.mails.splice(0) as [MailSink['mails'][number]];
    // As it stands where the process ended before it had noted the answer of the server.
    await app.query(
      `update conversations.message set state = 'sending', claimed_at = now() - interval '1 hour'
       where conversation_id = $1 and kind = 'out'`,
      [id],
    );
    await pull();
    expect((await said(bob, id))[0]!.state).toBe('in_doubt');
    // What is said to it finds it all the same.
    deliver(
      { ...tom, ...{ id: 'f2', text: 'Got it', date: later() }, headers: [`In-Reply-To: ${ours.messageId}`] },
      'INBOX',
      address,
    );
    dovecot.deliver(address, 'Sent', raw);
    await pull();
    expect((await said(bob, id)).map(({ text, state }) => [text, state])).toEqual([
      ['Got it', null],
      ['Once', 'sent'],
      ['Bonjour.', null],
    ]);
    expect(sink.mails).toEqual([]);
  });

  test('down for a while, it says so; back again nothing is lost or doubled', async () => {
    await dovecot.stop();
    await pull();
    const channelNow = async () =>
      (await bob.call(channels.listChannels, {})).items.find(({ id }) => id === channel.id)!;
    expect((await channelNow()).problem).toMatchObject({ code: 'unreachable' });
    for (let no = 0; no < 120; no++) deliver({ from: `n${no % 4}@many.example`, id: `g${no}` });
    await dovecot.start();
    await pull();
    await pull();
    expect((await channelNow()).problem).toBeNull();
    const many = async () =>
      (
        await app.query<{ count: number }>(
          `select count(*)::int as count from conversations.message m join conversations.conversation c using (workspace_id, conversation_id)
         where c.address like '%@many.example'`,
        )
      )[0]!.count;
    expect(await many()).toBe(120);
    const all = async () => (await app.query('select from conversations.message')).length;
    const before = await all();
    await dovecot.stop();
    dovecot.renumber(help, 'INBOX');
    dovecot.renumber(help, 'Sent');
    await dovecot.start();
    deliver({ from: 'n0@many.example', id: 'g120' });
    await pull();
    expect(await many()).toBe(121);
    expect(await all()).toBe(before + 1);
  });

  test('a mail of 25 MB comes with its text, wherever it stands, and its file; a larger file says that it is', {
    timeout: 180_000,
  }, async () => {
    const base64 = (octets: number) =>
      Buffer.alloc(octets, 'entregent ').toString('base64').replaceAll(/.{76}/g, '$&\n');
    const file = (name: string, octets: number) =>
      `--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename="${name}"\nContent-Transfer-Encoding: base64\n\n${base64(octets)}\n`;
    const text = (words: string) => `--b\nContent-Type: text/plain; charset=utf-8\n\n${words}\n`;
    const body = `${file('large.bin', 25_000_000)}${text('Voilà, été.')}${file('huge.bin', 27_000_000)}--b--`;
    const headers = ['Content-Type: multipart/mixed; boundary=b'];
    deliver({ from: 'big@client.example', id: 'h1', headers, text: body });
    await pull();
    const { id } = await of('big@client.example');
    const [{ text: words, files }] = (await said(bob, id)) as [contracts.Message];
    expect(words).toBe('Voilà, été.');
    expect(files.map(({ name, state, reason }) => [name, state, reason])).toEqual([
      ['large.bin', 'kept', null],
      ['huge.bin', 'refused', 'too_large'],
    ]);
    const path = contracts.filePath.replace(':fileId', files[0]!.id);
    const octets = new Uint8Array(await (await bob.fetch(path)).arrayBuffer());
    expect(octets.length).toBe(25_000_000);
    expect(Buffer.from(octets.subarray(0, 20)).toString()).toBe('entregent entregent ');
    expect((await carol.fetch(path)).status).toBe(404);
  });

  describe('of a member’s own', () => {
    const mine = 'carol@maison.example';
    let own: channels.FullChannel;
    beforeAll(async () => {
      deliver({ id: 'p1', subject: 'Contrat', text: 'About the contract' }, 'INBOX', mine);
      deliver({ id: 'p2', subject: 'Privé : dimanche' }, 'INBOX', mine);
      deliver({ from: 'rex@client.example', id: 'p3', subject: 'Facture' }, 'INBOX', mine);
      own = await openOwn(carol, mine);
      await pull();
    });

    test('is seen, changed and closed by nobody else; admins do not even see that it is there', async () => {
      expect(own).toMatchObject({ mine: true, access: [], tends: true });
      for (const other of [alice, bob]) {
        expect((await other.call(channels.listChannels, {})).items.map(({ id }) => id)).not.toContain(own.id);
        const channelId = own.id;
        expect(await codeOf(other.call(channels.getChannel, { channelId }))).toBe('not_found');
        expect(await codeOf(other.call(channels.updateChannel, { channelId, name: 'x' }))).toBe('not_found');
        expect(await codeOf(other.call(channels.endChannel, { channelId }))).toBe('not_found');
        expect((await list(other)).filter(({ channel: { id } }) => id === own.id)).toEqual([]);
      }
      expect(await codeOf(carol.call(channels.updateChannel, { channelId: channel.id, name: 'x' }))).toBe('forbidden');
      expect(await codeOf(carol.call(channels.endChannel, { channelId: channel.id }))).toBe('forbidden');
      expect(await codeOf(carol.call(channels.getChannel, { channelId: channel.id }))).toBe('forbidden');
      const { items } = await alice.call(identity.listAudit, { limit: 50 });
      expect(JSON.stringify(items)).not.toContain('Mine');
    });

    test('is its owner’s to change, and nobody is let in that way', async () => {
      const channelId = own.id;
      expect((await carol.call(channels.updateChannel, { channelId, name: 'My mail' })).name).toBe('My mail');
      const access = [{ kind: 'workspace' as const }];
      expect(await codeOf(carol.call(channels.updateChannel, { channelId, access }))).toBe('invalid_input');
    });

    test('is read without what is marked as private', async () => {
      expect((await list(carol)).map(({ subject }) => subject).sort()).toEqual(['Contrat', 'Facture']);
    });

    test('shows a thread to whom its owner shares it with, that thread only, and no longer than that', async () => {
      const { id: teamId } = await alice.call(identity.createTeam, { name: 'Sales', memberIds: [bob.me.memberId] });
      const thread = (await list(carol)).find(({ subject }) => subject === 'Contrat')!;
      const conversationId = thread.id;
      deliver(
        {
          ...{ id: 'p4', subject: 'Re: Contrat' },
          headers: ['In-Reply-To: <p1@test.example>', 'Content-Type: multipart/mixed; boundary=b'],
          text: '--b\nContent-Type: text/plain\n\nSee the file\n--b\nContent-Type: text/plain; name="note.txt"\nContent-Disposition: attachment; filename="note.txt"\n\nsecret note\n--b--',
        },
        'INBOX',
        mine,
      );
      await pull();
      const [file] = (await said(carol, conversationId)).flatMap(({ files }) => files);
      const path = contracts.filePath.replace(':fileId', file!.id);
      const seenBy = async (member: Member) => ({
        thread: await get(member, conversationId).then(
          () => 'seen',
          () => 'not seen',
        ),
        listed: (await list(member)).some(({ id }) => id === conversationId),
        found: (await member.call(contracts.searchMessages, { q: 'contract' })).items.length,
        file: (await member.fetch(path)).status,
      });
      const nothing = { thread: 'not seen', listed: false, found: 0, file: 404 };
      expect(await seenBy(bob)).toEqual(nothing);
      const shareWith = async (readers: object) => {
        const { version } = await get(carol, conversationId);
        return carol.call(contracts.share, { conversationId, version, with: readers as { kind: 'nobody' } });
      };
      expect((await shareWith({ kind: 'team', teamId })).sharing).toMatchObject({
        mine: true,
        with: { name: 'Sales' },
      });
      expect(await seenBy(bob)).toMatchObject({ thread: 'seen', listed: true, file: 200 });
      expect(await seenBy(alice)).toEqual(nothing);
      // They read along and may note; they neither answer, decide nor share.
      const shared = await get(bob, conversationId);
      expect(shared).toMatchObject({ mayAnswer: false, sharing: { mine: false } });
      expect(await codeOf(reply(bob, conversationId, 'x'))).toBe('forbidden');
      const { version } = shared;
      expect(await codeOf(bob.call(contracts.share, { conversationId, version, with: { kind: 'workspace' } }))).toBe(
        'forbidden',
      );
      await bob.call(contracts.addNote, { conversationId, text: 'I know them' });
      await reply(carol, conversationId, 'Answered');
      await app.settle();
      deliver({ id: 'p5', text: 'And later', headers: ['In-Reply-To: <p1@test.example>'] }, 'INBOX', mine);
      await pull();
      const texts = (await messagesOf(bob, conversationId)).map(({ text }) => text);
      expect(texts).toEqual(expect.arrayContaining(['About the contract', 'I know them', 'Answered', 'And later']));
      const facture = (await list(carol)).find(({ address }) => address === 'rex@client.example')!;
      expect(await codeOf(get(bob, facture.id))).toBe('not_found');
      await shareWith({ kind: 'nobody' });
      expect(await seenBy(bob)).toEqual(nothing);
      expect((await messagesOf(carol, conversationId)).map(({ text }) => text)).toContain('I know them');
      await shareWith({ kind: 'workspace' });
      expect(await seenBy(alice)).toMatchObject({ thread: 'seen', listed: true, file: 200 });
      await shareWith({ kind: 'nobody' });
      expect(await seenBy(alice)).toEqual(nothing);
      sink.mails.splice(0);
    });

    test('sends what its owner writes to one person, where they wish so; a copy is put among what was sent', async () => {
      const pointOf = async (member: Member, id: string) =>
        (await member.call(cards.getPerson, { personId: id })).values.find(({ kind }) => kind === 'email')!
          .contactPoint!.id;
      const company = await openMailSink();
      await setUpMail(alice, company.port);
      const reader = async (member: Member, name: string) => {
        const personId = await addContact(member, { name, email: `${name.slice(0, 3).toLowerCase()}@client.example` });
        return { personId, contactPointId: await pointOf(member, personId), purpose: 'prospecting' as const };
      };
      const zoe = await reader(carol, 'Zoe Hill');
      const write = async (subject: string, to = zoe, member = carol) => {
        const { messageId } = await member.call(outreach.writeToContact, { ...to, subject, text: 'Bonjour' });
        expect(messageId).not.toBeNull();
        await app.settle();
        return member.call(outreach.askGate, to);
      };
      const choose = (letters: string) =>
        carol.call(channels.updateChannel, { channelId: own.id, settings: settingsOf(mine, { letters }) });
      expect(await write('First')).toMatchObject({ from: 'crm@example.com', repliesTo: carol.me.email });
      await choose('here');
      expect(await write('Second')).toMatchObject({ from: mine, repliesTo: mine });
      await carol.call(channels.updateChannel, { channelId: own.id, state: 'paused' });
      await write('Third', await reader(carol, 'Ann Hill'));
      await carol.call(channels.updateChannel, { channelId: own.id, state: 'working' });
      // Another's mail leaves by the company's server, whatever she has chosen.
      await write('Fourth', await reader(bob, 'Max Hill'), bob);
      expect(company.mails.map(({ mail }) => mail.subject)).toEqual(['First', 'Third', 'Fourth']);
      const [{ from, mail }] = sink.mails.splice(0) as [MailSink['mails'][number]];
      expect(from).toBe(mine);
      expect(mail).toMatchObject({ subject: 'Second', from: { address: mine } });
      expect(mail.from!.name).toContain('Carol Wood');
      expect([mail.replyTo, sink.mails]).toEqual([undefined, []]);
      await pull();
      expect((await list(carol)).map(({ subject }) => subject)).toContain('Second');
      await choose('company');
      await company.close();
    });

    test('rests while its owner is not here, and ends when they leave', async () => {
      const count = async () =>
        (await app.query(`select from conversations.message where channel_id = $1 and kind = 'in'`, [own.id])).length;
      const before = await count();
      const { memberId } = carol.me;
      await alice.call(identity.updateMember, { memberId, status: 'suspended' });
      deliver({ from: 'sue@client.example', id: 'q1' }, 'INBOX', mine);
      await pull();
      expect(await count()).toBe(before);
      await alice.call(identity.updateMember, { memberId, status: 'active' });
      await pull();
      expect(await count()).toBe(before + 1);
      const departure = await alice.call(leaving.openDeparture, { memberId });
      await alice.call(leaving.confirmDeparture, { departureId: departure.id, name: carol.me.name });
      await app.settle();
      const [row] = await app.query<{ state: string; secret: Buffer | null }>(
        `select state, secret from conversations.channel where channel_id = $1`,
        [own.id],
      );
      expect(row).toEqual({ state: 'ended', secret: null });
    });
  });
});
