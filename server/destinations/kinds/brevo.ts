import { z } from 'zod';
import { Trouble } from '../../connectors/connector.ts';
import type { Access, Kind } from '../kind.ts';
import type { Said } from '../said.ts';
import { askService, services } from './service.ts';

const settings = z.object({ listId: z.coerce.number().int().positive() });
const secret = z.object({ apiKey: z.string().trim().min(1).max(500) });
type BrevoAccess = Access<z.output<typeof settings>, z.output<typeof secret>>;

const ask = (access: BrevoAccess, method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) =>
  askService(access, `${services.brevo()}/v3/${path}`, method, { 'api-key': access.secret.apiKey }, body);

/** Brevo's own attributes of a contact; one that an account does not have is left out by it. */
const attributesOf = (said: Said): Record<string, string> => ({
  FIRSTNAME: said.given,
  LASTNAME: said.family || (said.given ? '' : said.full),
  COMPANY: said.organization,
  JOB_TITLE: said.title,
});

/**
 * A list at Brevo (API v3: developers.brevo.com/reference/create-contact, /delete-contact, /get-list). A contact is called by our id (`ext_id`);
 * who has stopped mails there stays stopped, since that is said only by Brevo.
 */
export const brevo: Kind<z.output<typeof settings>, z.output<typeof secret>> = {
  kind: 'brevo',
  settings,
  secret,
  mails: true,
  // One request each, of thirty seconds at most: together less than the five minutes for which a destination is held.
  together: 8,
  pace: 0,
  keyOf: ({ id, emails }) => (emails.length > 0 ? id : null),
  async check(access) {
    const { status } = await ask(access, 'GET', `contacts/lists/${access.settings.listId}`);
    if (status === 404) throw new Trouble('place_gone');
    if (status !== 200) throw new Trouble('malformed');
    return access.settings;
  },
  async send(access, { upserts, removals }) {
    const refused = new Set<string>();
    for (const { key, said } of upserts) {
      const { status } = await ask(access, 'POST', 'contacts', {
        ...{ email: said.emails[0], ext_id: key, attributes: attributesOf(said) },
        ...{ listIds: [access.settings.listId], updateEnabled: true },
      });
      // 201: made; 204: changed. 400: an address that it does not take, or another contact's.
      if (status === 400) refused.add(key);
      else if (status !== 201 && status !== 204) throw new Trouble('malformed');
    }
    for (const key of removals) {
      const { status } = await ask(access, 'DELETE', `contacts/${encodeURIComponent(key)}?identifierType=ext_id`);
      // 404: it is gone already.
      if (status !== 204 && status !== 404) throw new Trouble('malformed');
    }
    return refused;
  },
};
