import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';
import { type Role, roles } from '../relations/contract.ts';

/** So many places and lines are changed at once. */
const atOnce = 500;

const member = z.object({ id, name: z.string() });

const statement = z.object({
  /** To whom the person reports; null: to nobody of the organisation. */
  chiefId: id.nullable(),
  kind: z.enum(['reports_to', 'assists']),
  member,
  mine: z.boolean(),
  shared: z.boolean(),
  at: instant,
});

const chartPerson = z.object({
  id,
  name: z.string(),
  title: z.string().nullable(),
  /** What each source says, where they do not say the same. */
  titles: z.array(z.object({ title: z.string(), source: z.string(), seenAt: instant })),
  /** Under whom the person is drawn; null: under nobody. */
  chiefId: id.nullable(),
  /** said: by a person; inferred: from titles; cut: said in a circle, and not drawn; open: nothing is known; top: nobody stands above. */
  line: z.enum(['said', 'inferred', 'cut', 'open', 'top']),
  statements: z.array(statement),
  /** What titles tell, drawn or not. `between`: who is nearer, and could be it as well. */
  inferred: z.object({ chiefId: id, reason: z.enum(['field', 'department', 'head']), between: z.array(id) }).nullable(),
  contradicted: z.boolean(),
});
export type ChartPerson = z.output<typeof chartPerson>;

const vacancy = z.object({
  id,
  title: z.string(),
  chiefId: id.nullable(),
  member,
  mine: z.boolean(),
  shared: z.boolean(),
  at: instant,
});
export type Vacancy = z.output<typeof vacancy>;

