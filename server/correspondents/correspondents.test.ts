import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import { contactPointId } from '../cards/writing.ts';
import * as delegation from '../delegation/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as leaving from '../leaving/contract.ts';
import * as contracts from './contract.ts';
import { correspondentsCrons } from './jobs.ts';
import { letter, openTestMailbox, type TestMailbox } from './testing.ts';

const mine = 'alice@maison.example';
let app: TestApp;
let alice: Member;
let bob: Member;
let box: TestMailbox;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  box = await openTestMailbox(app, alice, mine);
});
afterAll(() => app.close());
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

const find = async (q: string, show: 'all' | 'new' | 'aside' = 'all') =>
  (await alice.call(contracts.listCorrespondents, { q, show })).items;
const waiting = async (email: string) =>
  (await alice.call(contracts.listProposals, { limit: 200 })).items.filter((one) => one.email === email);
const health = async (address: string) => {
  const id = contactPointId(app.app.secrets, alice.me.workspace.id, { channel: 'email', address });
  const [row] = await app.query<{ health: string }>(
    'select health from cards.contact_point where contact_point_id = $1',
    [id],
  );
  return row?.health;
};
const said = (proposal: contracts.Proposal) => proposal.values.map(({ kind, display }) => `${kind} ${display}`);

const signed = (name: string, email: string, lines: string[], more: Partial<Parameters<typeof letter>[0]> = {}) =>
  letter({
    from: `${name} <${email}>`,
    to: mine,
    text: `Bonjour Alice,\n\nVoici le devis.\n\nCordialement,\n\n-- \n${name}\n${lines.join('\n')}`,
    ...more,
  });

describe('who one exchanges mail with', () => {
  test('is counted by direction, the latest first, with the name that the newest mail gives', async () => {
    const paul = 'paul@voisin.example';
    await box.receive(letter({ from: mine, to: `P <${paul}>`, date: 'Mon, 2 Nov 2026 09:00:00 +0000' }), {
      sent: true,
    });
    await box.receive([
      letter({ from: `Paul Voisin <${paul}>`, to: mine, date: 'Tue, 3 Nov 2026 09:00:00 +0000' }),
      letter({ from: 'anne@tiers.example', to: `${mine}, ${paul}`, date: 'Wed, 4 Nov 2026 09:00:00 +0000' }),
    ]);
    expect(await find('voisin')).toMatchObject([
      {
        email: paul,
        name: 'Paul Voisin',
        received: 1,
        sent: 1,
        beside: 1,
        firstAt: '2026-11-02T09:00:00.000Z',
        lastAt: '2026-11-04T09:00:00.000Z',
        lastReceivedAt: '2026-11-03T09:00:00.000Z',
        lastSentAt: '2026-11-02T09:00:00.000Z',
        cardId: null,
      },
    ]);
  });

  test('is counted once a message, however often it lies in the mailbox or is read again', async () => {
    const copy = letter({ from: 'Rita Copie <rita@copie.example>', to: mine, id: 'once' });
    await box.receive([copy, copy]);
    await box.receive(copy, { folder: 'Archives' });
    await Promise.all([box.receive(copy), box.receive(copy)]);
    expect(await find('rita@')).toMatchObject([{ received: 1 }]);
  });

  test('is no robot, no list and no newsletter', async () => {
    await box.receive([
      letter({ from: 'no-reply@boutique.example', to: mine }),
      letter({
        from: 'Infos <infos@gazette.example>',
        to: mine,
        headers: ['List-Unsubscribe: <https://gazette.example>'],
      }),
      letter({ from: 'Serveur <cron@gazette.example>', to: mine, headers: ['Auto-Submitted: auto-generated'] }),
    ]);
    expect([...(await find('boutique')), ...(await find('gazette'))]).toEqual([]);
  });

  test.each([
    ['a folder so named', {}, { folder: 'Dossiers/Personnel' }],
    ['its subject', { subject: '[Privé] dimanche' }, {}],
    ['its header', { headers: ['Sensitivity: Private'] }, {}],
  ])('is not told of a message that is private by %s', async (_by, more, placed) => {
    await box.receive(letter({ from: 'Léa Intime <lea@intime.example>', to: mine, ...more }), placed);
    expect(await find('intime')).toEqual([]);
  });

  test('is seen by nobody else, an admin included, and counts in no list of theirs', async () => {
    const carol = await app.invite(alice, 'Carol Admin', { role: 'admin' });
    const [paul] = await find('voisin');
    for (const other of [bob, carol]) {
      expect((await other.call(contracts.listCorrespondents, { show: 'all' })).items).toEqual([]);
      expect((await other.call(contracts.listProposals, {})).items).toEqual([]);
      expect((await other.call(contracts.listMailboxes, {})).items).toEqual([]);
      expect(await codeOf(other.call(contracts.makeCard, { correspondentId: paul!.id }))).toBe('not_found');
      expect(await codeOf(other.call(contracts.setAside, { correspondentId: paul!.id, aside: true }))).toBe(
        'not_found',
      );
    }
  });

  test('who is in touch and has no card is asked about, until they have one or are set aside', async () => {
    const three = ['a', 'b', 'c'].map(() => letter({ from: 'Ines Trois <ines@trois.example>', to: mine }));
    await box.receive([letter({ from: 'Sam Vendeur <sam@vendeur.example>', to: mine }), ...three]);
    expect(await find('vendeur', 'new')).toEqual([]);
    const [ines] = await find('trois', 'new');
    await alice.call(contracts.setAside, { correspondentId: ines!.id, aside: true });
    expect(await find('trois', 'new')).toEqual([]);
    expect(await find('trois', 'aside')).toHaveLength(1);
    await alice.call(contracts.setAside, { correspondentId: ines!.id, aside: false });
    const { id, proposalId } = await alice.call(contracts.makeCard, { correspondentId: ines!.id });
    expect(proposalId).toBeNull();
    expect(await find('trois', 'new')).toEqual([]);
    expect(await find('trois')).toMatchObject([{ cardId: id }]);
    const person = await alice.call(cards.getPerson, { personId: id });
    expect(person.values.map(({ display }) => display)).toEqual(['Ines Trois', 'ines@trois.example']);
    expect(person.cards[0]!.source.kind).toBe('imap');
    // A second time it is the same card.
    expect((await alice.call(contracts.makeCard, { correspondentId: ines!.id })).id).toBe(id);
  });
});

