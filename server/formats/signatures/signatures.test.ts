import fc from 'fast-check';
import PostalMime, { type Email } from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { bodyLines, type Field, proposeContact } from './index.ts';
import { count, type Labelled, labelled, type Part } from './labelled.ts';

/** Seconds of the processor: a busy machine makes no test fail. */
function busySince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
}

const mailOf = (body: string, from = 'Anne Durand <anne.durand@durand.example>', head = ''): Promise<Email> =>
  PostalMime.parse(
    `From: ${from}\n${head}Content-Type: text/${/^\s*</.test(body) ? 'html' : 'plain'}; charset=utf-8\n\n${body}`,
  );

async function read(body: string, from?: string, head?: string): Promise<Field[]> {
  return proposeContact(await mailOf(body, from, head), 'FR')?.fields ?? [];
}

const values = (fields: readonly Field[]): string[] =>
  fields.map(({ kind, phone, value }) => [kind, phone, value].filter(Boolean).join(' '));

const SIGNED = 'Bonjour,\n\nvoici.\n\nCordialement,\n';
const BLOCK = 'Anne Durand\nDirectrice commerciale\nDurand SAS\n01 99 00 11 22';
const READ = [
  'name Anne Durand',
  'organization Durand SAS',
  'phone work 01 99 00 11 22',
  'title Directrice commerciale',
];

describe('a signature', () => {
  it('says who wrote, as what, for whom, and how to reach them', async () => {
    expect(values(await read(SIGNED + BLOCK)).toSorted()).toEqual(READ);
  });

  it.each([
    ['a disclaimer', '\n\nCe message est confidentiel et destiné à Paul Martin, Martin SA, 01 99 00 99 99.'],
    ['a register', '\nSAS au capital de 10 000 € – RCS Lyon 912 345 678'],
    ['a banner', '\nRetrouvez-nous au salon, stand B12, 01 99 00 88 88 !'],
    ['the device', '\n\nEnvoyé de mon iPhone'],
    ['an assistant', '\nAssistante : Mme Lucie Martin – 01 99 00 77 77'],
    [
      'a quoted message',
      '\n\nLe 4 mai 2026 à 10:00, Paul <p@m.example> a écrit :\n\nPaul Martin\nGérant\n01 99 00 66 66',
    ],
    ['a forwarded one', '\n\nDébut du message transféré :\n\nPaul Martin\nGérant\nMartin SA\n01 99 00 66 66'],
    ['a motto', '\n« Rien ne sert de courir »'],
  ])('is read without %s below it', async (_, below) => {
    expect(values(await read(SIGNED + BLOCK + below)).toSorted()).toEqual(READ);
  });

  it.each([
    ['Tel. 01 99 00 11 22', 'work'],
    ['Portable : 06 39 98 11 22', 'mobile'],
    ['+33 1 99 00 11 22 (mobile)', 'mobile'],
    ['Télécopie 01 99 00 11 22', 'fax'],
    ['Domicile : 01 99 00 11 22', 'home'],
    ['📱 01 99 00 11 22', 'mobile'],
    ['06 39 98 11 22', 'mobile'],
  ])('tells of "%s" that it is a %s number', async (line, kind) => {
    const [phone] = (await read(`${SIGNED}Anne Durand\n${line}`)).filter((field) => field.kind === 'phone');
    expect(phone).toMatchObject({ phone: kind, line });
  });

  it.each([
    'RCS Lyon 912 345 678',
    'SIRET 912 345 678 00012',
    'Le 04/05/2026',
    '12 500,00 €',
    'Réf. 2026-05-04-0099',
  ])('takes "%s" for no number to call', async (line) => {
    expect(values(await read(`${SIGNED}Anne Durand\n${line}`))).toEqual(['name Anne Durand']);
  });

  it.each([
    '12 rue de la Paix\n75002 Paris',
    'Königsallee 60\n40212 Düsseldorf\nDeutschland',
    '14 Mill Lane\nLeeds\nLS1 4AP',
    'C/ Mayor, 12\n28013 Madrid',
    '88 Main St\nSpringfield, IL 62701',
    'Bahnhofstrasse 2\n8001 Zürich',
  ])('keeps the lines of an address together: %j', async (address) => {
    const [found] = (await read(`${SIGNED}Anne Durand\n${address}`)).filter(({ kind }) => kind === 'address');
    expect(found).toMatchObject({ value: address, line: address.split('\n')[0] });
  });

  it('in HTML has cells, links that nobody sees, and accents as entities', async () => {
    const html = `<p>Merci,</p><table><tr><td><img src="cid:1"></td><td>Anne Durand<br>D&eacute;l&eacute;gu&eacute;e</td></tr>
      <tr><td>T&eacute;l.</td><td>01&nbsp;99&nbsp;00&nbsp;11&nbsp;22</td></tr></table>
      <a href="https://www.linkedin.com/in/anne"><img src="in.png"></a><a href="mailto:anne.durand@durand.example">Écrire</a>
      <div style="display:none">Gérante de Secret SA 01 99 00 00 00</div><blockquote>Paul Martin<br>01 99 00 66 66</blockquote>`;
    expect(values(await read(html)).toSorted()).toEqual([
      'email anne.durand@durand.example',
      'name Anne Durand',
      'phone work 01 99 00 11 22',
      'profile https://www.linkedin.com/in/anne',
      'title Déléguée',
    ]);
  });

  it.each<[string, string, string, string[]]>([
    [
      'a name with a role on its line',
      'David O’Neil <doneil@initech.example>',
      'All good.\n\nDavid O’Neil, Senior Engineer @ Initech\nm 07700 900123',
      ['name David O’Neil', 'title Senior Engineer', 'organization Initech'],
    ],
    [
      'a company above the name',
      'James Carter <jcarter@acmeholdings.example>',
      'See attached.\n\nACME HOLDINGS PLC\nJames Carter\nGroup Treasurer\nDDI: +44 20 7946 0123',
      ['organization ACME HOLDINGS PLC', 'name James Carter', 'title Group Treasurer'],
    ],
    [
      'a second number by two letters',
      'Serge Martin <s.martin@sav.example>',
      'Noté.\n\nCdt,\n\nSerge Martin\nBretagne Services SARL\nStandard 02 99 00 00 00\nLD 02 99 00 00 01',
      ['phone work 02 99 00 00 00', 'phone work 02 99 00 00 01'],
    ],
    [
      'the name once more before the title',
      'Anna Vogel <anna.vogel@vogel-architekten.example>',
      'Gerne.\n\nHerzlich\nAnna Vogel\n\nvogel architekten gmbh\nanna vogel dipl.-ing. architektin\nt +49 30 1234567',
      ['title dipl.-ing. architektin'],
    ],
    [
      'a first name of a team',
      'Camille <camille@acme-soft.example>',
      'Corrigé.\n\nBelle journée,\nCamille de l’équipe Acme Soft\n01 84 00 00 00',
      ['organization Acme Soft'],
    ],
  ])('may have %s', async (_what, from, body, expected) => {
    expect(values(await read(body, from))).toEqual(expect.arrayContaining(expected));
  });

  it('is none where only a first name stands below', async () => {
    expect(await read('Merci pour tout !\n\nAnne')).toEqual([]);
    expect(await read('Appelez Paul Martin au 01 99 00 66 66, 12 rue Haute, 75002 Paris.')).toEqual([]);
  });

  it.each([
    ['Auto-Submitted: auto-generated\n', undefined],
    ['Precedence: bulk\n', undefined],
    ['List-Id: <x.example>\n', undefined],
    ['List-Unsubscribe: <mailto:u@x.example>\n', undefined],
    ['X-Auto-Response-Suppress: All\n', undefined],
    ['', 'Anne Durand <noreply@durand.example>'],
    ['', 'Anne Durand <ne-pas-repondre@durand.example>'],
    ['', 'Mail Delivery System <mailer-daemon@durand.example>'],
  ])('of a machine is not read (%j %s)', async (head, from) => {
    expect(await read(SIGNED + BLOCK, from, head)).toEqual([]);
  });
});

