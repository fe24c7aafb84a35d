/**
 * Tables that known products write. Data only: headers are folded (header.ts), `#` stands for a number, and a header's second
 * occurrence is looked up as `titre#2`.
 */
import type { ContactKind } from '../contact.ts';

export interface Layout {
  name: string;
  /** The layout is recognised when all headers of one of these sets are there. */
  signatures: string[][];
  /** Header → target, over the general dictionary. */
  headers: Record<string, string>;
  /** Headers not listed are kept as extra, without a look into the general dictionary. */
  closed?: boolean;
  kind?: ContactKind;
}

/** Tables without header, known by their number of columns and by what stands in some of them. */
export interface PositionalLayout {
  name: string;
  widths: number[];
  /** Column → what its filled cells must be. */
  proof: Record<number, 'email' | 'flag'>;
  targets: string[];
}

const GOOGLE_NUMBERED = {
  'e mail # value': 'email.#',
  'e mail # type': 'emailType.#',
  'e mail # label': 'emailType.#',
  'phone # value': 'phone.#',
  'phone # type': 'phoneType.#',
  'phone # label': 'phoneType.#',
  'address # type': 'addressType.#',
  'address # label': 'addressType.#',
  'address # formatted': 'formatted.#',
  'address # street': 'street.#',
  'address # city': 'city.#',
  'address # po box': 'pobox.#',
  'address # region': 'region.#',
  'address # postal code': 'postcode.#',
  'address # country': 'country.#',
  'address # extended address': 'extended.#',
  'website # type': 'urlType.#',
  'website # label': 'urlType.#',
  'website # value': 'url.#',
};

const GOOGLE_NAMES = {
  name: 'full',
  'given name': 'given',
  'first name': 'given',
  'additional name': 'additional',
  'middle name': 'additional',
  'family name': 'family',
  'last name': 'family',
  'name prefix': 'prefix',
  'name suffix': 'suffix',
  nickname: 'nickname',
  birthday: 'birthday',
  notes: 'note',
  'group membership': 'category',
  labels: 'category',
};

const GOOGLE: Layout[] = [
  {
    name: 'google',
    signatures: [
      ['given name', 'family name', 'e mail 1 value'],
      ['given name', 'family name', 'phone 1 value'],
      ['given name', 'family name', 'group membership'],
      ['first name', 'last name', 'labels'],
      ['first name', 'last name', 'e mail 1 label'],
      ['first name', 'last name', 'e mail 1 value'],
      ['first name', 'last name', 'phone 1 value'],
    ],
    closed: true,
    headers: {
      ...GOOGLE_NAMES,
      ...GOOGLE_NUMBERED,
      'organization 1 name': 'organization',
      'organization 1 title': 'title',
      'organization 1 department': 'department',
      'organization name': 'organization',
      'organization title': 'title',
      'organization department': 'department',
      occupation: 'title',
    },
  },
  {
    name: 'google-old',
    signatures: [
      ['name', 'e mail', 'section 1 email'],
      ['name', 'e mail', 'section 1 description'],
    ],
    closed: true,
    headers: {
      name: 'full',
      'e mail': 'email:preferred',
      notes: 'note',
      'section # email': 'email',
      'section # phone': 'phone',
      'section # mobile': 'phone:mobile',
      'section # pager': 'phone:pager',
      'section # fax': 'phone:fax',
      'section 1 company': 'organization',
      'section 1 title': 'title',
      'section 2 company': 'organization',
      'section 2 title': 'title',
      'section # address': 'street.#',
    },
  },
];

const OUTLOOK: Layout[] = [
  {
    name: 'outlook',
    signatures: [
      ['first name', 'last name', 'business street', 'e mail address'],
      ['first name', 'last name', 'e mail address', 'e mail 2 address', 'home phone'],
    ],
    headers: {
      title: 'prefix',
      'job title': 'title',
      'company main phone': 'phone:main,work',
      'home address': 'ignore',
      'business address': 'ignore',
      'other address': 'ignore',
      account: 'ignore',
      profession: 'ignore',
      'home address po box': 'pobox:home',
      'business address po box': 'pobox:work',
      'other address po box': 'pobox:other',
      keywords: 'ignore',
      location: 'ignore',
    },
  },
  {
    name: 'outlook-fr',
    signatures: [
      ['prenom', 'nom', 'rue bureau', 'adresse de messagerie'],
      ['prenom', 'nom', 'adresse de messagerie', 'tel mobile', 'societe'],
    ],
    headers: {
      titre: 'prefix',
      'titre#2': 'title',
      nom: 'family',
      service: 'department',
      anniversaire: 'birthday',
      bureau: 'ignore',
      compte: 'ignore',
      profession: 'ignore',
      'mots cles': 'ignore',
      'autre boite postale': 'pobox:other',
      'b p professionnelle': 'pobox:work',
      'boite postale du domicile': 'pobox:home',
      'telephone societe': 'phone:main,work',
      'telephone principal': 'phone:preferred',
      'titre de poste': 'title',
    },
  },
];

