import { z } from 'zod';

/**
 * The unit of the code base is the operation: one contract (this record) and one function (see `implement` in http.ts).
 * From contracts come validation, types, OpenAPI 3.1 and the web client. Contracts import nothing but zod and each other,
 * because the browser loads them too.
 */
export interface Contract<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> {
  /** `module.verbNoun`; also the OpenAPI operationId. */
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v1; `:name` takes the input's field of that name. */
  path: string;
  summary: string;
  /** Path parameters, query (GET, DELETE) and body (POST, PUT, PATCH) as ONE flat object. */
  input: I;
  output: O;
  /**
   * Who may call: anyone, a member, those who address contacts for the company (admins and marketing), those who oversee (admins and
   * auditors), an admin of the workspace. Rows are guarded by the
   * database, not by this.
   */
  access: 'public' | 'member' | 'marketer' | 'overseer' | 'admin';
  /** May be called by who has not accepted the charter yet. */
  beforeCharter?: true;
  /** What an API key or an app's token must carry. Public operations need none. */
  scope?: Scope;
  /** Apps may call it too, within their scopes; what is not marked is for members. */
  apps?: true;
  /** At most so many calls a minute from one address; without it, no limit (public ones have one of their own). */
  rate?: number;
  /** The most octets of its body, where the server's 8 MiB do not do. */
  bodyLimit?: number;
  /** The answer holds a secret shown once (a link, a key): it is never kept for a repeated request. */
  secret?: true;
  /** Codes that a caller should expect, besides the general ones (invalid_input, unauthenticated, not_found, too_many_requests). */
  errors?: readonly ErrorCode[];
}

/**
 * What a member is in the workspace. None of them opens a card: an admin administers, an auditor reads what was decided, marketing
 * addresses contacts on behalf of the company.
 */
export const roles = ['member', 'marketing', 'auditor', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What an app may be allowed: verbs; which contacts, its grants say. */
export type AppScope =
  | 'contacts:read'
  | 'contacts:contact'
  | 'contacts:export'
  | 'facts:write'
  /** An assistant (MCP): what its member knows of the contacts lent to it, and to write notes, proposals and drafts in their name. */
  | 'assistant:read'
  | 'assistant:write';
export type Scope =
  | AppScope
  | 'contacts:write'
  | 'messages:write'
  | 'imports:write'
  | 'workspace:read'
  | 'workspace:write';

/** Type helper: keeps the literal types of a contract's schemas, and who may call: what a public operation gets is another context. */
export function contract<I extends z.ZodObject, O extends z.ZodType, A extends Contract['access']>(
  record: Contract<I, O> & { access: A },
): Contract<I, O> & { access: A } {
  return record;
}

export type Input<C extends Contract> = z.input<C['input']>;
export type Parsed<C extends Contract> = z.output<C['input']>;
export type Output<C extends Contract> = z.output<C['output']>;

/** The closed list of error codes: problem+json `code`; messages stand in the catalogues under `error.<code>`. */
export const errorStatus = {
  invalid_input: 400,
  unauthenticated: 401,
  invalid_api_key: 401,
  invalid_token: 401,
  wrong_credentials: 401,
  code_required: 401,
  wrong_code: 401,
  passkey_refused: 401,
  forbidden: 403,
  charter_due: 403,
  company_sign_in: 403,
  not_exportable: 403,
  not_found: 404,
  conflict: 409,
  already_running: 409,
  not_undoable: 409,
  not_removable: 409,
  last_admin: 409,
  shared_account: 409,
  workspace_changed: 409,
  idempotency_mismatch: 409,
  not_as_shown: 409,
  link_expired: 410,
  too_large: 413,
  too_many_rows: 413,
  picture_too_large: 413,
  unreadable_file: 422,
  unreadable_picture: 422,
  connection_failed: 422,
  weak_password: 422,
  too_many_requests: 429,
  too_many_codes: 429,
  internal: 500,
  provider_unreachable: 502,
  company_unreachable: 502,
  unavailable: 503,
  disk_full: 507,
} as const;
export type ErrorCode = keyof typeof errorStatus;

/** RFC 9457 with our stable code; `fields` tells which input was wrong and why. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail?: string;
  fields?: Record<string, string>;
  requestId?: string;
}

/** Server-sent events for who is signed in, below /api/v1: `event: <topic>`, its data empty or an id. */
export const livePath = '/live';
/**
 * What an open page is told: that something of this kind has changed, never what. It then asks again, and row security answers.
 * `feed`: something happened with my contacts; `notices`, `tasks`: mine; `visibility`: what I may see has changed; `conversations`:
 * something was said or decided in one of mine, whose id is the event's data.
 */
export const liveTopic = z.enum(['feed', 'notices', 'tasks', 'visibility', 'conversations']);

export const id = z.uuid();
export const nothing = z.object({});
/** Keyset paging: `after` is the opaque cursor of the page before. */
export const paging = {
  after: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};
export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}
export const instant = z.iso.datetime({ offset: true });