describe('a signature', () => {
  const lines = ['Directrice des achats', 'Ateliers Morel SAS', 'Tél. : 01 42 68 53 00', 'Mobile : 06 12 34 56 78'];

  test('is proposed with the line of each value, becomes a card at one word, and can be taken back', async () => {
    const email = 'claire.morel@ateliers-morel.example';
    await box.receive(letter({ from: mine, to: email }), { sent: true });
    await box.receive(signed('Claire Morel', email, lines));
    const [proposal] = await waiting(email);
    expect(proposal).toMatchObject({ kind: 'signature', card: null });
    expect(proposal!.values.find(({ kind }) => kind === 'title')).toMatchObject({
      display: 'Directrice des achats',
      line: 'Directrice des achats',
      replaces: null,
    });
    const { id } = await alice.call(contracts.acceptProposal, { proposalId: proposal!.id });
    const person = await alice.call(cards.getPerson, { personId: id });
    expect(person.name).toBe('Claire Morel');
    expect(person.values.map(({ display }) => display)).toEqual(
      expect.arrayContaining(['Ateliers Morel SAS', email, 'Directrice des achats']),
    );
    expect(person.values.every(({ provenance }) => provenance[0]!.writtenBy === 'source')).toBe(true);
    expect(await waiting(email)).toEqual([]);
    await alice.call(contracts.reopenProposal, { proposalId: proposal!.id });
    expect((await alice.fetch(`/people/${id}`)).status).toBe(404);
    expect(await waiting(email)).toHaveLength(1);
    // And once more: the card comes back.
    expect((await alice.call(contracts.acceptProposal, { proposalId: proposal!.id })).id).toBe(id);
    expect((await alice.call(cards.getPerson, { personId: id })).name).toBe('Claire Morel');
  });

  test('that says what the card says is not proposed; a new title is, in place of the old one', async () => {
    const email = 'hugo.blanc@fonderie.example';
    const personId = await addContact(alice, { name: 'Hugo Blanc', email, organization: 'Fonderie Nord SARL' });
    await box.receive(signed('Hugo Blanc', email, ['Fonderie Nord SARL']));
    expect(await waiting(email)).toEqual([]);
    await box.receive(signed('Hugo Blanc', email, ['Directeur commercial', 'Fonderie Nord SARL', '01 42 68 53 00']));
    const [proposal] = await waiting(email);
    expect(proposal).toMatchObject({ card: { id: personId, name: 'Hugo Blanc' } });
    expect(said(proposal!).sort()).toEqual(['phone 01 42 68 53 00', 'title Directeur commercial']);
    const phone = proposal!.values.find(({ kind }) => kind === 'phone')!;
    await alice.call(contracts.acceptProposal, { proposalId: proposal!.id, values: [phone.no] });
    const displays = async () =>
      (await alice.call(cards.getPerson, { personId })).values.map(({ display }) => display).sort();
    expect(await displays()).toEqual(['01 42 68 53 00', 'Fonderie Nord SARL', 'Hugo Blanc', email].sort());
    await alice.call(contracts.reopenProposal, { proposalId: proposal!.id });
    expect(await displays()).not.toContain('01 42 68 53 00');
  });

  test('that was declined is not proposed again, what is new in it is', async () => {
    const email = 'nora.lune@opale.example';
    await box.receive(letter({ from: mine, to: email }), { sent: true });
    await box.receive(signed('Nora Lune', email, ['Juriste', 'Opale SA']));
    await alice.call(contracts.declineProposal, { proposalId: (await waiting(email))[0]!.id });
    await box.receive(signed('Nora Lune', email, ['Juriste', 'Opale SA']));
    expect(await waiting(email)).toEqual([]);
    await box.receive(signed('Nora Lune', email, ['Juriste', 'Opale SA', '06 12 34 56 79']));
    expect(said((await waiting(email))[0]!)).toContain('phone 06 12 34 56 79');
    expect(said((await waiting(email))[0]!)).not.toContain('title Juriste');
  });

  test('of a stranger who only wrote once is not asked about, nor that of a machine', async () => {
    await box.receive(signed('Sam Vendeur', 'sam.v@vendeur.example', lines));
    await box.receive(
      signed('Robot Vendeur', 'robot@vendeur.example', lines, { headers: ['Auto-Submitted: auto-generated'] }),
    );
    expect(await waiting('sam.v@vendeur.example')).toEqual([]);
    expect(await waiting('robot@vendeur.example')).toEqual([]);
  });

  test('is decided by its member alone, and once', async () => {
    const email = 'iris.deux@opale.example';
    await box.receive(letter({ from: mine, to: email }), { sent: true });
    await box.receive(signed('Iris Deux', email, ['Comptable', 'Opale SA']));
    const proposalId = (await waiting(email))[0]!.id;
    expect(await codeOf(bob.call(contracts.acceptProposal, { proposalId }))).toBe('not_found');
    expect(await codeOf(bob.call(contracts.declineProposal, { proposalId }))).toBe('not_found');
    expect(await codeOf(bob.call(contracts.reopenProposal, { proposalId }))).toBe('not_found');
    const answers = await Promise.allSettled([1, 2, 3].map(() => alice.call(contracts.acceptProposal, { proposalId })));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await alice.call(cards.listPeople, { q: 'Iris Deux' })).items).toHaveLength(1);
  });

  test('stands sealed in the database, and is gone a day after the decision', async () => {
    const email = 'omar.sceau@opale.example';
    await box.receive(letter({ from: mine, to: email }), { sent: true });
    await box.receive(signed('Omar Sceau', email, ['Notaire', 'Opale SA']));
    const rows = await app.query<{ sealed: Buffer | null }>('select sealed from correspondents.proposal');
    expect(rows.map(({ sealed }) => sealed?.toString('latin1')).join()).not.toMatch(/Notaire|Opale/);
    const proposalId = (await waiting(email))[0]!.id;
    await alice.call(contracts.declineProposal, { proposalId });
    await app.query(
      `update correspondents.proposal set decided_at = now() - interval '25 hours' where proposal_id = $1`,
      [proposalId],
    );
    await correspondentsCrons[0]!.run(app.app);
    expect(
      await app.query(`select from correspondents.proposal where proposal_id = $1 and sealed is not null`, [
        proposalId,
      ]),
    ).toEqual([]);
    expect(await codeOf(alice.call(contracts.reopenProposal, { proposalId }))).toBe('conflict');
  });
});

