import { z } from 'zod';
import { foundKinds, tieKinds } from '../cards/tie-contract.ts';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';

const strength = z.number().int().min(0).max(100);
/** From which strength on a tie is strong, or good; below it is weak. */
export const bandFrom = { strong: 60, good: 25 } as const;
const band = z.enum(['strong', 'good', 'weak']);
const ground = z.enum(['held', 'mail', 'meetings', 'introduced', 'said']);
const named = z.object({ id, name: z.string() });

/** What joins two places of a path, and how well. */
const bond = z.discriminatedUnion('by', [
  z.object({ by: z.literal('team'), strength, band }),
  z.object({ by: z.literal('company'), strength, band }),
  /** A card of the viewer's or of a colleague's. */
  z.object({ by: z.literal('card'), strength, band, grounds: z.array(ground) }),
  /** They work at one place, where the viewer sees so many. */
  z.object({ by: z.literal('organization'), strength, band, people: z.number().int() }),
  /** They belong to one group. */
  z.object({ by: z.literal('group'), strength, band, name: z.string() }),
  z.object({
    by: z.literal('tie'),
    strength,
    band,
    kind: z.enum([...tieKinds, ...foundKinds]),
    /** Read from the place nearer to the viewer; false: from the other. */
    forward: z.boolean(),
    author: named,
  }),
]);
export type Bond = z.output<typeof bond>;

const place = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('me') }),
  z.object({ kind: z.literal('member'), ...named.shape }),
  /** `unwilling`: somebody says that they should not be called upon. */
  z.object({ kind: z.literal('person'), ...named.shape, unwilling: z.boolean() }),
]);
export type Place = z.output<typeof place>;

const foundPath = z.object({
  /** From the viewer to whom they look for. */
  places: z.array(place),
  /** One less: what joins each place to the next. */
  bonds: z.array(bond),
  /** 0 to 100: how likely a word goes all the way. */
  strength,
  /** The colleague's card by which they are asked; null: the first step is a contact of one's own. */
  askByCard: id.nullable(),
});
export type FoundPath = z.output<typeof foundPath>;

/** Somebody here knows a contact that may only be found: in which team, where that names nobody, and how well, where they tell. */
const hint = z.object({ team: z.string().nullable(), band });
export type Hint = z.output<typeof hint>;

const found = {
  /** How many contacts match that may only be found, up to 20. */
  discoverable: z.number().int(),
  hints: z.array(hint),
  /** A house rule keeps paths from who tells nothing of whom they know, as the viewer does. */
  closed: z.boolean(),
};

export const listPaths = contract({
  name: 'relations.listPaths',
  method: 'GET',
  path: '/people/:personId/paths',
  summary: 'Who can introduce me to a person: the best few different ways, up to four steps, of what I may see',
  input: z.object({ personId: id }),
  output: z.object({ items: z.array(foundPath), ...found }),
  access: 'member',
  scope: 'contacts:read',
});

export const searchPaths = contract({
  name: 'relations.searchPaths',
  method: 'GET',
  path: '/paths',
  summary: 'Who can introduce me to anybody that some words find (a title, a company, a city): the best way to each',
  input: z.object({ q: z.string().trim().min(2).max(200) }),
  output: z.object({
    items: z.array(
      z.object({
        person: named.extend({ title: z.string().nullable(), organization: z.string().nullable() }),
        /** Null: the viewer sees them, and no way that leads there. */
        path: foundPath.nullable(),
      }),
    ),
    ...found,
  }),
  access: 'member',
  scope: 'contacts:read',
});

const tie = z.object({
  id,
  kind: z.enum([...tieKinds, ...foundKinds]),
  /** The person whose ties are listed stands first (reports to, assists, was introduced by the other). */
  forward: z.boolean(),
  other: named,
  author: named,
  mine: z.boolean(),
  declared: z.boolean(),
  shared: z.boolean(),
  strength,
  band,
  note: z.string(),
  /** When it was said, or the last meeting was: of a colleague's meetings no date is told. */
  seenAt: instant.nullable(),
});
export type Tie = z.output<typeof tie>;