export const getChart = contract({
  name: 'maps.getChart',
  method: 'GET',
  path: '/people/:personId/chart',
  summary: 'Who reports to whom in an organisation: as people say, else as titles tell, with the reason of each line',
  input: z.object({ personId: id }),
  output: z.object({
    organization: z.object({ id, name: z.string() }),
    people: z.array(chartPerson),
    vacancies: z.array(vacancy),
    before: z.array(z.object({ id, name: z.string(), title: z.string().nullable(), until: instant })),
    /** Each who reports to the next, the last to the first, as people say. */
    circles: z.array(z.array(id)),
    /** Not all contacts that name it were looked at. */
    more: z.boolean(),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const placeInChart = contract({
  name: 'maps.placeInChart',
  method: 'PUT',
  path: '/people/:organizationId/chart/:personId',
  summary: 'Say to whom somebody reports; what I said before ends',
  input: z.object({
    organizationId: id,
    personId: id,
    /** Somebody of the organisation; the organisation itself: to nobody; null: I say nothing any more. */
    chiefId: id.nullable(),
    shared: z.boolean(),
  }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict', 'forbidden'],
});

export const addVacancy = contract({
  name: 'maps.addVacancy',
  method: 'POST',
  path: '/people/:organizationId/vacancies',
  summary: 'Say that a position is vacant',
  input: z.object({
    organizationId: id,
    title: z.string().trim().min(1).max(200),
    chiefId: id.nullable(),
    shared: z.boolean(),
  }),
  output: z.object({ id }),
  access: 'member',
  scope: 'contacts:write',
  errors: ['forbidden'],
});

export const endVacancy = contract({
  name: 'maps.endVacancy',
  method: 'DELETE',
  path: '/vacancies/:vacancyId',
  summary: 'A position that I said was vacant is none any more',
  input: z.object({ vacancyId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

const influence = z.number().int().min(1).max(5).nullable();
const stance = z.number().int().min(-2).max(2).nullable();

const mapHead = z.object({
  id,
  subject: z.object({ kind: z.enum(['organization', 'opportunity']), id }),
  name: z.string(),
  author: member,
  mine: z.boolean(),
  /** It is mine, or its author is here no more. */
  renamable: z.boolean(),
  shared: z.boolean(),
  revision: z.number().int(),
  changedBy: member,
  changedAt: instant,
});

export const listMaps = contract({
  name: 'maps.listMaps',
  method: 'GET',
  path: '/people/:organizationId/maps',
  summary: 'The power maps of an organisation: mine, and those shared with me',
  input: z.object({ organizationId: id }),
  output: z.object({ items: z.array(mapHead) }),
  access: 'member',
  scope: 'contacts:read',
});

export const createMap = contract({
  name: 'maps.createMap',
  method: 'POST',
  path: '/people/:organizationId/maps',
  summary: 'Begin a power map of an organisation; nobody else sees it until I share it',
  input: z.object({ organizationId: id, name: z.string().trim().min(1).max(120) }),
  output: z.object({ id }),
  access: 'member',
  scope: 'contacts:write',
  errors: ['forbidden'],
});

export const listMapsOfOpportunity = contract({
  name: 'maps.listMapsOfOpportunity',
  method: 'GET',
  path: '/opportunities/:opportunityId/maps',
  summary: 'The power maps of an opportunity: mine, and those shared with me',
  input: z.object({ opportunityId: id }),
  output: z.object({
    name: z.string(),
    /** There is an organisation or somebody in it whose contact I may read, and so on which a map can hang. */
    canBegin: z.boolean(),
    items: z.array(mapHead),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const createMapOfOpportunity = contract({
  name: 'maps.createMapOfOpportunity',
  method: 'POST',
  path: '/opportunities/:opportunityId/maps',
  summary:
    'Begin a power map of an opportunity that names an organisation or somebody; nobody else sees it until I share it',
  input: z.object({ opportunityId: id, name: z.string().trim().min(1).max(120) }),
  output: z.object({ id }),
  access: 'member',
  scope: 'contacts:write',
  errors: ['forbidden'],
});

const said = z.object({ member, mine: z.boolean(), influence, stance, roles: z.array(z.enum(roles)) });

const mapPerson = z.object({
  id,
  name: z.string(),
  title: z.string().nullable(),
  /** No longer at the organisation. */
  left: z.boolean(),
  /** Put on the map without being, or having been, at the organisation, or without a part in the opportunity: an adviser, an owner. */
  elsewhere: z.boolean(),
  /** Null: nobody said, or those who said differ. */
  influence,
  stance,
  /** hand: put there on this map; mine, others: as my viewpoint, or those shared with me, say; none: not said; spread: they differ. */
  influenceBy: z.enum(['hand', 'mine', 'others', 'none', 'spread']),
  stanceBy: z.enum(['hand', 'mine', 'others', 'none', 'spread']),
  roles: z.array(z.enum(roles)),
  /** opportunity: said there of the person; viewpoints: as mine, else the others', name them. */
  rolesBy: z.enum(['opportunity', 'viewpoints']),
  said: z.array(said),
  /** Who put the person there by hand. */
  placedBy: member.nullable(),
  /** Drawn on the map; else at hand to be put on it. */
  drawn: z.boolean(),
  /** Who of us holds a card of the person, or has met them; strength 0 to 100, null: not known. */
  access: z.array(
    z.object({
      member: z.object({ id: id.nullable(), name: z.string() }),
      mine: z.boolean(),
      strength: z.number().int().nullable(),
      /** From never met (0) to friends (4), as they say. */
      closeness: z.number().int().nullable(),
    }),
  ),
});
export type MapPerson = z.output<typeof mapPerson>;

const gap = z.discriminatedUnion('kind', [
  /** Nobody drawn has the role. */
  z.object({ kind: z.literal('role'), role: z.enum(roles) }),
  /** Somebody who counts, and with whom nobody of us is known to be in touch. */
  z.object({ kind: z.literal('untouched'), personId: id, role: z.enum(roles).nullable() }),
  /** Of those with influence nobody is for us. */
  z.object({ kind: z.literal('support') }),
]);
export type Gap = z.output<typeof gap>;

export const getMap = contract({
  name: 'maps.getMap',
  method: 'GET',
  path: '/maps/:mapId',
  summary: 'A power map as I may see it: persons by influence and stance, lines, our access to each, and gaps',
  input: z.object({ mapId: id, revision: z.coerce.number().int().min(0).optional() }),
  output: z.object({
    ...mapHead.shape,
    subjectName: z.string(),
    /** The revision that is shown: the last one, or the version asked for. */
    shown: z.number().int(),
    people: z.array(mapPerson),
    /** Who (`toId`) listens to whom (`fromId`). */
    lines: z.array(z.object({ fromId: id, toId: id, member })),
    gaps: z.array(gap),
    versions: z.array(z.object({ revision: z.number().int(), at: instant, member, label: z.string() })),
    more: z.boolean(),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const updateMap = contract({
  name: 'maps.updateMap',
  method: 'PATCH',
  path: '/maps/:mapId',
  summary: 'Name, share, remove or bring back a map of mine; name one that I see whose author is here no more',
  input: z.object({
    mapId: id,
    name: z.string().trim().min(1).max(120).optional(),
    shared: z.boolean().optional(),
    removed: z.boolean().optional(),
  }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

export const changeMap = contract({
  name: 'maps.changeMap',
  method: 'PUT',
  path: '/maps/:mapId/content',
  summary: 'Put persons where they stand, draw lines; refused when somebody else changed the map meanwhile',
  input: z.object({
    mapId: id,
    /** The revision that the change was made upon. */
    revision: z.number().int().min(0),
    /** The state before becomes a version of this name: what somebody else did meanwhile is kept beside. */
    keepBefore: z.string().trim().max(120).optional(),
    places: z
      .array(
        z.object({
          personId: id,
          /** Null: where the viewpoints put the person. */
          place: z.object({ influence, stance, leftOut: z.boolean() }).nullable(),
        }),
      )
      .max(atOnce),
    lines: z.array(z.object({ fromId: id, toId: id, drawn: z.boolean() })).max(atOnce),
  }),
  output: z.object({ revision: z.number().int() }),
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict', 'forbidden'],
});

export const keepVersion = contract({
  name: 'maps.keepVersion',
  method: 'POST',
  path: '/maps/:mapId/versions',
  summary: 'Keep the map as it is now, to be looked at again',
  input: z.object({ mapId: id, label: z.string().trim().min(1).max(120) }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict', 'forbidden'],
});

export const restoreVersion = contract({
  name: 'maps.restoreVersion',
  method: 'POST',
  path: '/maps/:mapId/restore',
  summary: 'The map as it was at a version; what it was until now becomes a version too',
  input: z.object({ mapId: id, revision: z.number().int().min(0) }),
  output: z.object({ revision: z.number().int() }),
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict', 'forbidden'],
});

export type { Role };

export const takePeople = contract({
  name: 'maps.takePeople',
  method: 'POST',
  path: '/maps/taken',
  summary:
    'Take a drawing of people along: whose name and title may be taken along, which is told to their holders; the others stay here',
  input: z.object({ personIds: z.array(id).min(1).max(1000) }),
  output: z.object({ ids: z.array(id) }),
  access: 'member',
  // As for the other files that a member's own key takes along.
  scope: 'contacts:read',
  errors: ['forbidden'],
});
