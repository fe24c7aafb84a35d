import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Trouble } from '../../connectors/connector.ts';
import type { Access, Kind } from '../kind.ts';
import { askService, services } from './service.ts';

const settings = z.object({
  /** Of the audience. */
  listId: z
    .string()
    .trim()
    .regex(/^\w{1,50}$/),
});
/** A key names the data centre that its account is kept at: `…-us21`. */
const secret = z.object({
  apiKey: z
    .string()
    .trim()
    .max(200)
    .regex(/^[^\s:]+-[a-z]{2}\d{1,3}$/),
});
type MailchimpAccess = Access<z.output<typeof settings>, z.output<typeof secret>>;

function ask(access: MailchimpAccess, method: 'GET' | 'PUT' | 'DELETE', path: string, body?: object) {
  const { apiKey } = access.secret;
  const base = services.mailchimp(apiKey.slice(apiKey.lastIndexOf('-') + 1));
  const authorization = `Basic ${Buffer.from(`key:${apiKey}`).toString('base64')}`;
  return askService(access, `${base}/3.0/lists/${access.settings.listId}${path}`, method, { authorization }, body);
}

/** What Mailchimp calls a member: the MD5 of the address in small letters. */
export const memberOf = (email: string): string => createHash('md5').update(email.trim().toLowerCase()).digest('hex');

/**
 * An audience at Mailchimp (Marketing API 3.0: mailchimp.com/developer/marketing/api/list-members/add-or-update-list-member/ and
 * …/archive-list-member/). Who has unsubscribed there stays unsubscribed: a status is said of new members only.
 */
export const mailchimp: Kind<z.output<typeof settings>, z.output<typeof secret>> = {
  kind: 'mailchimp',
  settings,
  secret,
  mails: true,
  // One request each, of thirty seconds at most: together less than the five minutes for which a destination is held.
  together: 8,
  pace: 0,
  keyOf: ({ emails: [email] }) => (email ? memberOf(email) : null),
  async check(access) {
    const { status } = await ask(access, 'GET', '?fields=id');
    if (status === 404) throw new Trouble('place_gone');
    if (status !== 200) throw new Trouble('malformed');
    return access.settings;
  },
  async send(access, { upserts, removals }) {
    const refused = new Set<string>();
    for (const { key, said } of upserts) {
      const { status } = await ask(access, 'PUT', `/members/${key}?skip_merge_validation=true`, {
        ...{ email_address: said.emails[0], status_if_new: 'subscribed' },
        merge_fields: { FNAME: said.given, LNAME: said.family || (said.given ? '' : said.full) },
      });
      // 400: an address that it does not take, or whose owner has asked to be deleted there for good.
      if (status === 400) refused.add(key);
      else if (status === 404) throw new Trouble('place_gone');
      else if (status !== 200) throw new Trouble('malformed');
    }
    for (const key of removals) {
      const { status } = await ask(access, 'DELETE', `/members/${key}`);
      // 404, 405: it is not there, or archived already.
      if (status !== 204 && status !== 404 && status !== 405) throw new Trouble('malformed');
    }
    return refused;
  },
};
