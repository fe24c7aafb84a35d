import { z } from 'zod';
import { fieldGroup, grantTerms } from '../delegation/contract.ts';
import { locale } from '../identity/contract.ts';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';

export const kind = z.enum(['person', 'organization']);
const place = z.enum(['work', 'home', 'other']);
const text = z.string().max(2000);

/** The typed values of a card, by field kind. Writers may leave out what the server derives (normalised, e164, raw). */
export const fieldValue = {
  name: z.object({
    full: text.optional(),
    given: text.optional(),
    additional: text.optional(),
    family: text.optional(),
    prefix: text.optional(),
    suffix: text.optional(),
    nickname: text.optional(),
  }),
  email: z.object({
    value: text,
    normalised: text.optional(),
    type: place.optional(),
    label: text.optional(),
    preferred: z.boolean().optional(),
  }),
  phone: z.object({
    raw: text,
    e164: z.string().nullable().optional(),
    extension: text.optional(),
    type: z.enum(['mobile', 'landline', 'fax', 'pager', 'voip', 'main', 'other']).optional(),
    place: place.optional(),
    label: text.optional(),
    preferred: z.boolean().optional(),
  }),
  organization: z.object({ name: text.optional(), department: text.optional() }),
  title: z.object({ value: text }),
  address: z.object({
    raw: text.optional(),
    street: text.optional(),
    postcode: text.optional(),
    city: text.optional(),
    region: text.optional(),
    country: text.optional(),
    countryCode: text.optional(),
    type: place.optional(),
    label: text.optional(),
  }),
  url: z.object({ value: text, type: text.optional() }),
  birthday: z.object({ value: z.string().regex(/^(\d{4}|-)-\d{2}-\d{2}$/) }),
  note: z.object({ value: z.string().max(100_000) }),
  category: z.object({ value: text }),
  photo: z.object({
    hash: z.string().optional(),
    type: z.string(),
    size: z.number().int(),
    url: z.string().optional(),
  }),
  consent: z.object({
    channel: z.enum(['email', 'phone', 'post', 'any']),
    state: z.enum(['given', 'objected', 'unknown']),
    since: z.string().optional(),
    evidence: z.string(),
  }),
  extra: z.object({ name: text, value: z.string().max(1_000_000) }),
} as const;
export type FieldKind = keyof typeof fieldValue;
export const fieldKinds = Object.keys(fieldValue) as FieldKind[];
export const fieldKind = z.enum(fieldKinds as [FieldKind, ...FieldKind[]]);

/** A field to write: its kind and a value of that kind. */
export const fieldInput = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('name'), value: fieldValue.name }),
  z.object({ kind: z.literal('email'), value: fieldValue.email }),
  z.object({ kind: z.literal('phone'), value: fieldValue.phone }),
  z.object({ kind: z.literal('organization'), value: fieldValue.organization }),
  z.object({ kind: z.literal('title'), value: fieldValue.title }),
  z.object({ kind: z.literal('address'), value: fieldValue.address }),
  z.object({ kind: z.literal('url'), value: fieldValue.url }),
  z.object({ kind: z.literal('birthday'), value: fieldValue.birthday }),
  z.object({ kind: z.literal('note'), value: fieldValue.note }),
  z.object({ kind: z.literal('category'), value: fieldValue.category }),
]);
export type FieldInput = z.output<typeof fieldInput>;

/** One line of the contacts list: a person as the viewer may see them. */
export const entry = z.object({
  id,
  kind,
  name: z.string(),
  organization: z.string().nullable(),
  title: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  city: z.string().nullable(),
  /** Content hash of the photo: `/api/v1/people/:id/photo?v=<hash>`. */
  photo: z.string().nullable(),
  /** How many visible cards stand behind it. */
  cards: z.number().int(),
  /** When the newest of its values was seen at its source. */
  seenAt: instant,
});
export type Entry = z.output<typeof entry>;

export const freshness = z.enum(['quarter', 'year', 'three_years', 'older']);
export type Freshness = z.output<typeof freshness>;

