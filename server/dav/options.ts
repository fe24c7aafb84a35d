import type { Method } from './request.ts';

export const methods = [
  'OPTIONS',
  'GET',
  'HEAD',
  'PUT',
  'DELETE',
  'PROPFIND',
  'PROPPATCH',
  'REPORT',
  'MKCOL',
  'MOVE',
] as const;

/** RFC 4918, 18; RFC 6352, 6.1; RFC 5689, 3.1. */
export const options: Method = async ({ reply }) =>
  reply
    .header('dav', '1, 3, access-control, addressbook, extended-mkcol')
    .header('allow', methods.join(', '))
    .code(200)
    .send();