const bounce = (recipient: string, status: string, returned: string) =>
  letter({
    from: 'Mail Delivery System <mailer-daemon@maison.example>',
    to: mine,
    subject: 'Undelivered Mail Returned to Sender',
    headers: [],
    text: '',
  })
    .replace(
      'Content-Type: text/plain; charset=utf-8',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    )
    .concat(
      `--b\nContent-Type: text/plain\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; maison.example\n\nFinal-Recipient: rfc822; ${recipient}\nAction: failed\nStatus: ${status}\n\n--b\nContent-Type: text/rfc822-headers\n\nFrom: ${mine}\nMessage-ID: <${returned}@test.example>\n\n--b--\n`,
    );

describe('what comes back', () => {
  const send = (to: string, id: string) => box.receive(letter({ from: mine, to, id }), { sent: true });

  test('for good, an address is dead; for now, it fails, until mail comes from there', async () => {
    await addContact(alice, { name: 'Mort Adresse', email: 'mort@parti.example' });
    await addContact(alice, { name: 'Plein Adresse', email: 'plein@parti.example' });
    await send('mort@parti.example', 'to-mort');
    await send('plein@parti.example', 'to-plein');
    await box.receive([
      bounce('mort@parti.example', '5.1.1', 'to-mort'),
      bounce('plein@parti.example', '4.2.2', 'to-plein'),
    ]);
    expect(await health('mort@parti.example')).toBe('dead');
    expect(await health('plein@parti.example')).toBe('failing');
    const later = new Date(Date.now() + 60_000).toUTCString();
    await box.receive(letter({ from: 'plein@parti.example', to: mine, date: later }));
    expect(await health('plein@parti.example')).toBe('good');
  });

  test('of a message that was never sent, it proves nothing, though the address was written to', async () => {
    await addContact(alice, { name: 'Forge Adresse', email: 'forge@cible.example' });
    await send('forge@cible.example', 'to-forge');
    await box.receive(bounce('forge@cible.example', '5.1.1', 'never-sent'));
    expect(await health('forge@cible.example')).toBe('unknown');
  });

  test('of a message that went to somebody else, it proves nothing', async () => {
    await addContact(alice, { name: 'Jamais Adresse', email: 'jamais@cible.example' });
    await box.receive(letter({ from: 'tiers@cible.example', to: `${mine}, jamais@cible.example` }));
    await send('autre@cible.example', 'to-autre');
    await box.receive(bounce('jamais@cible.example', '5.1.1', 'to-autre'));
    expect(await health('jamais@cible.example')).toBe('unknown');
  });

  test('says nothing any more once mail has come from the address since', async () => {
    await addContact(alice, { name: 'Vieux Refus', email: 'vieux@cible.example' });
    await send('vieux@cible.example', 'to-vieux');
    await box.receive(letter({ from: 'vieux@cible.example', to: mine }));
    const old = new Date(Date.now() - 86_400_000).toUTCString();
    await box.receive(bounce('vieux@cible.example', '5.1.1', 'to-vieux').replace(/^Date: .*$/m, `Date: ${old}`));
    expect(await health('vieux@cible.example')).toBe('unknown');
  });
});