const THUNDERBIRD_HEADERS: Record<string, string> = {
  'display name': 'full',
  'primary email': 'email:preferred',
  'fax number': 'phone:fax',
  'pager number': 'phone:pager',
  'mobile number': 'phone:mobile',
  'screen name': 'ignore',
  'web page 1': 'url:work',
  'web page 2': 'url:home',
};

const ADDRESS_BOOKS: Layout[] = [
  {
    name: 'thunderbird',
    signatures: [
      ['display name', 'primary email', 'screen name'],
      ['display name', 'primary email', 'home zip code'],
    ],
    headers: THUNDERBIRD_HEADERS,
  },
  {
    name: 'thunderbird',
    signatures: [
      ['nom a afficher', 'premiere adresse electronique'],
      ['nom a afficher', 'adresse electronique principale'],
    ],
    headers: {
      'nom a afficher': 'full',
      'premiere adresse electronique': 'email:preferred',
      'adresse electronique principale': 'email:preferred',
      'adresse electronique secondaire': 'email',
      'adresse electronique alternative': 'email',
      pseudo: 'ignore',
      nom: 'family',
    },
  },
  {
    name: 'kmail',
    signatures: [['formatted name', 'honorific prefixes', 'email address']],
    headers: {
      'mail client': 'ignore',
      office: 'ignore',
      profession: 'ignore',
      'home address label': 'formatted:home',
      'business address label': 'formatted:work',
    },
  },
  {
    name: 'yahoo',
    signatures: [
      ['first', 'last', 'email', 'messenger id'],
      ['first', 'last', 'nickname', 'email', 'yahoo phone'],
    ],
    headers: {
      home: 'phone:home',
      work: 'phone:work',
      other: 'phone:other',
      'yahoo phone': 'phone:voip',
      primary: 'ignore',
      email: 'email:preferred',
      'alternate email #': 'email',
      'distribution lists': 'category',
      'personal website': 'url:home',
      'business website': 'url:work',
    },
  },
  {
    name: 'palm',
    signatures: [
      ['last name', 'first name', 'custom 1', 'private', 'category'],
      ['nom', 'prenom', 'perso 1', 'personnel', 'categorie'],
    ],
    headers: {
      nom: 'family',
      work: 'phone:work',
      home: 'phone:home',
      other: 'phone:other',
      main: 'phone:main',
      bureau: 'phone:work',
      domicile: 'phone:home',
      personnel: 'ignore',
      private: 'ignore',
    },
  },
  {
    name: 'apple',
    signatures: [
      ['first name', 'last name', 'phone i phone'],
      ['first name', 'last name', 'phonetic first name', 'phone mobile'],
      ['prenom', 'nom', 'telephone i phone'],
    ],
    headers: {
      'phone i phone': 'phone:mobile',
      'telephone i phone': 'phone:mobile',
      nom: 'family',
      'job title': 'title',
      'phone main': 'phone:main',
      related: 'ignore',
    },
  },
  {
    name: 'linkedin',
    signatures: [
      ['first name', 'last name', 'connected on'],
      ['first name', 'last name', 'position', 'url', 'company'],
    ],
    headers: {
      url: 'url:linkedin',
      'email address': 'email',
      company: 'organization',
      position: 'title',
      'connected on': 'ignore',
    },
  },
];

const SALESFORCE_ADDRESS = (prefix: string, key: string): Record<string, string> => ({
  [`${prefix} street`]: `street${key}`,
  [`${prefix} city`]: `city${key}`,
  [`${prefix} state`]: `region${key}`,
  [`${prefix} postal code`]: `postcode${key}`,
  [`${prefix} country`]: `country${key}`,
});

