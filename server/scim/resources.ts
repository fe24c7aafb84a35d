import { type ScimPatchOperation, type ScimResource, scimPatch } from 'scim-patch';
import { parse } from 'scim2-parse-filter';
import { z } from 'zod';
import { ScimError } from './errors.ts';
import type { PersonRow, TeamRow } from './queries.ts';

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

const text = (max: number) => z.string().trim().min(1).max(max);
/** Entra writes `"True"`. */
const flag = z
  .union([z.boolean(), z.string().regex(/^(?:true|false)$/i)])
  .transform((value) => String(value).toLowerCase() === 'true');
const optional = <T extends z.ZodType>(type: T) => type.nullish().catch(null);

/** Of a user, what has a meaning here; the rest is let pass and not kept (RFC 7644, 3.3). */
const userInput = z.object({
  userName: text(320),
  externalId: optional(text(500)),
  active: flag.default(true),
  displayName: optional(text(200)),
  name: optional(
    z.object({ formatted: optional(text(200)), givenName: optional(text(100)), familyName: optional(text(100)) }),
  ),
  preferredLanguage: optional(text(50)),
  locale: optional(text(50)),
  emails: optional(
    z.array(z.looseObject({ value: optional(text(320)), primary: optional(flag), type: optional(text(50)) })).max(20),
  ),
});

export interface User {
  userName: string;
  externalId: string | null;
  active: boolean;
  name: string;
  email: string;
  language: 'fr' | 'en';
}

const isEmail = (value: string): boolean => z.email().safeParse(value).success;

/** @throws ScimError */
export function readUser(body: unknown): User {
  const parsed = userInput.safeParse(body);
  if (!parsed.success)
    throw new ScimError(400, `Not understood: ${parsed.error.issues[0]!.path.join('.')}`, 'invalidValue');
  const { userName, externalId, active, displayName, name, emails, preferredLanguage, locale } = parsed.data;
  const addresses = (emails ?? []).filter((one) => one.value && isEmail(one.value));
  const chosen = addresses.find((one) => one.primary) ?? addresses.find((one) => one.type === 'work') ?? addresses[0];
  const email = chosen?.value ?? userName;
  if (!isEmail(email))
    throw new ScimError(400, 'A user needs an e-mail address, as userName or in emails.', 'invalidValue');
  const parts = [name?.givenName, name?.familyName].filter(Boolean).join(' ');
  return {
    userName,
    externalId: externalId ?? null,
    active,
    name: displayName ?? name?.formatted ?? (parts || email.split('@')[0]!),
    email,
    language: /^en\b/i.test(preferredLanguage ?? locale ?? '') ? 'en' : 'fr',
  };
}

export type Resource = ScimResource & Record<string, unknown>;

const metaOf = (kind: 'User' | 'Group', base: string, id: string, created: Date, changed: Date) => ({
  resourceType: kind,
  created,
  lastModified: changed,
  location: `${base}/${kind}s/${id}`,
});

export function toUser(row: PersonRow, groups: readonly { id: string; name: string }[], base: string): Resource {
  return {
    schemas: [userSchema],
    id: row.member_id,
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
    userName: row.user_name,
    displayName: row.name,
    name: { formatted: row.name },
    emails: [{ value: row.email, type: 'work', primary: true }],
    active: row.status === 'active',
    groups: groups.map(({ id, name }) => ({ value: id, display: name, $ref: `${base}/Groups/${id}` })),
    meta: metaOf('User', base, row.member_id, row.joined_at, row.changed_at),
  };
}

const groupInput = z.object({
  displayName: text(100),
  externalId: optional(text(500)),
  members: z
    .array(z.looseObject({ value: z.uuid() }))
    .max(5000)
    .nullish(),
});

export interface Group {
  name: string;
  externalId: string | null;
  memberIds: string[];
}

/** @throws ScimError */
export function readGroup(body: unknown): Group {
  const parsed = groupInput.safeParse(body);
  if (!parsed.success)
    throw new ScimError(400, `Not understood: ${parsed.error.issues[0]!.path.join('.')}`, 'invalidValue');
  const { displayName, externalId, members } = parsed.data;
  return {
    name: displayName,
    externalId: externalId ?? null,
    memberIds: [...new Set((members ?? []).map((one) => one.value))],
  };
}