describe('a mailbox that answers by itself', () => {
  const answer = (from: string, text: string) =>
    letter({ from, to: mine, subject: 'Réponse automatique', headers: ['Auto-Submitted: auto-replied'], text });

  test('says until when somebody is away', async () => {
    await box.receive(answer('Zoé Congé <zoe@conge.example>', 'Bonjour, je suis absente jusqu’au 4 janvier 2027. Zoé'));
    expect(await find('zoe@conge')).toMatchObject([{ awayUntil: '2027-01-04', leftAt: null }]);
    expect(await waiting('zoe@conge.example')).toEqual([]);
  });

  test('says that somebody has left: their address ages, and who follows them is proposed', async () => {
    const gone = 'luc.parti@usine.example';
    await addContact(alice, { name: 'Luc Parti', email: gone });
    await box.receive(letter({ from: mine, to: gone }), { sent: true });
    await box.receive(
      answer(
        `Luc Parti <${gone}>`,
        'Bonjour,\nJ’ai quitté l’entreprise. Veuillez écrire à Marie Suivante (marie.suivante@usine.example).',
      ),
    );
    expect(await health(gone)).toBe('failing');
    const [proposal] = await waiting('marie.suivante@usine.example');
    expect(proposal).toMatchObject({ kind: 'successor', of: gone, card: null });
    const { id } = await alice.call(contracts.acceptProposal, { proposalId: proposal!.id });
    expect((await alice.call(cards.getPerson, { personId: id })).name).toBe('Marie Suivante');
  });

  test('a note of a new address is proposed for the card with the old one, and takes its place', async () => {
    const [old, next] = ['jade@ancien.example', 'jade@nouveau.example'];
    const personId = await addContact(alice, { name: 'Jade Bouge', email: old });
    const note = (from: string) =>
      letter({
        from,
        to: mine,
        subject: 'Changement d’adresse',
        text: `Bonjour,\nMa nouvelle adresse e-mail est ${next}.\nJade`,
      });
    await box.receive(note(`Jade Bouge <${old}>`));
    const [proposal] = await waiting(old);
    expect(proposal).toMatchObject({
      kind: 'moved',
      card: { id: personId },
      values: [{ display: next, replaces: old }],
    });
    await alice.call(contracts.acceptProposal, { proposalId: proposal!.id });
    const emails = async () =>
      (await alice.call(cards.getPerson, { personId })).values
        .filter(({ kind }) => kind === 'email')
        .map(({ display }) => display);
    expect(await emails()).toEqual([next]);
    await alice.call(contracts.reopenProposal, { proposalId: proposal!.id });
    expect(await emails()).toEqual([old]);
  });

  test('nobody can say that of somebody else’s address', async () => {
    const victim = 'tom.cible@banque.example';
    await addContact(alice, { name: 'Tom Cible', email: victim });
    await box.receive(
      letter({
        from: 'Escroc <escroc@mal.example>',
        to: mine,
        text: `Bonjour,\nL’ancienne adresse ${victim} n’est plus valable, la nouvelle adresse e-mail est tom@mal.example.`,
      }),
    );
    expect(await waiting(victim)).toEqual([]);
  });
});

