import { z } from 'zod';
import { type Contract, type ErrorCode, errorStatus, type Scope } from './contract.ts';

/** Paths that answer files instead of JSON, by path (`/people/:id`) and lower-case method. */
export type ApiPaths = Record<string, Record<string, ApiPath>>;
interface ApiPath {
  operationId: string;
  summary: string;
  /** Null: anyone; what they show instead, its summary says. */
  scope: Scope | null;
  /** Query parameters. */
  query?: z.ZodObject;
  /** Media type of the body, for uploads. */
  body?: string;
  /** Media types of the answer, or the schema of a JSON answer. */
  answers: readonly string[] | z.ZodType;
}

function describePath(path: string, described: ApiPath): object {
  const inPath = [...path.matchAll(/:(\w+)/g)].map((match) => match[1]!);
  const query =
    described.query && (z.toJSONSchema(described.query, { io: 'input', unrepresentable: 'any' }) as ObjectSchema);
  const binary = { schema: { type: 'string', format: 'binary' } };
  const answers = Array.isArray(described.answers)
    ? Object.fromEntries(described.answers.map((type) => [type, binary]))
    : {
        'application/json': {
          schema: z.toJSONSchema(described.answers as z.ZodType, { io: 'output', unrepresentable: 'any' }),
        },
      };
  return {
    operationId: described.operationId,
    tags: [described.operationId.split('.')[0]],
    summary: described.summary,
    security: described.scope ? [{ apiKey: [described.scope] }] : [],
    parameters: [
      ...inPath.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string', format: 'uuid' } })),
      ...Object.entries(query?.properties ?? {}).map(([name, schema]) => ({
        name,
        in: 'query',
        required: query?.required?.includes(name) ?? false,
        schema,
      })),
    ],
    ...(described.body ? { requestBody: { required: true, content: { [described.body]: binary } } } : {}),
    responses: { 200: { description: 'OK', content: answers } },
  };
}

function securityOf({ scope, apps }: Contract): object[] {
  const scopes = scope ? [scope] : [];
  return [{ apiKey: scopes }, ...(apps ? [{ app: scopes }] : [])];
}

/** The OpenAPI 3.1 description of the given contracts and paths. */
export function describeApi(
  contracts: readonly Contract[],
  files: ApiPaths,
  version: string,
  publicUrl: string,
): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const contract of contracts) {
    const path = contract.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][contract.method.toLowerCase()] = describeOperation(contract);
  }
  for (const [path, methods] of Object.entries(files)) {
    const key = path.replaceAll(/:(\w+)/g, '{$1}');
    for (const [method, described] of Object.entries(methods))
      paths[key] = { ...paths[key], [method]: describePath(path, described) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Entregent', version, license: { name: 'AGPL-3.0-or-later', identifier: 'AGPL-3.0-or-later' } },
    servers: [{ url: `${publicUrl}/api/v1` }],
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key from Settings.' },
        app: {
          type: 'oauth2',
          description: 'A program that a member authorised (PKCE with S256); it sees what is lent to it.',
          flows: { authorizationCode: { ...authorizationServer(publicUrl), scopes: appScopes(contracts) } },
        },
      },
      schemas: { Problem: problemSchema },
    },
  };
}

const authorizationServer = (publicUrl: string) => ({
  authorizationUrl: `${publicUrl}/api/auth/oauth2/authorize`,
  tokenUrl: `${publicUrl}/api/auth/oauth2/token`,
});

/** Each scope that apps may be allowed, with what it opens. */
const appScopes = (contracts: readonly Contract[]): Record<string, string> =>
  Object.fromEntries(
    [
      ...Map.groupBy(
        contracts.filter(({ apps }) => apps),
        ({ scope }) => scope!,
      ),
    ].map(([scope, group]) => [scope, group.map(({ name }) => name).join(', ')]),
  );

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(errorStatus) },
    detail: { type: 'string' },
    fields: { type: 'object', additionalProperties: { type: 'string' } },
    requestId: { type: 'string' },
  },
};

interface ObjectSchema {
  properties?: Record<string, object>;
  required?: string[];
}

function describeOperation(contract: Contract): object {
  const input = z.toJSONSchema(contract.input, { io: 'input', unrepresentable: 'any' }) as ObjectSchema;
  const inPath = new Set([...contract.path.matchAll(/:(\w+)/g)].map((match) => match[1]!));
  const properties = Object.entries(input.properties ?? {});
  const rest = properties.filter(([name]) => !inPath.has(name));
  const required = (name: string) => input.required?.includes(name) ?? false;
  const hasBody = contract.method !== 'GET' && contract.method !== 'DELETE';
  const parameters = [
    ...properties
      .filter(([name]) => inPath.has(name))
      .map(([name, schema]) => ({ name, in: 'path', required: true, schema })),
    ...(hasBody ? [] : rest.map(([name, schema]) => ({ name, in: 'query', required: required(name), schema }))),
    ...(hasBody
      ? [{ name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', maxLength: 200 } }]
      : []),
  ];
  const general: ErrorCode[] =
    contract.access === 'public' ? ['invalid_input'] : ['invalid_input', 'unauthenticated', 'invalid_api_key'];
  const failures = [...new Set([...general, ...(contract.errors ?? [])])];
  const byStatus = Map.groupBy(failures, (code) => errorStatus[code]);
  return {
    operationId: contract.name,
    tags: [contract.name.split('.')[0]],
    summary: contract.summary,
    ...(contract.access === 'public' ? { security: [] } : { security: securityOf(contract) }),
    parameters,
    ...(hasBody && rest.length > 0
      ? {
          requestBody: {
            required: rest.some(([name]) => required(name)),
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: Object.fromEntries(rest),
                  required: rest.map(([name]) => name).filter(required),
                },
              },
            },
          },
        }
      : {}),
    responses: {
      200: {
        description: 'OK',
        content: {
          'application/json': { schema: z.toJSONSchema(contract.output, { io: 'output', unrepresentable: 'any' }) },
        },
      },
      ...Object.fromEntries(
        [...byStatus].map(([status, codes]) => [
          status,
          {
            description: codes.join(', '),
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        ]),
      ),
    },
  };
}
