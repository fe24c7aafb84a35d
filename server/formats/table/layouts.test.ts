import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { readAll } from '../testing.ts';

const only = async (text: string | Uint8Array) => (await readAll(text, { octets: false }))[0]!;

/** A table with one row, from its columns. */
function csv(row: Record<string, string>, delimiter = ','): string {
  const cells = (values: string[]) => values.map((value) => `"${value.replaceAll('"', '""')}"`).join(delimiter);
  return `${cells(Object.keys(row))}\r\n${cells(Object.values(row))}\r\n`;
}

describe('tables of known products', () => {
  it('reads the columns Google writes since 2024', async () => {
    const contact = await only(
      csv({
        'First Name': 'Ana',
        'Middle Name': '',
        'Last Name': 'de La Tour',
        'File As': 'Ana',
        'Organization Name': 'Acme',
        'Organization Title': 'Directrice',
        Birthday: '--03-29',
        Labels: '* myContacts ::: Lyon',
        'E-mail 1 - Label': '* Work',
        'E-mail 1 - Value': 'ana@acme.fr ::: ana2@acme.fr',
        'E-mail 2 - Label': 'Assistante',
        'E-mail 2 - Value': 'aide@acme.fr',
        'Phone 1 - Label': 'Work Fax',
        'Phone 1 - Value': '01 45 26 37 48',
        'Address 1 - Label': 'Home',
        'Address 1 - Street': '3 rue du Lac',
        'Address 1 - City': 'Annecy',
        'Address 1 - Postal Code': '74000',
        'Custom Field 1 - Label': 'Taille',
        'Custom Field 1 - Value': 'M',
      }),
    );
    expect(contact).toMatchObject({
      name: { given: 'Ana', family: 'de La Tour', full: 'Ana de La Tour' },
      organization: 'Acme',
      title: 'Directrice',
      birthday: '--03-29',
      categories: ['myContacts', 'Lyon'],
      emails: [
        { value: 'ana@acme.fr', type: 'work', preferred: true },
        { value: 'ana2@acme.fr', type: 'work', preferred: true },
        { value: 'aide@acme.fr', label: 'Assistante' },
      ],
      phones: [{ raw: '01 45 26 37 48', e164: '+33145263748', type: 'fax', place: 'work' }],
      addresses: [{ street: '3 rue du Lac', city: 'Annecy', postcode: '74000', type: 'home' }],
    });
    expect(contact.extra).toContainEqual({ name: 'Custom Field 1 - Value', value: 'M' });
  });

  it('reads French Outlook in cp1252, where "Titre" is first the civility and then the job', async () => {
    const headers =
      'Titre;Prénom;Deuxième prénom;Nom;Suffixe;Société;Service;Titre;Rue (bureau);Rue (bureau) 2;Ville (bureau);Code postal (bureau);Pays/Région (bureau);Rue (domicile);Ville (domicile);Télécopie (bureau);Téléphone (bureau);Téléphone 2 (bureau);Téléphone (domicile);Tél. mobile;Adresse de messagerie;Adresse de messagerie 2;Anniversaire;Catégories;Notes;Page Web';
    const row =
      'Mme;Hélène;;Lefèvre;;Société Générale;Achats;Acheteuse;12 rue Noël;Bât. C;Nîmes;30000;France;;Alès;0466000001;0466000002;0466000003;0466000004;06 12 34 56 78;h.lefevre@sg.example;helene@free.fr;14/07/1980;Clients;"ligne 1\r\nligne 2";www.sg.example';
    const contact = await only(iconv.encode(`${headers}\r\n${row}\r\n`, 'windows-1252'));
    expect(contact).toMatchObject({
      name: { prefix: 'Mme', given: 'Hélène', family: 'Lefèvre' },
      organization: 'Société Générale',
      department: 'Achats',
      title: 'Acheteuse',
      birthday: '1980-07-14',
      note: 'ligne 1\r\nligne 2',
      categories: ['Clients'],
      addresses: [
        { street: '12 rue Noël\nBât. C', city: 'Nîmes', postcode: '30000', countryCode: 'FR', type: 'work' },
        { city: 'Alès', type: 'home' },
      ],
    });
    expect(contact.phones.map((phone) => [phone.e164, phone.type, phone.place])).toEqual([
      ['+33466000001', 'fax', 'work'],
      ['+33466000002', 'landline', 'work'],
      ['+33466000003', 'landline', 'work'],
      ['+33466000004', 'landline', 'home'],
      ['+33612345678', 'mobile', undefined],
    ]);
  });

  it('reads Mailchimp, and what it says of consent', async () => {
    const contact = await only(
      csv({
        'Email Address': 'a@b.fr',
        'First Name': 'Al',
        'Last Name': 'Bo',
        MEMBER_RATING: '4',
        OPTIN_TIME: '2021-03-04 10:11:12',
        LAST_CHANGED: '2022-01-01 00:00:00',
        EUID: 'x1',
        TAGS: '"vip","salon"',
      }),
    );
    expect(contact).toMatchObject({
      uid: 'x1',
      consent: [
        { channel: 'email', state: 'given', since: '2021-03-04T10:11:12', evidence: 'OPTIN_TIME: 2021-03-04 10:11:12' },
      ],
      categories: ['vip', 'salon'],
      revision: '2022-01-01T00:00:00',
    });
  });

  it.each(['UNSUB_TIME', 'CLEAN_TIME'])('takes %s of Mailchimp for more than the consent of before', async (column) => {
    const row = { 'Email Address': 'a@b.fr', OPTIN_TIME: '2021-03-04 10:11:12', [column]: '2023-05-06 07:08:09' };
    expect((await only(csv(row))).consent).toMatchObject([{ channel: 'email', state: 'objected' }]);
  });

  it('takes an opt-out of Salesforce for an objection, and "false" for nothing', async () => {
    const row = {
      Id: '003x',
      FirstName: 'A',
      LastName: 'B',
      AccountId: '001',
      MailingCity: 'Lyon',
      HasOptedOutOfEmail: 'true',
      DoNotCall: 'false',
    };
    expect((await only(csv(row))).consent).toEqual([
      { channel: 'email', state: 'objected', evidence: 'HasOptedOutOfEmail: true' },
    ]);
    expect((await only(csv({ ...row, HasOptedOutOfEmail: 'false' }))).consent).toBeUndefined();
  });

  it('reads Yahoo, Palm with and without header, and Apple exports', async () => {
    const yahoo = await only(
      csv({
        First: 'A',
        Last: 'B',
        Email: 'a@b.fr',
        'Messenger ID': '',
        Home: '0145263748',
        Work: '0145263749',
        Mobile: '0612345678',
        'Alternate Email 1': 'c@d.fr',
      }),
    );
    expect(yahoo).toMatchObject({ name: { full: 'A B' }, emails: [{ value: 'a@b.fr' }, { value: 'c@d.fr' }] });
    expect(yahoo.phones.map((phone) => phone.place ?? phone.type)).toEqual(['home', 'work', 'mobile']);
    const palm = await only(
      '"Doe","Jane","CEO","Acme","0145263748","","","","j@d.fr","1 rue X","Lyon","","69001","France","","","","","note","0","Business"\n',
    );
    expect(palm).toMatchObject({
      name: { given: 'Jane', family: 'Doe' },
      title: 'CEO',
      addresses: [{ city: 'Lyon' }],
      categories: ['Business'],
      note: 'note',
    });
    const apple = await only(
      csv({
        'First Name': 'A',
        'Last Name': 'B',
        'Phone (iPhone)': '0612345678',
        'Email (home)': 'a@b.fr',
        Company: 'C',
      }),
    );
    expect(apple).toMatchObject({ organization: 'C', phones: [{ type: 'mobile' }], emails: [{ type: 'home' }] });
  });
});