export const listTies = contract({
  name: 'relations.listTies',
  method: 'GET',
  path: '/people/:personId/ties',
  summary: 'With whom a person is tied, as colleagues say and meetings show, and who here knows them',
  input: z.object({ personId: id }),
  output: z.object({
    items: z.array(tie),
    /** Members who hold a card that the viewer reads. */
    knownBy: z.array(z.object({ member: named, mine: z.boolean(), strength, band, grounds: z.array(ground) })),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const declareTie = contract({
  name: 'relations.declareTie',
  method: 'POST',
  path: '/people/:personId/ties',
  summary: 'Say what ties a person to another; said again of the same two, it replaces what I said',
  input: z.object({
    personId: id,
    otherId: id,
    kind: z.enum(tieKinds),
    /** The other one reports to, assists, or was introduced by this person. */
    backward: z.boolean().default(false),
    /** How strong, 0 to 100. */
    strength: strength.default(50),
    shared: z.boolean(),
    note: z.string().trim().max(500).default(''),
  }),
  output: z.object({ id }),
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict', 'forbidden'],
});

export const endTie = contract({
  name: 'relations.endTie',
  method: 'DELETE',
  path: '/ties/:tieId',
  summary: 'Take back what I said ties two persons',
  input: z.object({ tieId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

const acquaintance = z.object({
  person: named,
  strength,
  band,
  grounds: z.array(ground),
  /** What was counted; the dates are of the first and the last. */
  mail: z.object({ received: z.number().int(), sent: z.number().int() }),
  meetings: z.number().int(),
  firstAt: instant.nullable(),
  lastAt: instant.nullable(),
  /** 0 to 4, as I say in my viewpoint. */
  closeness: z.number().int().nullable(),
  /** I am not to be asked about them. */
  hidden: z.boolean(),
});
export type Acquaintance = z.output<typeof acquaintance>;

export const listAcquaintances = contract({
  name: 'relations.listAcquaintances',
  method: 'GET',
  path: '/ties/mine',
  summary: 'Those whom I know by more than a card, with what it rests on, the strongest first',
  input: z.object({ ...paging }),
  output: page(acquaintance),
  access: 'member',
  scope: 'contacts:read',
});

export const hideAcquaintance = contract({
  name: 'relations.hideAcquaintance',
  method: 'PUT',
  path: '/people/:personId/acquaintance',
  summary: 'Whether colleagues may see me as a way to a person whose card I hold',
  input: z.object({ personId: id, hidden: z.boolean() }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

const tells = z.enum(['nothing', 'held', 'strength']);

export const getTieSettings = contract({
  name: 'relations.getTieSettings',
  method: 'GET',
  path: '/ties/settings',
  summary: 'What I let colleagues know of whom I know',
  input: z.object({}),
  output: z.object({ tells, reciprocal: z.boolean() }),
  access: 'member',
  scope: 'contacts:read',
});

export const updateTieSettings = contract({
  name: 'relations.updateTieSettings',
  method: 'PUT',
  path: '/ties/settings',
  summary: 'Say what colleagues may know of whom I know: nothing, what I lend, or how well too',
  input: z.object({ tells }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

export const updateReciprocity = contract({
  name: 'relations.updateReciprocity',
  method: 'PUT',
  path: '/ties/house',
  summary: 'Whether who tells nothing of whom they know finds paths to others',
  input: z.object({ reciprocal: z.boolean() }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});

const nearReasons = ['former_colleague', 'known_by_several', 'in_common', 'same_group'] as const;
export type NearReason = (typeof nearReasons)[number];

const near = z.object({
  person: named,
  reason: z.enum(nearReasons),
  /** Where they were colleagues, or the group that both belong to. */
  organization: z.string().nullable(),
  /** The members who know them, or those whom both know. */
  through: z.array(z.string()),
});
export type Near = z.output<typeof near>;

export const listNear = contract({
  name: 'relations.listNear',
  method: 'GET',
  path: '/people/:personId/near',
  summary: 'Contacts near a person that one would not have looked for, each with the reason',
  input: z.object({ personId: id }),
  output: z.object({ items: z.array(near) }),
  access: 'member',
  scope: 'contacts:read',
});

/** So many people are looked around at once. */
export const mostSubjects = 50;

export const listNearPeople = contract({
  name: 'relations.listNearPeople',
  method: 'POST',
  path: '/near/around',
  summary: 'The best near contacts around several people, none of whom is among them, each with the reason',
  input: z.object({ personIds: z.array(id).max(mostSubjects) }),
  output: z.object({ items: z.array(near.extend({ subject: named })) }),
  access: 'member',
  scope: 'contacts:read',
});

export const listSuggested = contract({
  name: 'relations.listSuggested',
  method: 'GET',
  path: '/near',
  summary: 'Near contacts worth a look this week, by whom I was busy with',
  input: z.object({}),
  output: z.object({ items: z.array(near.extend({ subject: named })) }),
  access: 'member',
  scope: 'contacts:read',
});

export const noteNear = contract({
  name: 'relations.noteNear',
  method: 'PUT',
  path: '/people/:personId/near/:nearId',
  summary: 'Dismiss a near contact, take that back, or say that I went to see them: what is shown learns from it',
  input: z.object({
    personId: id,
    nearId: id,
    reason: z.enum(nearReasons),
    became: z.enum(['dismissed', 'reopened', 'taken']),
  }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

export const pictureScope = z.enum(['mine', 'team', 'all']);
export type PictureScope = z.output<typeof pictureScope>;
/** Contacts on a picture at most: so many can be drawn smoothly, and looked at. */
const mostPictured = 5000;

const at = z.number().int();
const picture = z.object({
  members: z.array(named.extend({ mine: z.boolean() })),
  persons: z.array(
    named.extend({
      organization: z.string().nullable(),
      /** Members who know them and may be asked, by their places above. */
      knownBy: z.array(z.object({ member: at, strength })),
    }),
  ),
  /** Between persons, by their places above. */
  ties: z.array(z.object({ a: at, b: at, strength })),
  /** There are more contacts than can be pictured: the latest seen are here. */
  more: z.boolean(),
});
export type Picture = z.output<typeof picture>;

export const getPicture = contract({
  name: 'relations.getPicture',
  method: 'GET',
  path: '/network/picture',
  summary: 'Who knows whom, of what I see: persons, the members who know them, and their ties',
  input: z.object({
    scope: pictureScope.default('mine'),
    /** Only what these words find: an account, a market. */
    q: z.string().trim().max(200).default(''),
    most: z.coerce.number().int().min(1).max(mostPictured).default(mostPictured),
  }),
  output: picture,
  access: 'member',
  scope: 'contacts:read',
});
