import { z } from 'zod';
import { type Batch, type Connector, type Item, type Since, Trouble } from '../connector.ts';
import type { Place } from '../contract.ts';
import { batchOf } from '../gathering.ts';
import { isThing, type Thing, textOf, thingOf, thingsOf } from '../json.ts';
import { ask } from '../oauth/asking.ts';
import { addressAt } from '../oauth/endpoints.ts';
import { type Account, type AccountAccess, account, type Tokens, tokens } from '../oauth/tokens.ts';
import { toContact } from './contact.ts';

const graph = 'https://graph.microsoft.com/v1.0';

/** Outlook's own folder, which has no id that one could ask for. */
const main = 'contacts';

/** Where reading goes on: the address that the service gave for it. */
const cursor = z.object({ link: z.string() });

/** Ids that stay when a contact is moved within its mailbox, and pages of a size. */
const headers = { prefer: 'IdType="ImmutableId", odata.maxpagesize=200' };

/** Asks Graph. `null` for where reading cannot go on (410, or that a state is not known), which means from the beginning. */
async function get(access: AccountAccess, url: string): Promise<Thing | null> {
  const { status, body } = await ask(access, 'microsoft', url, headers);
  if (status === 200 && isThing(body)) return body;
  const code = isThing(body) ? textOf(thingOf(body, 'error'), 'code') : '';
  if (status === 410 || /^(?:SyncState(?:NotFound|Invalid)|resyncRequired)$/i.test(code)) return null;
  if (status === 403) throw new Trouble('forbidden');
  throw new Trouble(status === 404 ? 'place_gone' : 'malformed');
}

const at = ({ config }: AccountAccess, path: string): string => addressAt(config, 'microsoft', graph + path);

/** An address that an answer names, which gets our token only where it is Graph's own. */
function linkIn(access: AccountAccess, page: Thing, name: string): string | null {
  const link = textOf(page, name);
  if (link === '') return null;
  if (!URL.canParse(link) || new URL(link).origin !== new URL(at(access, '')).origin) throw new Trouble('malformed');
  return link;
}

/** Far more than an account holds, in answers of a service that never comes to an end. */
const mostPages = 10_000;

async function listFolders(access: AccountAccess): Promise<Place[]> {
  const places: Place[] = [{ id: main, name: access.settings.account, writable: false }];
  let link: string | null = at(access, '/me/contactFolders?$select=id,displayName&$top=100');
  for (let count = 0; link !== null && count < 100; count++) {
    const page: Thing = (await get(access, link)) ?? {};
    for (const one of thingsOf(page, 'value')) {
      const id = textOf(one, 'id');
      if (id !== '') places.push({ id, name: (textOf(one, 'displayName') || id).slice(0, 500), writable: false });
    }
    link = linkIn(access, page, '@odata.nextLink');
  }
  return places;
}

const beginningOf = (access: AccountAccess, place: string): string =>
  at(access, `${place === main ? '/me/contacts' : `/me/contactFolders/${encodeURIComponent(place)}/contacts`}/delta`);

/** What has changed since the last time; from the beginning where the service does not know any more what that was. */
async function* pull(access: AccountAccess, since: Since): AsyncGenerator<Batch> {
  const last = cursor.safeParse(since.cursor).data?.link;
  if (last !== undefined && (yield* read(access, last, new Set()))) return;
  const missing = new Set((await since.known()).keys());
  if (!(yield* read(access, beginningOf(access, since.place), missing))) throw new Trouble('malformed');
}

/** @param missing what was there, and has gone unless it is seen @returns false where reading cannot go on */
async function* read(access: AccountAccess, from: string, missing: Set<string>): AsyncGenerator<Batch, boolean> {
  let link = from;
  for (let count = 0; count < mostPages; count++) {
    const page = await get(access, link);
    if (!page) return false;
    const { items, gone } = await readPage(access, page);
    for (const key of [...items.map((one) => one.key), ...gone]) missing.delete(key);
    const next = linkIn(access, page, '@odata.nextLink');
    if (next === null) {
      const delta = linkIn(access, page, '@odata.deltaLink');
      if (delta === null) throw new Trouble('malformed');
      yield { items, gone: [...gone, ...missing], cursor: { link: delta } };
      return true;
    }
    yield { items, gone };
    link = next;
  }
  throw new Trouble('malformed');
}

async function readPage(access: AccountAccess, page: Thing): Promise<{ items: Item[]; gone: string[] }> {
  const last = new Map<string, Item | null>();
  for (const one of thingsOf(page, 'value')) {
    const key = textOf(one, 'id');
    if (key === '') continue;
    const whole = '@removed' in one ? null : await wholeOf(access, key, one);
    const state = (whole && textOf(whole, 'changeKey')) || null;
    last.set(key, whole && { key, state, contact: toContact(whole, access.country) });
  }
  return batchOf(last);
}

/** Of a contact that has changed no more need be said than what has: it is asked for then. `null`: it is there no more. */
async function wholeOf(access: AccountAccess, key: string, said: Thing): Promise<Thing | null> {
  if (['displayName', 'surname', 'companyName', 'emailAddresses', 'businessPhones'].every((name) => name in said))
    return said;
  const url = at(access, `/me/contacts/${encodeURIComponent(key)}`);
  return get(access, url).catch((error) => {
    if (error instanceof Trouble && error.code === 'place_gone') return null;
    throw error;
  });
}

async function whose(access: AccountAccess): Promise<{ id: string; name: string }> {
  const said = await get(access, at(access, '/me?$select=id,mail,userPrincipalName'));
  const id = said ? textOf(said, 'id') : '';
  if (id === '') throw new Trouble('malformed');
  return { id, name: textOf(said!, 'mail') || textOf(said!, 'userPrincipalName') || id };
}

/** The contacts of a Microsoft account, of a company or private (Graph v1.0); read only. */
export const microsoftContacts: Connector<Account, Tokens> = {
  kind: 'microsoft_contacts',
  settings: account,
  secret: tokens,
  every: 900,
  opening: { provider: 'microsoft', scopes: ['offline_access', 'User.Read', 'Contacts.Read'], whose },
  connect: listFolders,
  pull,
};