/** What narrows a list; the same for people, facets, export and saved views. */
export const filter = {
  q: z.string().trim().max(200).optional(),
  kind: kind.optional(),
  bookId: id.optional(),
  sourceId: id.optional(),
  /** Exact company name as a facet gives it. */
  organization: z.string().max(300).optional(),
  /** Seen at its source in the last 3 months, within the last year, in the last 3 years, or earlier. */
  freshness: freshness.optional(),
  /** Only those on which an import of mine remarked something, and that nobody has corrected since. */
  toVerify: z.literal('yes').optional(),
};
export const sort = z.enum(['name', 'organization', 'recent']);

export const listPeople = contract({
  name: 'cards.listPeople',
  method: 'GET',
  path: '/people',
  summary:
    'The persons and organisations that I may see; `q` searches names, companies, e-mails, phones, titles, cities, forgiving accents and typos',
  input: z.object({ ...filter, sort: sort.default('name'), ...paging }),
  output: page(entry),
  access: 'member',
  scope: 'contacts:read',
  apps: true,
});

export const listCompanies = contract({
  name: 'cards.listCompanies',
  method: 'GET',
  path: '/companies',
  summary: 'Companies that stand only on the cards of people I may see, and have no card of their own, by name',
  input: z.object({ q: filter.q, ...paging }),
  output: page(
    z.object({
      name: z.string(),
      /** How many people name it; 100 stands for a hundred or more. */
      people: z.number().int(),
    }),
  ),
  access: 'member',
  scope: 'contacts:read',
  apps: true,
});

const bucket = z.object({ value: z.string(), label: z.string(), count: z.number().int() });
export const getFacets = contract({
  name: 'cards.getFacets',
  method: 'GET',
  path: '/people/facets',
  summary: 'How many there are, and the most frequent sources, companies, books and ages among them',
  input: z.object(filter),
  output: z.object({
    /** Counted up to 10,000; `more` says that there are further ones. */
    total: z.object({
      count: z.number().int(),
      more: z.boolean(),
      /** Nothing matches as written: these are the nearest spellings. */
      approximate: z.boolean(),
    }),
    /** How many more match in books that colleagues lend for discovery only, up to 20. */
    discoverable: z.number().int(),
    kinds: z.array(bucket),
    books: z.array(bucket),
    sources: z.array(bucket),
    organizations: z.array(bucket),
    freshness: z.array(bucket),
  }),
  access: 'member',
  scope: 'contacts:read',
  apps: true,
});

export const countToVerify = contract({
  name: 'cards.countToVerify',
  method: 'GET',
  path: '/people/to-verify',
  summary: 'How many have details to verify: what `toVerify` finds, up to 10,000',
  input: z.object({ kind: kind.optional() }),
  output: z.object({ count: z.number().int() }),
  access: 'member',
  scope: 'contacts:read',
});

/** Stands for the contact themself where it is said who wrote a value (the nil UUID, RFC 9562, 5.9): no member has it. */
export const themself = '00000000-0000-0000-0000-000000000000';

export const provenance = z.object({
  cardId: id,
  fieldNo: z.number().int(),
  /** Whether the source, a member, or the contact themself wrote it. */
  writtenBy: z.enum(['source', 'member', 'themself']),
  memberName: z.string().nullable(),
  /** When the source was last seen to say so, or the member wrote it. */
  seenAt: instant,
});
/** Why this value stands first. `only`: there is no other. */
export const reason = z.enum(['only', 'confirmed', 'corrected', 'recent', 'trusted', 'frequent', 'preferred']);

export const personValue = z.object({
  kind: fieldKind,
  /** A value of that kind (see FieldValue in the schema). */
  value: z.record(z.string(), z.unknown()),
  /** As one line of text. */
  display: z.string(),
  /** Stands in the reference; the others are alternatives. All values of list-like kinds (e-mail, phone…) are chosen. */
  chosen: z.boolean(),
  reason,
  provenance: z.array(provenance),
  contactPoint: z
    .object({
      id,
      consent: z.enum(['unknown', 'given', 'objected']),
      health: z.enum(['unknown', 'good', 'failing', 'dead']),
    })
    .nullable(),
  /** How likely it is still right, by its age and what happened since; null for what does not age. */
  age: z.object({ likely: z.number(), signs: z.array(z.enum(['moved', 'failing', 'dead'])) }).nullable(),
});
export type PersonValue = z.output<typeof personValue>;