describe('the labelled messages', () => {
  it.each<Part>(['development', 'held-out'])('of the %s half are read as well as was asked', async (half) => {
    const tallies = await Promise.all(labelled(half).map(count));
    const sum = (of: (tally: (typeof tallies)[number]) => number) => tallies.reduce((all, one) => all + of(one), 0);
    const [right, wrong, missed] = [
      sum((one) => one.right),
      sum((one) => one.wrong.length),
      sum((one) => one.missed.length),
    ];
    expect(right / (right + wrong)).toBeGreaterThanOrEqual(0.95);
    expect(right / (right + missed)).toBeGreaterThanOrEqual(0.85);
  });

  const invented = async (messages: Labelled[]) => {
    const tallies = await Promise.all(
      messages.map(async (one) => ({ name: one.name, wrong: (await count(one)).wrong })),
    );
    return tallies.filter(({ wrong }) => wrong.length > 0);
  };

  it('of machines make no contact', async () => {
    const automatic = labelled().filter((one) => one.automatic);
    expect(automatic.length).toBeGreaterThanOrEqual(30);
    expect(automatic.flatMap(({ answers }) => answers)).toEqual([]);
    expect(await invented(automatic)).toEqual([]);
  });

  it('of persons who do not sign make none either', async () => {
    const unsigned = labelled().filter(({ automatic, answers }) => !automatic && answers.length === 0);
    expect(unsigned.length).toBeGreaterThanOrEqual(25);
    // Of the half that was kept aside only the number counts, in the precision above.
    const development = new Set(labelled('development').map(({ name }) => name));
    expect(await invented(unsigned.filter(({ name }) => development.has(name)))).toEqual([]);
  });
});

