import type { Contract, ErrorCode, Input, Output, Problem } from '../../server/kernel/contract.ts';
import { noticeAnswer } from './connection.ts';

export const apiBase = '/api/v1';

/** What the server refused, by its stable code. The message for people stands under `error.<code>`. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly code: ErrorCode;
  readonly fields: Record<string, string>;
  readonly requestId: string | undefined;
  constructor(problem: Pick<Problem, 'code' | 'fields' | 'requestId'>) {
    super(problem.code);
    this.code = problem.code;
    this.fields = problem.fields ?? {};
    this.requestId = problem.requestId;
  }
}

/**
 * Calls an operation by its contract. Path parameters are taken out of the input; the rest is the query (GET, DELETE)
 * or the JSON body. Throws ApiError; a server that cannot be reached counts as `unavailable`.
 */
export async function call<C extends Contract>(contract: C, input: Input<C>): Promise<Output<C>> {
  const rest: Record<string, unknown> = { ...(input as Record<string, unknown>) };
  const path = fillPath(contract.path, rest);
  const reads = contract.method === 'GET' || contract.method === 'DELETE';
  const response = await send(apiBase + path + (reads ? query(rest) : ''), {
    method: contract.method,
    headers: headersFor(contract.method),
    ...(reads ? {} : { body: JSON.stringify(rest) }),
  });
  return (await response.json()) as Output<C>;
}

let shown: string | undefined;

/** The workspace that this page shows: a request is refused once another tab has gone to another one. */
export function showWorkspace(workspaceId: string | undefined): void {
  shown = workspaceId;
}

/** Puts a file there, octet for octet. @param url with everything said of it */
export async function upload<T>(url: string, file: Blob, method: 'POST' | 'PUT' = 'POST'): Promise<T> {
  const headers = { ...pageHeaders(), 'content-type': 'application/octet-stream' };
  return (await (await send(url, { method, headers, body: file })).json()) as T;
}

/** Fetches a file that is made for the caller, with what its headers tell of it. */
export async function fetchFile(url: string): Promise<{ blob: Blob; headers: Headers }> {
  const response = await send(url, { headers: pageHeaders() });
  return { blob: await response.blob(), headers: response.headers };
}

/** What every request of this page carries. */
export function pageHeaders(): Record<string, string> {
  return {
    'x-entregent-csrf': '1',
    'accept-language': document.documentElement.lang,
    ...(shown === undefined ? {} : { 'x-entregent-workspace': shown }),
  };
}

function headersFor(method: Contract['method']): Record<string, string> {
  const bodied = method !== 'GET' && method !== 'DELETE';
  return { ...pageHeaders(), ...(bodied ? { 'content-type': 'application/json' } : {}) };
}

/** Puts the values named in `path` into it and takes them out of `values`. */
function fillPath(path: string, values: Record<string, unknown>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => {
    const value = String(values[name]);
    delete values[name];
    return encodeURIComponent(value);
  });
}

/** `?a=1&b=2` without the values that are not there. */
export function query(values: Record<string, unknown>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, credentials: 'same-origin' });
  } catch {
    noticeAnswer(false);
    throw new ApiError({ code: 'unavailable' });
  }
  const problem = response.ok ? undefined : problemIn(await response.text(), response.status);
  noticeAnswer(problem?.code !== 'unavailable');
  if (!problem) return response;
  throw new ApiError(problem);
}

/** Reads problem+json; anything else (a proxy's own page) counts by its status. */
export function problemIn(body: string, status: number): Pick<Problem, 'code' | 'fields' | 'requestId'> {
  try {
    const problem = JSON.parse(body) as Problem;
    if (typeof problem.code === 'string') return problem;
  } catch {
    // Not JSON: the status alone must do.
  }
  return { code: status === 413 ? 'too_large' : status >= 502 ? 'unavailable' : 'internal' };
}