export const cardSummary = z.object({
  id,
  book: z.object({ id, name: z.string() }),
  holder: z.object({ kind: z.enum(['member', 'workspace']), name: z.string() }),
  source: z.object({ id, name: z.string(), kind: z.string() }),
  /** I hold it: I may edit, withhold and move it. */
  mine: z.boolean(),
  withheld: z.boolean(),
  /** When it vanished at its source. */
  endedAt: instant.nullable(),
  createdAt: instant,
  seenAt: instant,
  /** The original can be fetched (of mine, or lent to me for taking along): `/api/v1/cards/:id/original`. */
  original: z.object({ mediaType: z.string(), size: z.number().int() }).nullable(),
  /** How it is joined with another card shown here: the evidence in codes, e.g. `email`, `phone`, `name_organization`. */
  links: z.array(z.object({ cardId: id, evidence: z.array(z.string()) })),
});

export const person = z.object({
  id,
  kind,
  name: z.string(),
  photo: z.string().nullable(),
  values: z.array(personValue),
  /** 0 to 100: how likely what one needs to reach them is still right; null where nothing of it ages. */
  freshness: z.number().nullable(),
  cards: z.array(cardSummary),
  /** Whether I may take something of them along: a card of mine, or one lent to me for that. */
  exportable: z.boolean(),
});
export type Person = z.output<typeof person>;

export const getPerson = contract({
  name: 'cards.getPerson',
  method: 'GET',
  path: '/people/:personId',
  summary:
    'A person with each value, where it comes from, how old it is and what else is said; an id merged away answers the remaining one',
  input: z.object({ personId: id }),
  output: person,
  access: 'member',
  scope: 'contacts:read',
  apps: true,
});
const fieldPlace = z.object({ cardId: id, fieldNo: z.number().int() });
export const updatePerson = contract({
  name: 'cards.updatePerson',
  method: 'PATCH',
  path: '/people/:personId',
  summary: 'Write values of a person on my own card of them (made if need be); `remove` takes back values I wrote',
  input: z.object({
    personId: id,
    set: z.array(fieldInput).max(100).default([]),
    /** Values of colleagues that what is set corrects: they are offered it in their place. */
    instead: z.array(fieldPlace).max(100).default([]),
    remove: z.array(fieldPlace).max(100).default([]),
  }),
  output: person,
  access: 'member',
  scope: 'contacts:write',
});

export const cardInput = z.object({
  kind: kind.default('person'),
  /** The caller's own identifier; a second card of the same uid in this source is a conflict. */
  uid: z.string().max(500).optional(),
  fields: z.array(fieldInput).min(1).max(200),
});
export const cardRef = z.object({ id, personId: id });
export const createCard = contract({
  name: 'cards.createCard',
  method: 'POST',
  path: '/cards',
  summary: 'Write a new card into one of my books',
  input: cardInput.extend({ bookId: id.optional() }),
  output: cardRef,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});