const CRM: Layout[] = [
  {
    name: 'salesforce',
    signatures: [
      ['id', 'account id', 'last name', 'mailing city'],
      ['id', 'last name', 'has opted out of email'],
    ],
    closed: true,
    headers: {
      id: 'uid',
      name: 'full',
      'first name': 'given',
      'last name': 'family',
      'middle name': 'additional',
      salutation: 'prefix',
      suffix: 'suffix',
      email: 'email:preferred',
      'secondary email c': 'email',
      phone: 'phone:work',
      'mobile phone': 'phone:mobile',
      'home phone': 'phone:home',
      'other phone': 'phone:other',
      fax: 'phone:fax,work',
      title: 'title',
      department: 'department',
      'company c': 'organization',
      'account name': 'organization',
      company: 'organization',
      birthdate: 'birthday',
      description: 'note',
      'linked in url c': 'url:linkedin',
      'has opted out of email': 'optOut:email',
      'sales email opt out c': 'optOut:email',
      'do not call': 'optOut:phone',
      'email opt in explicit c': 'optIn:email',
      'gdpr opt in explicit c': 'optIn:any',
      'last modified date': 'revision',
      ...SALESFORCE_ADDRESS('mailing', ':work'),
      ...SALESFORCE_ADDRESS('other', ':other'),
    },
  },
  {
    name: 'salesforce-accounts',
    signatures: [
      ['id', 'name', 'billing city', 'shipping city'],
      ['id', 'name', 'account number', 'industry'],
      ['account id', 'account name', 'billing city'],
    ],
    closed: true,
    kind: 'organization',
    headers: {
      id: 'uid',
      'account id': 'uid',
      name: 'organization',
      'account name': 'organization',
      phone: 'phone:work',
      fax: 'phone:fax,work',
      website: 'url:work',
      description: 'note',
      'last modified date': 'revision',
      ...SALESFORCE_ADDRESS('billing', ':work'),
      ...SALESFORCE_ADDRESS('shipping', ':other'),
    },
  },
  {
    name: 'hubspot',
    signatures: [
      ['property firstname', 'property lastname'],
      ['property email', 'id'],
      ['record id', 'first name', 'last name', 'email'],
      ['record id contact', 'first name', 'last name'],
      ['contact owner', 'lifecycle stage', 'first name'],
      ['id de fiche d informations', 'prenom', 'nom'],
      ['id de la fiche d informations', 'prenom', 'nom'],
    ],
    headers: {
      id: 'uid',
      'record id': 'uid',
      'record id contact': 'uid',
      'id de fiche d informations': 'uid',
      'id de la fiche d informations': 'uid',
      nom: 'family',
      'property email': 'email:preferred',
      'property company': 'organization',
      'property createdate': 'ignore',
      'property hs email optout': 'optOut:email',
      'unsubscribed from all email': 'optOut:email',
      'desabonne de tous les e mails': 'optOut:email',
      'property lastmodifieddate': 'revision',
      'associated company': 'organization',
      'email domain': 'ignore',
    },
  },
  {
    name: 'hubspot-companies',
    signatures: [
      ['id', 'property name', 'property industry'],
      ['id', 'property name', 'property domain'],
      ['record id', 'company name', 'company owner'],
      ['record id', 'company name', 'industry'],
    ],
    kind: 'organization',
    headers: {
      id: 'uid',
      'record id': 'uid',
      'property name': 'organization',
      'company name': 'organization',
      'property description': 'note',
      'property domain': 'url:work',
      'company domain name': 'url:work',
      'company owner': 'ignore',
      'property address #': 'street',
    },
  },
  {
    name: 'zendesk',
    signatures: [
      ['id', 'name', 'email', 'ticket restriction'],
      ['id', 'name', 'email', 'time zone', 'verified'],
    ],
    closed: true,
    headers: {
      id: 'uid',
      name: 'full',
      email: 'email',
      phone: 'phone',
      notes: 'note',
      details: 'note',
      alias: 'nickname',
      'updated at': 'revision',
    },
  },
  {
    name: 'zendesk-organizations',
    signatures: [['id', 'name', 'shared tickets', 'shared comments']],
    closed: true,
    kind: 'organization',
    headers: {
      id: 'uid',
      name: 'organization',
      notes: 'note',
      details: 'note',
      'updated at': 'revision',
      'domain names': 'url:work',
    },
  },
  {
    name: 'mailchimp',
    signatures: [
      ['email address', 'optin time'],
      ['email address', 'member rating'],
      ['email address', 'leid'],
      ['adresse e mail', 'optin time'],
    ],
    headers: {
      'optin time': 'optInTime:email',
      'confirm time': 'optInTime:email',
      'unsub time': 'optOut:email',
      // Of an export of cleaned addresses, which bounced: what was agreed to before does not open them.
      'clean time': 'optOut:email',
      'last changed': 'revision',
      euid: 'uid',
      leid: 'ignore',
      tags: 'category',
      'member rating': 'ignore',
      region: 'ignore',
      cc: 'ignore',
      'optin ip': 'ignore',
      'confirm ip': 'ignore',
      timezone: 'ignore',
    },
  },
];

