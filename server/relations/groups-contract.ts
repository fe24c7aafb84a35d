import { z } from 'zod';
import { contract, id, nothing, page, paging } from '../kernel/contract.ts';

export const groupKinds = ['alumni', 'user_club', 'association', 'event', 'board', 'other'] as const;
export type GroupKind = (typeof groupKinds)[number];

/** What somebody is in a group. */
export const groupRoles = ['member', 'board', 'chair', 'organiser', 'speaker', 'attendee', 'other'] as const;
export type GroupRole = (typeof groupRoles)[number];

/** Who sees a group: its maker alone, a team of theirs, or the workspace. */
export const groupSight = ['maker', 'team', 'workspace'] as const;
export type GroupSight = (typeof groupSight)[number];

/** A day of the calendar; nobody living belonged to anything before 1900. */
const day = z.iso.date().refine((date) => date >= '1900-01-01' && date <= '2199-12-31');
const kind = z.enum(groupKinds);

const words = {
  name: z.string().trim().min(1).max(120),
  kind,
  /** As it is called; a group may be of an organisation, or at a place. */
  organization: z.string().trim().max(200).default(''),
  place: z.string().trim().max(200).default(''),
  /** Of an event, or from when to when the group was. */
  startsOn: day.nullable().default(null),
  endsOn: day.nullable().default(null),
  note: z.string().trim().max(2000).default(''),
  visibleTo: z.enum(groupSight).default('maker'),
  /** For `team`: one that I am in. */
  teamId: id.nullable().default(null),
  /** Whoever has this label on a card belongs too, now and later, as far as each of us sees it; null: nobody does. */
  label: z.string().trim().min(1).max(200).nullable().default(null),
};

/** Who belongs, in what, from when to when. */
const belonging = { role: z.enum(groupRoles), since: day.nullable(), until: day.nullable() };

export const groupColleague = z.object({ id, name: z.string(), me: z.boolean(), ...belonging });
export type GroupColleague = z.output<typeof groupColleague>;

export const group = z.object({
  id,
  name: z.string(),
  kind,
  organization: z.string(),
  place: z.string(),
  startsOn: z.string().nullable(),
  endsOn: z.string().nullable(),
  note: z.string(),
  label: z.string().nullable(),
  visibleTo: z.enum(groupSight),
  team: z.object({ id, name: z.string() }).nullable(),
  madeBy: z.object({ id, name: z.string() }),
  /** I may change it: I made it, or administer the workspace. */
  mine: z.boolean(),
  /** To be given back with a change. */
  version: z.number().int(),
  /** How many persons belong, of those that I see. */
  people: z.number().int(),
  /** The members of the company who say that they belong. */
  colleagues: z.array(groupColleague),
});
export type Group = z.output<typeof group>;

export const listGroups = contract({
  name: 'relations.listGroups',
  method: 'GET',
  path: '/groups',
  summary: 'The groups and communities that I see, by name, with how many belong of those that I see',
  input: z.object({
    q: z.string().trim().max(200).optional(),
    kind: kind.optional(),
    /** Only those to which I say that I belong. */
    joined: z.literal('yes').optional(),
    ...paging,
  }),
  output: page(group),
  access: 'member',
  scope: 'contacts:read',
});

export const getGroup = contract({
  name: 'relations.getGroup',
  method: 'GET',
  path: '/groups/:groupId',
  summary: 'A group',
  input: z.object({ groupId: id }),
  output: group,
  access: 'member',
  scope: 'contacts:read',
});

export const findNearGroups = contract({
  name: 'relations.findNearGroups',
  method: 'GET',
  path: '/groups/near',
  summary: 'Groups whose name is nearly this one and that may be meant: for people to decide, nothing is put together',
  input: z.object({ name: z.string().trim().min(1).max(120) }),
  output: z.object({ items: z.array(z.object({ id, name: z.string(), kind })) }),
  access: 'member',
  scope: 'contacts:read',
});

