import { z } from 'zod';
import { type Contract, type ErrorCode, errorStatus } from './contract.ts';

/** The OpenAPI 3.1 description of the given contracts. */
export function describeApi(contracts: readonly Contract[], version: string, publicUrl: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const contract of contracts) {
    const path = contract.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][contract.method.toLowerCase()] = describeOperation(contract);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Entregent', version, license: { name: 'AGPL-3.0-or-later', identifier: 'AGPL-3.0-or-later' } },
    servers: [{ url: `${publicUrl}/api/v1` }],
    paths,
    components: {
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key from Settings.' } },
      schemas: { Problem: problemSchema },
    },
  };
}

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
  const general: ErrorCode[] = contract.access === 'public' ? ['invalid_input'] : ['invalid_input', 'unauthenticated'];
  const failures = [...new Set([...general, ...(contract.errors ?? [])])];
  const byStatus = Map.groupBy(failures, (code) => errorStatus[code]);
  return {
    operationId: contract.name,
    tags: [contract.name.split('.')[0]],
    summary: contract.summary,
    ...(contract.access === 'public'
      ? { security: [] }
      : { security: [{ apiKey: contract.scope ? [contract.scope] : [] }] }),
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
