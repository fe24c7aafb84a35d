import { z } from 'zod';
import { sha256 } from '../../kernel/ids.ts';
import { type Batch, type Connector, type Item, type Since, Trouble } from '../connector.ts';
import { batchOf } from '../gathering.ts';
import { isThing, type Thing, textOf, textsOf, thingOf, thingsOf } from '../json.ts';
import { ask } from '../oauth/asking.ts';
import { addressAt } from '../oauth/endpoints.ts';
import { type Account, type AccountAccess, account, giveBack, type Tokens, tokens } from '../oauth/tokens.ts';
import { personFields, toContact } from './person.ts';

const people = 'https://people.googleapis.com/v1';

/** Where reading goes on, and by which labels what was read was labelled. */
const cursor = z.object({ token: z.string(), groups: z.string() });

/** Asks Google. @throws Trouble; `null` for a token of a synchronisation that is too old (after seven days) */
async function get(access: AccountAccess, url: string): Promise<Thing | null> {
  const { status, body } = await ask(access, 'google', addressAt(access.config, 'google', url));
  if (status === 200 && isThing(body)) return body;
  const error = isThing(body) ? thingOf(body, 'error') : {};
  const reasons = new Set([
    textOf(error, 'status'),
    ...[...thingsOf(error, 'details'), ...thingsOf(error, 'errors')].map((one) => textOf(one, 'reason')),
  ]);
  if (reasons.has('EXPIRED_SYNC_TOKEN')) return null;
  throw new Trouble(meaningOf(status, reasons));
}

function meaningOf(status: number, reasons: ReadonlySet<string>): Trouble['code'] {
  if (status !== 403) return 'malformed';
  if (
    ['RATE_LIMIT_EXCEEDED', 'rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded'].some((one) =>
      reasons.has(one),
    )
  )
    return 'busy';
  // The company has not allowed its program this interface.
  if (reasons.has('SERVICE_DISABLED') || reasons.has('accessNotConfigured')) return 'client_refused';
  return 'forbidden';
}

/** Far more than an account holds, in answers of a service that never comes to an end. */
const mostPages = 10_000;

/** All pages of a list. `null`: the token of the synchronisation is too old. */
async function* pages(access: AccountAccess, url: string): AsyncGenerator<Thing | null> {
  for (let token = '', count = 0; ; count++) {
    const page = await get(access, token === '' ? url : `${url}&pageToken=${encodeURIComponent(token)}`);
    yield page;
    const next = page && textOf(page, 'nextPageToken');
    if (!next) return;
    if (next === token || count === mostPages) throw new Trouble('malformed');
    token = next;
  }
}

/** Names of the labels that people have given, by resource name. */
async function readGroups(access: AccountAccess): Promise<Map<string, string>> {
  const groups = new Map<string, string>();
  for await (const page of pages(access, `${people}/contactGroups?pageSize=1000&groupFields=name,groupType`))
    for (const one of thingsOf(page ?? {}, 'contactGroups'))
      if (textOf(one, 'groupType') === 'USER_CONTACT_GROUP')
        groups.set(textOf(one, 'resourceName'), textOf(one, 'name'));
  return groups;
}

const listed = `${people}/people/me/connections?pageSize=500&sources=READ_SOURCE_TYPE_CONTACT&requestSyncToken=true&personFields=${personFields}`;

/**
 * What has changed since the token of the last synchronisation. Without one, with one that is too old, or when a label has another name, all
 * is read, and what was there and is no more has gone.
 */
async function* pull(access: AccountAccess, since: Since): AsyncGenerator<Batch> {
  const groups = await readGroups(access);
  const mark = sha256(JSON.stringify([...groups].sort())).toString('hex');
  const at = cursor.safeParse(since.cursor).data;
  const token = at?.groups === mark ? at.token : null;
  if (token !== null && (yield* read(access, groups, mark, token, null))) return;
  yield* read(access, groups, mark, null, await since.known());
}

/** @param known what was there, where all is read @returns false where the token is too old */
async function* read(
  access: AccountAccess,
  groups: ReadonlyMap<string, string>,
  mark: string,
  token: string | null,
  known: ReadonlyMap<string, unknown> | null,
): AsyncGenerator<Batch, boolean> {
  const missing = new Set(known?.keys());
  const url = token === null ? listed : `${listed}&syncToken=${encodeURIComponent(token)}`;
  for await (const page of pages(access, url)) {
    if (!page) {
      if (token === null) throw new Trouble('malformed');
      return false;
    }
    const batch = readPage(page, groups, access.country);
    for (const { key } of batch.items) missing.delete(key);
    for (const key of batch.gone) missing.delete(key);
    const next = textOf(page, 'nextSyncToken');
    const isLast = textOf(page, 'nextPageToken') === '';
    if (isLast && next === '') throw new Trouble('malformed');
    yield isLast
      ? { items: batch.items, gone: [...batch.gone, ...missing], cursor: { token: next, groups: mark } }
      : batch;
  }
  return true;
}

/** Persons of a page: those that are there, and keys of those that are not, or are called otherwise now. */
function readPage(
  page: Thing,
  groups: ReadonlyMap<string, string>,
  country: string,
): { items: Item[]; gone: string[] } {
  const last = new Map<string, Item | null>();
  for (const person of thingsOf(page, 'connections')) {
    const key = textOf(person, 'resourceName');
    if (key === '') continue;
    const metadata = thingOf(person, 'metadata');
    for (const before of textsOf(metadata, 'previousResourceNames')) last.set(before, null);
    const state = textOf(person, 'etag') || null;
    last.set(key, metadata.deleted === true ? null : { key, state, contact: toContact(person, groups, country) });
  }
  return batchOf(last);
}

async function whose(access: AccountAccess): Promise<{ id: string; name: string }> {
  const said = await get(access, 'https://openidconnect.googleapis.com/v1/userinfo');
  const id = said ? textOf(said, 'sub') : '';
  if (id === '') throw new Trouble('malformed');
  return { id, name: textOf(said!, 'email') || id };
}

/** The contacts of a Google account (People API v1); read only. */
export const googleContacts: Connector<Account, Tokens> = {
  kind: 'google_contacts',
  settings: account,
  secret: tokens,
  every: 900,
  opening: {
    provider: 'google',
    scopes: ['openid', 'email', 'https://www.googleapis.com/auth/contacts.readonly'],
    whose,
  },
  async connect(access) {
    await get(access, `${people}/people/me/connections?pageSize=1&personFields=metadata`);
    return [{ id: 'contacts', name: access.settings.account, writable: false }];
  },
  pull,
  disconnect: (access) => giveBack(access, 'google'),
};
