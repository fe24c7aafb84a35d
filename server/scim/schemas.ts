import { groupSchema, type Resource, userSchema } from './resources.ts';

/** What of SCIM is spoken here (RFC 7643, 5). */
export function serviceConfig(base: string) {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: 200 },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: false },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'A token that an admin makes in Settings, Sign-in.',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  };
}

const listed = (schema: string, id: string, base: string, type: string, more: object): Resource =>
  ({
    schemas: [schema],
    id,
    ...more,
    meta: { resourceType: type, location: `${base}/${type}s/${id}` },
  }) as unknown as Resource;

export function resourceTypes(base: string): Resource[] {
  const type = (name: string, schema: string) =>
    listed('urn:ietf:params:scim:schemas:core:2.0:ResourceType', name, base, 'ResourceType', {
      name,
      endpoint: `/${name}s`,
      schema,
    });
  return [type('User', userSchema), type('Group', groupSchema)];
}

interface Attribute {
  name: string;
  type: 'string' | 'boolean' | 'complex';
  required?: true;
  multiValued?: true;
  mutability?: 'readOnly';
  uniqueness?: 'server';
  subAttributes?: ReturnType<typeof attribute>[];
}

/** In full, as RFC 7643 (7) asks. */
function attribute(about: Attribute): object {
  return {
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...about,
  };
}
const text = (name: string, more: Partial<Attribute> = {}) => attribute({ name, type: 'string', ...more });
const reference = [text('value'), text('display', { mutability: 'readOnly' })];

export function describeSchemas(base: string): Resource[] {
  const schema = (id: string, name: string, attributes: object[]) =>
    listed('urn:ietf:params:scim:schemas:core:2.0:Schema', id, base, 'Schema', { name, attributes });
  return [
    schema(userSchema, 'User', [
      text('userName', { required: true, uniqueness: 'server' }),
      text('displayName'),
      attribute({
        name: 'name',
        type: 'complex',
        subAttributes: [text('formatted'), text('givenName'), text('familyName')],
      }),
      attribute({
        name: 'emails',
        type: 'complex',
        multiValued: true,
        subAttributes: [text('value'), text('type'), attribute({ name: 'primary', type: 'boolean' })],
      }),
      attribute({ name: 'active', type: 'boolean' }),
      text('preferredLanguage'),
      attribute({
        name: 'groups',
        type: 'complex',
        multiValued: true,
        mutability: 'readOnly',
        subAttributes: reference,
      }),
    ]),
    schema(groupSchema, 'Group', [
      text('displayName', { required: true }),
      attribute({ name: 'members', type: 'complex', multiValued: true, subAttributes: reference }),
    ]),
  ];
}