export const createCards = contract({
  name: 'cards.createCards',
  method: 'POST',
  path: '/cards/batch',
  summary: 'Write up to 500 new cards at once: all or none',
  input: z.object({ bookId: id.optional(), cards: z.array(cardInput).min(1).max(500) }),
  output: z.object({ items: z.array(cardRef) }),
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});
export const card = cardSummary.extend({
  personId: id,
  /** What its source calls it; of a card that I hold only, because no field left out covers it. */
  uid: z.string().nullable(),
  kind,
  fields: z.array(
    z.object({
      no: z.number().int(),
      kind: fieldKind,
      class: z.string(),
      value: z.record(z.string(), z.unknown()),
      writtenBy: z.enum(['source', 'member']),
      /** What the source last said, where a person corrected it. */
      sourceValue: z.record(z.string(), z.unknown()).nullable(),
      seenAt: instant,
    }),
  ),
});
export const getCard = contract({
  name: 'cards.getCard',
  method: 'GET',
  path: '/cards/:cardId',
  summary: 'A card as its source holds it, and what people corrected',
  input: z.object({ cardId: id }),
  output: card,
  access: 'member',
  scope: 'contacts:read',
  apps: true,
});
export const updateCard = contract({
  name: 'cards.updateCard',
  method: 'PATCH',
  path: '/cards/:cardId',
  summary: 'Correct values of a card I hold, withhold it from what I lend, or move it to another of my books',
  input: z.object({
    cardId: id,
    set: z
      .array(z.object({ no: z.number().int(), field: fieldInput }))
      .max(100)
      .default([]),
    add: z.array(fieldInput).max(100).default([]),
    remove: z.array(z.number().int()).max(100).default([]),
    /** Numbers of corrected values to give back to the source, with what it last said; they count as the source's again. */
    restore: z.array(z.number().int()).max(100).default([]),
    withheld: z.boolean().optional(),
    bookId: id.optional(),
  }),
  output: card,
  access: 'member',
  scope: 'contacts:write',
});
export const removeCard = contract({
  name: 'cards.removeCard',
  method: 'DELETE',
  path: '/cards/:cardId',
  summary: 'Take a card I hold out of sight; it can be restored for 30 days',
  input: z.object({ cardId: id }),
  output: z.object({ restorableUntil: instant }),
  access: 'member',
  scope: 'contacts:write',
});
export const restoreCard = contract({
  name: 'cards.restoreCard',
  method: 'POST',
  path: '/cards/:cardId/restore',
  summary: 'Bring back a card taken out of sight',
  input: z.object({ cardId: id }),
  output: cardRef,
  access: 'member',
  scope: 'contacts:write',
});

export const previewGrant = contract({
  name: 'cards.previewGrant',
  method: 'POST',
  path: '/books/:bookId/grants/preview',
  summary:
    'What a grant would open: how many contacts, which fields, and some of them as the grantee or one colleague would see them',
  input: grantTerms.extend({
    bookId: id,
    /** As this colleague would see the book: with what already stands for them. */
    asMemberId: id.optional(),
  }),
  output: z.object({
    persons: z.number().int(),
    organizations: z.number().int(),
    /** Contacts kept back one by one: no grant opens them. */
    withheld: z.number().int(),
    /** Whether they may be read at all. */
    readable: z.boolean(),
    /** What stands in the book, and whether it is shown. */
    fields: z.array(z.object({ group: fieldGroup, shown: z.boolean(), values: z.number().int() })),
    examples: z.array(
      z.object({
        id,
        name: z.string(),
        values: z.array(z.object({ kind: fieldKind, display: z.string() })),
        /** Values of this contact that are not shown. */
        hidden: z.number().int(),
      }),
    ),
  }),
  access: 'member',
  scope: 'contacts:read',
});

/** Why a card looks dead; each rule is one sentence on the screen. See `findDead`. */
export const deadReason = z.enum(['ended', 'empty', 'unreachable', 'closed']);
export type DeadReason = z.output<typeof deadReason>;
/** Nothing new was seen of a card for so many months. */
const quietMonths = z.coerce.number().int().min(1).max(120).default(12);