describe('tables nobody knows', () => {
  it('guesses the columns of a French list below title rows', async () => {
    const text =
      'Salon des maires 2026;;;;\n;;;;\nNom;Prénom;Fonction;Tél. portable;Courriel\nDUPONT;Jean;Maire;06.12.34.56.78 / 01 45 26 37 48;jean@mairie.fr\n';
    expect(await only(text)).toMatchObject({
      name: { family: 'DUPONT', given: 'Jean' },
      title: 'Maire',
      phones: [{ e164: '+33612345678' }, { e164: '+33145263748' }],
      emails: [{ value: 'jean@mairie.fr' }],
    });
  });

  it('guesses columns without header by their values', async () => {
    const text =
      'Jean|Dupont|jean.dupont@acme.fr|0612345678\nMarie|Curie|m.curie@labo.fr|0612345679\nZoé|Martin|zoe.martin@free.fr|0612345670\n';
    expect(await only(text)).toMatchObject({
      name: { given: 'Jean', family: 'Dupont' },
      emails: [{ value: 'jean.dupont@acme.fr' }],
      phones: [{ e164: '+33612345678' }],
    });
  });

  it('tells exhibitors from their contact persons', async () => {
    const exhibitors = 'Exposant,Stand,Ville,Site web\nAcme SAS,A12,Lyon,www.acme.fr\nBeta GmbH,B3,Köln,www.beta.de\n';
    expect((await readAll(exhibitors)).map((one) => [one.kind, one.organization])).toEqual([
      ['organization', 'Acme SAS'],
      ['organization', 'Beta GmbH'],
    ]);
    const people = 'Société,Nom,Prénom,E-mail\nAcme SAS,Dupont,Jean,j@acme.fr\nBeta,,,info@beta.fr\n';
    expect((await readAll(people)).map((one) => one.kind)).toEqual(['person', 'organization']);
  });

  it('takes a column that says so at its word', async () => {
    const rows =
      'Type de contact;Nom complet;E-mail\nPersonne;Durand SARL;d@d.fr\nPersonne morale;Jean Petit;j@p.fr\nPersonne physique;Acme SA;a@a.fr\n';
    const read = await readAll(rows);
    expect(read.map(({ kind, extra }) => [kind, extra])).toEqual([
      ['person', []],
      ['organization', []],
      ['person', []],
    ]);
  });

  it.each([
    ['Nom;Prénom;E-mail', 'family'],
    ['Name;Vorname;E-Mail', 'family'],
    ['Name;Surname;Email', 'given'],
    ['Nombre;Apellidos;Correo', 'given'],
    ['Name;Company;Email', 'full'],
  ])('knows what the name column is in %s', async (header, part) => {
    expect((await only(`${header}\nZoé;Martin;z@m.fr\n`)).name).toMatchObject({ [part]: 'Zoé' });
  });

  it('keeps every column without a place, and lets a person correct the mapping', async () => {
    const text = 'Nom,Prénom,Couleur,E-mail\nDupont,Jean,bleu,j@d.fr\n';
    expect((await only(text)).extra).toEqual([{ name: 'Couleur', value: 'bleu' }]);
    const mapping = { '': [{ header: 'Couleur', column: 2, target: 'note', confidence: 1, reason: 'user' as const }] };
    const [corrected] = await readAll(text, { mapping });
    expect(corrected).toMatchObject({ note: 'bleu', extra: [] });
  });

  it('keeps the row with its header as the original', async () => {
    const [contact] = await readAll('Nom;Prénom;E-mail\n"Du;pont";Jean;j@d.fr\n');
    expect(Buffer.from(contact!.original.data).toString()).toBe('Nom;Prénom;E-mail\r\n"Du;pont";Jean;j@d.fr\r\n');
  });

  it('reads a plain list of addresses', async () => {
    const contacts = await readAll('Jean Dupont <jean@d.fr>\nmarie@c.fr\n"Paul B" <paul@b.fr>\n');
    expect(contacts.map((one) => [one.name.full, one.emails[0]?.value])).toEqual([
      ['Jean Dupont', 'jean@d.fr'],
      [undefined, 'marie@c.fr'],
      ['Paul B', 'paul@b.fr'],
    ]);
  });

  it('decodes a line of another encoding by itself', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`Nom;Ville;E-mail\n${'Lefèvre;Nîmes;a@b.fr\n'.repeat(20)}`),
      Buffer.from('Béatrice;Orléans;c@d.fr\n', 'latin1'),
    ]);
    const cities = (await readAll(bytes)).map((one) => one.addresses[0]?.city);
    expect([cities[0], cities.at(-1)]).toEqual(['Nîmes', 'Orléans']);
  });
});