const PUBLIC_DATA: Layout[] = [
  {
    name: 'sirene',
    signatures: [['siren', 'nic', 'siret']],
    closed: true,
    kind: 'organization',
    headers: {
      siret: 'uid',
      'denomination usuelle etablissement': 'organization',
      'denomination unite legale': 'organization',
      enseigne1etablissement: 'organization',
      'complement adresse etablissement': 'extended.1',
      'numero voie etablissement': 'streetPart.1',
      'indice repetition etablissement': 'streetPart.1',
      'type voie etablissement': 'streetPart.1',
      'libelle voie etablissement': 'streetPart.1',
      'distribution speciale etablissement': 'pobox.1',
      'code postal etablissement': 'postcode.1',
      'libelle commune etablissement': 'city.1',
      'libelle pays etranger etablissement': 'country.1',
      'date dernier traitement etablissement': 'revision',
    },
  },
  {
    name: 'gephi-nodes',
    signatures: [
      ['id', 'label', 'gender'],
      ['id', 'label', 'birthdate'],
    ],
    headers: { id: 'uid', label: 'full' },
  },
];

/** Our own export (server/cards/export-columns.ts), in both languages; the other columns' names say what they hold. */
const OWN: Layout[] = [
  {
    name: 'entregent_export',
    signatures: [
      ['kind', 'full name', 'e mail 1 type', 'phone 1 type'],
      ['type de contact', 'nom complet', 'adresse electronique 1 type', 'telephone 1 type'],
    ],
    headers: {
      'e mail # type': 'emailType.#',
      'phone # type': 'phoneType.#',
      title: 'title',
      'adresse electronique # type': 'emailType.#',
      'telephone # type': 'phoneType.#',
      'address type': 'addressType',
      'address # type': 'addressType.#',
      'street #': 'street.#',
      'postal code #': 'postcode.#',
      'city #': 'city.#',
      'region #': 'region.#',
      'country #': 'country.#',
      'adresse type': 'addressType',
      'adresse # type': 'addressType.#',
      'rue #': 'street.#',
      'code postal #': 'postcode.#',
      'ville #': 'city.#',
      'pays #': 'country.#',
    },
  },
];

export const LAYOUTS: readonly Layout[] = [...OWN, ...GOOGLE, ...OUTLOOK, ...ADDRESS_BOOKS, ...CRM, ...PUBLIC_DATA];

const THUNDERBIRD_TAIL = [
  'street:home',
  'street:home',
  'city:home',
  'region:home',
  'postcode:home',
  'country:home',
  'street:work',
  'street:work',
  'city:work',
  'region:work',
  'postcode:work',
  'country:work',
  'title',
  'department',
  'organization',
  'url:work',
  'url:home',
  'birthYear',
  'birthMonth',
  'birthDay',
  'ignore',
  'ignore',
  'ignore',
  'ignore',
  'note',
];
const THUNDERBIRD_PHONES = ['phone:work', 'phone:home', 'phone:fax', 'phone:pager', 'phone:mobile'];
const THUNDERBIRD_HEAD = ['given', 'family', 'full', 'nickname', 'email:preferred', 'email'];

export const POSITIONAL: readonly PositionalLayout[] = [
  {
    name: 'thunderbird',
    widths: [36, 37],
    proof: { 4: 'email', 5: 'email' },
    targets: [...THUNDERBIRD_HEAD, ...THUNDERBIRD_PHONES, ...THUNDERBIRD_TAIL],
  },
  {
    name: 'thunderbird',
    widths: [37, 38, 39],
    proof: { 4: 'email', 5: 'email' },
    targets: [...THUNDERBIRD_HEAD, 'ignore', ...THUNDERBIRD_PHONES, ...THUNDERBIRD_TAIL],
  },
  {
    name: 'palm',
    widths: [20, 21],
    proof: { 8: 'email', 19: 'flag' },
    targets: [
      'family',
      'given',
      'title',
      'organization',
      'phone:work',
      'phone:home',
      'phone:fax',
      'phone:other',
      'email',
      'street',
      'city',
      'region',
      'postcode',
      'country',
      'ignore',
      'ignore',
      'ignore',
      'ignore',
      'note',
      'ignore',
      'category',
    ],
  },
];