/** A card of mine by itself, with what tells it from others. */
const cardInShort = z.object({
  card: cardSummary,
  kind,
  name: z.string(),
  values: z.array(personValue.pick({ kind: true, value: true, display: true })),
});
export const listDead = contract({
  name: 'cards.listDead',
  method: 'GET',
  path: '/cards/dead',
  summary: 'Cards I hold that look dead, each with its reasons, the oldest cards first',
  input: z.object({ months: quietMonths, reason: deadReason.optional(), ...paging }),
  output: page(
    cardInShort.extend({
      reasons: z.array(deadReason).min(1),
      /** The last sign of life: seen at its source, written to, noted, or kept by a member. */
      quietSince: instant,
    }),
  ),
  access: 'member',
  scope: 'contacts:read',
});
export const countDead = contract({
  name: 'cards.countDead',
  method: 'GET',
  path: '/cards/dead/count',
  summary: 'How many of my cards look dead, by reason, and how many are archived',
  input: z.object({ months: quietMonths }),
  output: z.object({
    /** Counted up to 1,000; `more` says that there are further ones. A card may have several reasons. */
    total: z.number().int(),
    more: z.boolean(),
    reasons: z.array(z.object({ reason: deadReason, count: z.number().int() })),
    archived: z.number().int(),
  }),
  access: 'member',
  scope: 'contacts:read',
});
const someCards = z.array(id).min(1).max(500);
export const archiveCards = contract({
  name: 'cards.archiveCards',
  method: 'POST',
  path: '/cards/archive',
  summary: 'Archive cards I hold: out of lists, search, exports and matching, kept for good, brought back at any time',
  input: z.object({ cardIds: someCards, months: quietMonths }),
  output: z.object({ archived: z.number().int() }),
  access: 'member',
  scope: 'contacts:write',
});
export const unarchiveCards = contract({
  name: 'cards.unarchiveCards',
  method: 'POST',
  path: '/cards/archive/restore',
  summary: 'Bring cards back from the archive, lent or withheld as they were',
  input: z.object({ cardIds: someCards }),
  output: z.object({ restored: z.number().int() }),
  access: 'member',
  scope: 'contacts:write',
});
export const keepCards = contract({
  name: 'cards.keepCards',
  method: 'POST',
  path: '/cards/dead/keep',
  summary:
    'Say that cards I hold are not dead: they are proposed again after as many months without news; or take that back',
  input: z.object({ cardIds: someCards, keep: z.boolean().default(true) }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});
export const listArchived = contract({
  name: 'cards.listArchived',
  method: 'GET',
  path: '/cards/archived',
  summary: 'The archived cards I hold, the last ones first, and why they were archived',
  input: z.object(paging),
  output: page(
    cardInShort.extend({
      /** None: archived by hand. */
      reasons: z.array(deadReason),
      archivedAt: instant,
    }),
  ),
  access: 'member',
  scope: 'contacts:read',
});

/** What makes a value age faster. `moved`: seen with another employer since; `failing`, `dead`: messages come back, for a while or for good. */
export const ageingSign = z.enum(['moved', 'failing', 'dead']);
export const listToVerify = contract({
  name: 'cards.listToVerify',
  method: 'GET',
  path: '/cards/to-verify',
  summary:
    'Values on cards I hold that are likelier wrong than right by their age and by what happened since, the worst first',
  input: z.object({ ...paging }),
  output: page(
    z.object({
      cardId: id,
      fieldNo: z.number().int(),
      name: z.string(),
      kind: fieldKind,
      value: z.record(z.string(), z.unknown()),
      display: z.string(),
      seenAt: instant,
      signs: z.array(ageingSign),
      /** How likely it is still right, 0 to 1. */
      likely: z.number(),
    }),
  ),
  access: 'member',
  scope: 'contacts:read',
});
export const confirmFields = contract({
  name: 'cards.confirmFields',
  method: 'POST',
  path: '/cards/:cardId/confirm',
  summary: 'Say of values on a card I hold that they are right as they stand, or take that back',
  input: z.object({
    cardId: id,
    fieldNos: z.array(z.number().int()).min(1).max(100),
    confirm: z.boolean().default(true),
  }),
  output: z.object({}),
  access: 'member',
  scope: 'contacts:write',
});
export const getDecay = contract({
  name: 'cards.getDecay',
  method: 'GET',
  path: '/cards/decay',
  summary: 'What share of values of each class is wrong a year later: as usual, and as this company has seen it',
  input: z.object({}),
  output: z.object({
    items: z.array(
      z.object({
        class: z.string(),
        /** Shares a year, 0 to 1. `measured`: null until it is that of many values of several holders. */
        usual: z.number(),
        measured: z.number().nullable(),
      }),
    ),
  }),
  access: 'member',
  scope: 'contacts:read',
});

/** What happened to the cards behind a person, newest first. */
export const historyItem = z.object({
  at: instant,
  kind: z.enum([
    'imported',
    'updated_by_import',
    /** Changed at its source too; what stood here stays. */
    'kept_here',
    'created',
    'edited',
    'ended',
    'removed',
    'restored',
    'moved',
    'withheld',
    'lent_again',
    'archived',
    'unarchived',
    /** An import found it changed at its source, and brought it back from the archive. */
    'revived',
    /** Said to be right as it stands. */
    'confirmed',
    'linked',
    'unlinked',
    'note',
  ]),
  cardId: id.nullable(),
  memberName: z.string().nullable(),
  /** The holder who accepted it, where it was offered to them. */
  acceptedBy: z.string().nullable(),
  /** Kinds of the values touched, as far as I may see them. */
  fields: z.array(fieldKind),
  /** The values that went and came, as one line of text each, as far as I may see them; the first 200 characters. */
  changes: z.array(
    z.object({
      kind: fieldKind,
      before: z.string().nullable(),
      after: z.string().nullable(),
      /** A correction of mine or of a steward that still stands: the field to `restore` on the card, to give it back to its source. */
      giveBack: z.number().int().nullable(),
    }),
  ),
  note: z.object({ id, text: z.string(), mine: z.boolean() }).nullable(),
});
export const listHistory = contract({
  name: 'cards.listHistory',
  method: 'GET',
  path: '/people/:personId/history',
  summary: 'Notes and changes of a person, newest first',
  input: z.object({ personId: id, ...paging }),
  output: page(historyItem),
  access: 'member',
  scope: 'contacts:read',
  apps: true,
});
/** About when: the month in which it was first seen, and in which a source first said otherwise. */
const period = { since: instant, until: instant.nullable() };
export const listEmployments = contract({
  name: 'cards.listEmployments',
  method: 'GET',
  path: '/people/:personId/employments',
  summary:
    'Where a person is and was, with which title, as far as sources have said it: today first, then the last one left',
  input: z.object({ personId: id }),
  output: z.object({
    items: z.array(
      z.object({
        organization: z.string(),
        /** The organisation of that name that I see; null: none, or several that nothing tells apart. */
        organizationId: id.nullable(),
        title: z.string().nullable(),
        ...period,
      }),
    ),
  }),
  access: 'member',
  scope: 'contacts:read',
  apps: true,
});
const colleague = z.object({ personId: id, name: z.string(), title: z.string().nullable(), ...period });
export const listStaff = contract({
  name: 'cards.listStaff',
  method: 'GET',
  path: '/people/:personId/staff',
  summary: 'The persons I may see who are at an organisation now, and who were there before',
  input: z.object({ personId: id }),
  output: z.object({
    now: z.array(colleague),
    before: z.array(colleague),
    /** Not all contacts that name it were looked at. */
    more: z.boolean(),
  }),
  access: 'member',
  scope: 'contacts:read',
  apps: true,
});
export const addNote = contract({
  name: 'cards.addNote',
  method: 'POST',
  path: '/people/:personId/notes',
  summary: 'Write a dated note; those who may read the card it hangs on can read it',
  input: z.object({ personId: id, text: z.string().trim().min(1).max(20_000) }),
  output: historyItem,
  access: 'member',
  scope: 'contacts:write',
});
export const removeNote = contract({
  name: 'cards.removeNote',
  method: 'DELETE',
  path: '/notes/:noteId',
  summary: 'Remove a note of mine',
  input: z.object({ noteId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

export const view = z.object({
  id,
  name: z.string(),
  filter: z.object({ ...filter, sort: sort.default('name') }),
});
export const listViews = contract({
  name: 'cards.listViews',
  method: 'GET',
  path: '/views',
  summary: 'My saved views of the contacts list',
  input: nothing,
  output: z.object({ items: z.array(view) }),
  access: 'member',
  scope: 'contacts:read',
});
export const saveView = contract({
  name: 'cards.saveView',
  method: 'POST',
  path: '/views',
  summary: 'Save a view under a name; the same name is replaced',
  input: view.omit({ id: true }).extend({ name: z.string().trim().min(1).max(100) }),
  output: view,
  access: 'member',
  scope: 'contacts:write',
});
export const deleteView = contract({
  name: 'cards.deleteView',
  method: 'DELETE',
  path: '/views/:viewId',
  summary: 'Delete a saved view',
  input: z.object({ viewId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

/** A file, streamed: `GET /api/v1/people/export?format=vcf|csv|xlsx&<filter>&mine=true`. */
export const exportPath = '/people/export';
export const exportQuery = z.object({
  ...filter,
  format: z.enum(['vcf', 'csv', 'xlsx']),
  /** Only the cards I hold, one by one, instead of the persons of the reference. */
  mine: z.stringbool().default(false),
  /** The language of the columns' names; mine when left out. */
  locale: locale.optional(),
});
/** One person as a vCard 3.0, with their photo. */
export const personExportPath = '/people/:personId/vcard';
/** Binary answers: `GET /api/v1/people/:personId/photo`, `GET /api/v1/cards/:cardId/original`. */
export const photoPath = '/people/:personId/photo';
export const originalPath = '/cards/:cardId/original';

/** What a colleague wrote of a person, or they themself (`from.id` is `themself`), offered to the holder of a card of theirs. */
export const offer = z.object({
  id,
  /** The holder's card, by which the person is found. */
  contact: z.object({ id, name: z.string() }),
  book: z.object({ id, name: z.string() }),
  kind: fieldKind,
  display: z.string(),
  /** What stands on the card now where it would be written; null: it is added. */
  replaces: z.string().nullable(),
  from: z.object({ id, name: z.string() }),
  at: instant,
});
export type Offer = z.output<typeof offer>;

export const listOffers = contract({
  name: 'cards.listOffers',
  method: 'GET',
  path: '/offers',
  summary: 'What colleagues offer for my cards, oldest first; a page may be shorter where cards say the same by now',
  input: z.object({ ...paging, personId: id.optional() }),
  output: page(offer),
  access: 'member',
  scope: 'contacts:read',
});
export const acceptOffer = contract({
  name: 'cards.acceptOffer',
  method: 'POST',
  path: '/offers/:offerId/accept',
  summary:
    'Write an offered value on my card, as the word of who offered it; `always`: from now on all of theirs for this book',
  input: z.object({
    offerId: id,
    /** What I was shown that it replaces; where something else stands there by now, nothing is written. */
    replaces: z.string().nullable(),
    always: z.boolean().default(false),
  }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});
export const ignoreOffer = contract({
  name: 'cards.ignoreOffer',
  method: 'POST',
  path: '/offers/:offerId/ignore',
  summary: 'Leave my card as it is; the same value is not offered again, and nobody is told',
  input: z.object({ offerId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});
export const reopenOffer = contract({
  name: 'cards.reopenOffer',
  method: 'POST',
  path: '/offers/:offerId/reopen',
  summary: 'Take back what I decided of an offer: it waits again, and what it replaced stands again',
  input: z.object({ offerId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});
export const listTrusted = contract({
  name: 'cards.listTrusted',
  method: 'GET',
  path: '/trusted',
  summary: 'From whom I always accept offers, for which of my books',
  input: nothing,
  output: z.object({
    items: z.array(z.object({ book: z.object({ id, name: z.string() }), member: z.object({ id, name: z.string() }) })),
  }),
  access: 'member',
  scope: 'contacts:read',
});
export const endTrust = contract({
  name: 'cards.endTrust',
  method: 'DELETE',
  path: '/books/:bookId/trusted/:memberId',
  summary: 'Decide again myself about what a colleague offers for a book; what was written stays',
  input: z.object({ bookId: id, memberId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});