export const createGroup = contract({
  name: 'relations.createGroup',
  method: 'POST',
  path: '/groups',
  summary: 'Make a group',
  input: z.object(words),
  output: group,
  access: 'member',
  scope: 'contacts:write',
});

export const changeGroup = contract({
  name: 'relations.changeGroup',
  method: 'PUT',
  path: '/groups/:groupId',
  summary: 'Change a group that I made, or that I see as an admin',
  input: z.object({ groupId: id, version: z.number().int(), ...words }),
  output: group,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict', 'forbidden'],
});

/** Days for which a group that was removed can be brought back. */
export const groupRestorableDays = 30;

export const removeGroup = contract({
  name: 'relations.removeGroup',
  method: 'DELETE',
  path: '/groups/:groupId',
  summary: 'Take a group out of everybody’s sight; it can be brought back for 30 days',
  input: z.object({ groupId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
  errors: ['forbidden'],
});

export const restoreGroup = contract({
  name: 'relations.restoreGroup',
  method: 'POST',
  path: '/groups/:groupId/restore',
  summary: 'Bring back a group that was taken out of sight',
  input: z.object({ groupId: id }),
  output: group,
  access: 'member',
  scope: 'contacts:write',
});

/** Somebody who belongs, as lists show them. */
export const groupPerson = z.object({
  id,
  name: z.string(),
  organization: z.string().nullable(),
  title: z.string().nullable(),
  /** Content hash of the photo. */
  photo: z.string().nullable(),
});
export type GroupPerson = z.output<typeof groupPerson>;

/** Somebody's word that a person belongs. */
export const membership = z.object({
  id,
  by: z.object({ id, name: z.string() }),
  mine: z.boolean(),
  /** For whoever sees the group and may read the card; else for its author alone. */
  shared: z.boolean(),
  ...belonging,
});
export type Membership = z.output<typeof membership>;

export const belonger = z.object({
  person: groupPerson,
  memberships: z.array(membership),
  /** By the label of the group. */
  labelled: z.boolean(),
});
export type Belonger = z.output<typeof belonger>;

export const listGroupPeople = contract({
  name: 'relations.listGroupPeople',
  method: 'GET',
  path: '/groups/:groupId/people',
  summary: 'The persons who belong to a group, of those that I see, by name',
  input: z.object({ groupId: id, ...paging }),
  output: page(belonger),
  access: 'member',
  scope: 'contacts:read',
});

const said = {
  role: z.enum(groupRoles).default('member'),
  since: day.nullable().default(null),
  until: day.nullable().default(null),
  shared: z.boolean().default(true),
};

/** What came of putting people in. */
const put = z.object({
  /** Takes back what was put in at once. */
  batchId: id,
  added: z.number().int(),
  /** Belonged before, as far as I see. */
  already: z.number().int(),
});

export const addToGroup = contract({
  name: 'relations.addToGroup',
  method: 'POST',
  path: '/groups/:groupId/people',
  summary: 'Say of persons that they belong to a group; where others see it, holders who lend them hear of it',
  input: z.object({
    groupId: id,
    personIds: z.array(id).min(1).max(500),
    /** To add more to what was put in before. */
    batchId: id.optional(),
    ...said,
  }),
  output: put,
  access: 'member',
  scope: 'contacts:write',
});

export const addLabelled = contract({
  name: 'relations.addLabelled',
  method: 'POST',
  path: '/groups/:groupId/labelled',
  summary: 'Say of all who have a label now, of those that I see, that they belong; later ones are not put in',
  input: z.object({ groupId: id, label: z.string().trim().min(1).max(200), ...said }),
  output: put,
  access: 'member',
  scope: 'contacts:write',
});

export const readGroupFile = contract({
  name: 'relations.readGroupFile',
  method: 'POST',
  path: '/groups/:groupId/file',
  summary:
    'Say of the persons with the e-mail addresses in a CSV file or workbook that they belong: of those that I see; the others are told by their row',
  input: z.object({
    groupId: id,
    fileName: z.string().max(300).optional(),
    /** Its octets. */
    data: z.base64().max(6_000_000),
    ...said,
  }),
  output: put.extend({
    /** Nobody that I see has this address. */
    unseen: z.array(z.object({ row: z.number().int(), email: z.string() })),
    /** Several persons that I see have an address of this row: which one is meant is not guessed. */
    ambiguous: z.array(z.object({ row: z.number().int(), email: z.string() })),
    /** Rows without an address. */
    without: z.array(z.number().int()),
  }),
  access: 'member',
  scope: 'contacts:write',
  errors: ['unreadable_file', 'too_large'],
});

export const takeBackBatch = contract({
  name: 'relations.takeBackBatch',
  method: 'DELETE',
  path: '/groups/:groupId/batches/:batchId',
  summary: 'Take back what I put into a group at once',
  input: z.object({ groupId: id, batchId: id }),
  output: z.object({ ended: z.number().int() }),
  access: 'member',
  scope: 'contacts:write',
});

export const changeMembership = contract({
  name: 'relations.changeMembership',
  method: 'PUT',
  path: '/memberships/:membershipId',
  summary: 'Change what I say of somebody’s belonging',
  input: z.object({ membershipId: id, ...belonging, shared: z.boolean() }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

export const endMembership = contract({
  name: 'relations.endMembership',
  method: 'DELETE',
  path: '/memberships/:membershipId',
  summary: 'Take back that somebody belongs, which I said',
  input: z.object({ membershipId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

export const joinGroup = contract({
  name: 'relations.joinGroup',
  method: 'PUT',
  path: '/groups/:groupId/me',
  summary: 'Say that I belong to a group myself; nobody says it for me',
  input: z.object({ groupId: id, ...belonging }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

export const leaveGroup = contract({
  name: 'relations.leaveGroup',
  method: 'DELETE',
  path: '/groups/:groupId/me',
  summary: 'Say no more that I belong to a group',
  input: z.object({ groupId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

export const listLabels = contract({
  name: 'relations.listLabels',
  method: 'GET',
  path: '/labels',
  summary: 'The labels on the cards of persons that I may read, with the number of cards, the most frequent first',
  input: z.object({ q: z.string().trim().max(200).optional() }),
  output: z.object({ items: z.array(z.object({ label: z.string(), cards: z.number().int() })) }),
  access: 'member',
  scope: 'contacts:read',
});

/** A group as what others have in common with it names it. */
const named = z.object({ id, name: z.string(), kind });

export const listGroupsOf = contract({
  name: 'relations.listGroupsOf',
  method: 'GET',
  path: '/people/:personId/groups',
  summary: 'The groups of a person that I see, who else belongs to them of those that I see, and which colleagues do',
  input: z.object({ personId: id }),
  output: z.object({
    items: z.array(
      z.object({
        group: named.extend({ startsOn: z.string().nullable(), endsOn: z.string().nullable() }),
        memberships: z.array(membership),
        labelled: z.boolean(),
        /** Others who belong, of those that I see: how many, and some of them. */
        fellows: z.object({ count: z.number().int(), some: z.array(groupPerson) }),
        colleagues: z.array(groupColleague),
      }),
    ),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const listGroupFellows = contract({
  name: 'relations.listGroupFellows',
  method: 'GET',
  path: '/people/:personId/fellows',
  summary: 'Who shares groups with a person, of those that I see, and which colleagues do: the nearest first',
  input: z.object({ personId: id, limit: z.coerce.number().int().min(1).max(200).default(50) }),
  output: z.object({
    items: z.array(
      z.object({
        person: groupPerson,
        /** 0 to 100: small groups say more than large ones, several more than one. */
        strength: z.number().int(),
        groups: z.array(named),
      }),
    ),
    colleagues: z.array(
      z.object({
        member: z.object({ id, name: z.string() }),
        me: z.boolean(),
        strength: z.number().int(),
        groups: z.array(named),
      }),
    ),
  }),
  access: 'member',
  scope: 'contacts:read',
});