const piece = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    ...[
      '-- ',
      'Cordialement,',
      'Anne Durand',
      'Tel: 01 99 00 11 22',
      'De : a',
      '> b',
      '75001 Paris',
      '12 rue X',
      '<b>',
      '</td>',
    ],
    ...[
      'Head of Sales, Acme Ltd',
      'www.a.example',
      'a@b.example',
      '<blockquote>',
      '<a href="mailto:x@y.example">',
      '&#99999999;',
      '\t|\t',
    ],
  ),
);

describe('harder layouts', () => {
  it.each<[string, string, string, string[]]>([
    [
      'a company in the display name, behind a bar',
      'Marie Dupont | Acme <m@x.example>',
      'Marie Dupont\nGérante\n06 39 98 11 22',
      ['name Marie Dupont', 'title Gérante'],
    ],
    [
      'a company in the display name, in brackets',
      '"Laurent (Garage du Pont)" <g@orange.fr>',
      'Laurent Petit\nGarage du Pont\n01 99 00 11 22',
      ['name Laurent Petit', 'organization Garage du Pont'],
    ],
    [
      'a name that has its particle still',
      'Anna von Berg <a@x.example>',
      'Anna von Berg\nGérante\n01 99 00 11 22',
      ['name Anna von Berg', 'title Gérante'],
    ],
    [
      'all on one line, between slashes',
      'Sarah Cohen <s@blueleaf.example>',
      'Sarah Cohen / Sales Manager / BlueLeaf\n+44 7700 900222',
      ['name Sarah Cohen', 'organization BlueLeaf', 'title Sales Manager'],
    ],
    [
      'a slash that joins',
      'Eva Brandt <e@x.example>',
      'Eva Brandt\nVertriebsleiterin / Sales Manager\n01 99 00 11 22',
      ['name Eva Brandt', 'title Vertriebsleiterin / Sales Manager'],
    ],
    [
      'a title right behind the name',
      'Tom Hargreaves <t@x.example>',
      'Tom Hargreaves Chartered Surveyor\n01 99 00 11 22',
      ['name Tom Hargreaves', 'title Chartered Surveyor'],
    ],
    [
      'a short first name',
      'Beatriz Luna <b@x.example>',
      'Bea Luna\nGérante\n01 99 00 11 22',
      ['name Bea Luna', 'title Gérante'],
    ],
    [
      'a space behind the plus',
      'Paul Roux <p@x.example>',
      'Paul Roux\n+ 33 (0)1 99 00 12 34',
      ['name Paul Roux', 'phone work + 33 (0)1 99 00 12 34'],
    ],
  ])('%s', async (_layout, from, block, expected) => {
    expect(values(await read(SIGNED + block, from))).toEqual(expect.arrayContaining(expected));
  });
});

describe('any text', () => {
  it('is read without failing; confidences are from 0 to 1 and lines are lines of the message', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), fc.boolean(), async (pieces, asHtml) => {
        const [mail] = [await mailOf('x')];
        const text = pieces.join('\n');
        Object.assign(mail, asHtml ? { text: undefined, html: text } : { text, html: undefined });
        const found = proposeContact(mail, 'FR');
        if (!found) return;
        const lines = bodyLines(mail, found.part);
        for (const { confidence, line, value } of found.fields) {
          expect(confidence).toBeGreaterThan(0);
          expect(confidence).toBeLessThanOrEqual(1);
          expect(lines).toContain(line);
          expect(value.trim()).not.toBe('');
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, string]>([
    ['one line without end', 'a'.repeat(2_000_000)],
    ['digits without end', '1 '.repeat(500_000)],
    ['a name of hosts without end', 'a.'.repeat(500_000)],
    ['dashes without end', `${'-'.repeat(1_000_000)}\nAnne Durand`],
    ['elements within elements', '<div>'.repeat(200_000)],
    ['an element that is never closed', `<a href="${'x'.repeat(1_000_000)}`],
    ['many lines of greetings', 'mit freundlichen freundlichen grüß\n'.repeat(30_000)],
    ['spaces without end', `Anne Durand${' '.repeat(500_000)}x\n`.repeat(3)],
    ['addresses without end', `${SIGNED}${'12 rue de la Paix, 75002 Paris, '.repeat(20_000)}`],
    ['at signs without end', `${SIGNED}${'a@'.repeat(400_000)}`],
  ])('is read in bounded time: %s', async (_, text) => {
    const mail = await mailOf('x');
    const began = process.cpuUsage();
    for (const body of [{ text }, { html: text, text: undefined }]) proposeContact({ ...mail, ...body } as Email, 'FR');
    expect(busySince(began)).toBeLessThan(3);
  });
});