export function toGroup(row: TeamRow, members: readonly { id: string; name: string }[], base: string): Resource {
  return {
    schemas: [groupSchema],
    id: row.team_id,
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
    displayName: row.name,
    members: members.map(({ id, name }) => ({ value: id, display: name, type: 'User', $ref: `${base}/Users/${id}` })),
    meta: metaOf('Group', base, row.team_id, row.changed_at, row.changed_at),
  };
}

interface Operation {
  op: 'add' | 'remove' | 'replace';
  path?: string | undefined;
  value?: unknown;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The same with a path each: without one, the value holds attributes, whose parts are set one by one (RFC 7644, 3.5.2.3); some write
 * them as keys with a dot (`name.givenName`). Of a group's members only the id tells which they are.
 */
function withPaths({ op, path, value }: Operation): Operation[] {
  if (path === 'members' && Array.isArray(value))
    return [{ op, path, value: value.map((one: unknown) => (isObject(one) ? { value: one.value } : one)) }];
  if (path !== undefined || !isObject(value)) return [{ op, path, value }];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key.startsWith('urn:')) return [];
    if (!isObject(inner)) return withPaths({ op, path: key, value: inner });
    return Object.entries(inner).map(([part, text]) => ({ op, path: `${key}.${part}`, value: text }));
  });
}

const patchInput = z.object({
  schemas: z.array(z.string()).refine((schemas) => schemas.includes(patchSchema)),
  Operations: z
    .array(
      z.object({
        op: z
          .string()
          .toLowerCase()
          .pipe(z.enum(['add', 'remove', 'replace'])),
        path: z.string().max(500).optional(),
        value: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(1000),
});

/** A patch of a part of the name outranks the whole one, of which only one spelling is kept. */
const namePart = /^name(?:\.|$)/;

/**
 * A resource after a patch (RFC 7644, 3.5.2), in the forms of Entra ID (`"Replace"`, `emails[type eq "work"].value`, `"False"`) and
 * Okta (no path).
 * @throws ScimError
 */
export function patched(resource: Resource, body: unknown): Record<string, unknown> {
  const parsed = patchInput.safeParse(body);
  if (!parsed.success) throw new ScimError(400, 'This is no patch.', 'invalidSyntax');
  const operations = parsed.data.Operations.flatMap(withPaths);
  // No attribute has such a name, and a program could be made to write it where it does harm.
  if (/__proto__|prototype|constructor/.test(JSON.stringify(operations)))
    throw new ScimError(400, 'No such path.', 'invalidPath');
  const names = operations.some(({ path = '' }) => namePart.test(path));
  const renames = operations.some(({ path }) => path === 'displayName');
  const before = structuredClone(resource);
  if (names && !renames) {
    delete before.displayName;
    const [givenName, ...others] = String(resource.displayName).split(' ');
    before.name = { givenName, familyName: others.join(' ') };
  }
  try {
    return scimPatch(before, operations as ScimPatchOperation[], { mutateDocument: true, treatMissingAsAdd: true });
  } catch (error) {
    throw new ScimError(400, error instanceof Error ? error.message : 'This patch cannot be applied.', 'invalidPath');
  }
}

const comparable = new Set(['username', 'externalid', 'displayname', 'id', 'emails.value']);

/** Reads `userName eq "ada@example.com"`. @throws ScimError for filters that are not answered */
export function readFilter(filter: string | undefined): ((resource: Resource) => boolean) | null {
  if (!filter) return null;
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(filter);
  } catch {
    throw new ScimError(400, 'This filter is not understood.', 'invalidFilter');
  }
  const attribute = 'attrPath' in parsed ? parsed.attrPath.replace(`${userSchema}:`, '').toLowerCase() : '';
  if (parsed.op !== 'eq' || !('compValue' in parsed) || !comparable.has(attribute))
    throw new ScimError(
      400,
      'Filters compare userName, externalId, displayName, emails.value or id by eq.',
      'invalidFilter',
    );
  const wanted = String(parsed.compValue);
  // externalId and id count letter by letter (RFC 7643, 3.1), the others do not.
  const fold = (value: unknown) => (attribute.endsWith('id') ? String(value) : String(value).toLowerCase());
  return (resource) => valuesOf(resource, attribute).some((value) => fold(value) === fold(wanted));
}

function valuesOf(resource: Resource, attribute: string): unknown[] {
  if (attribute === 'emails.value') return ((resource.emails ?? []) as { value: string }[]).map((one) => one.value);
  const key = Object.keys(resource).find((one) => one.toLowerCase() === attribute);
  return key === undefined ? [] : [resource[key]];
}