test('what is not lent of a book learns all the same: a proposal is for one’s own cards only', async () => {
  const email = 'pia.prete@lent.example';
  await addContact(bob, { name: 'Pia Prête', email });
  const { items: books } = await bob.call(delegation.listBooks, {});
  const bookId = books.find(({ main, mine: own }) => main && own)!.id;
  await bob.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, acts: ['read'] } as never);
  await box.receive(letter({ from: mine, to: email }), { sent: true });
  await box.receive(signed('Pia Prête', email, ['Graphiste', 'Opale SA']));
  expect((await waiting(email))[0]).toMatchObject({ card: null });
});

test('who leaves takes along what was read for them', async () => {
  const leo = await app.invite(alice, 'Leo Parti');
  const his = await openTestMailbox(app, leo, 'leo@maison.example');
  await his.receive(letter({ from: 'Zoé Suite <zoe@suite.example>', to: 'leo@maison.example' }));
  const { id: departureId } = await alice.call(leaving.openDeparture, { memberId: leo.me.memberId });
  await alice.call(leaving.confirmDeparture, { departureId, name: 'Leo Parti' });
  await app.settle();
  for (const table of ['mailbox', 'correspondent'])
    expect(await app.query(`select from correspondents.${table} where member_id = $1`, [leo.me.memberId])).toEqual([]);
});
