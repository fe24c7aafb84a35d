import { z } from 'zod';
import { type Access, type Connector, Trouble } from '../connector.ts';
import { openService } from '../records/asking.ts';
import { pullChanges, type Stamped } from '../records/walking.ts';
import { services } from '../services.ts';
import { asked, changedAt, keyOf, type Member, member, toContact } from './members.ts';

const settings = z.object({});
/** A key names the data centre that its account is kept at: `…-us21`. */
const secret = z.object({
  password: z
    .string()
    .trim()
    .max(200)
    .regex(/^[^\s:]+-[a-z]{2}\d{1,3}$/),
});
type MailchimpAccess = Access<z.output<typeof settings>, z.output<typeof secret>>;

/** Members of an answer, of which there may be a thousand. */
const together = 500;

const lists = z.object({ lists: z.array(z.object({ id: z.string().regex(/^\w{1,50}$/), name: z.string() })) });
const page = z.object({ members: z.array(member).max(together), total_items: z.number() });

/** The Marketing API of Mailchimp (3.0). */
function open(access: MailchimpAccess) {
  const { password } = access.secret;
  const service = openService(access);
  const headers = { authorization: `Basic ${Buffer.from(`key:${password}`).toString('base64')}` };
  const base = services.mailchimp(password.slice(password.lastIndexOf('-') + 1));
  return {
    now: service.now,
    get: <T>(path: string, query: Record<string, string>, schema: z.ZodType<T>) =>
      service.ask(`${base}/3.0/${path}?${new URLSearchParams(query)}`, { headers }, schema),
  };
}
type Mailchimp = ReturnType<typeof open>;

const instant = (second: number): string => new Date(second * 1000).toISOString();

/** Members of an audience from a time on, the earliest change first, behind as many others. */
function ask(mailchimp: Mailchimp, list: string, second: number, offset: number, more: Record<string, string> = {}) {
  const query = {
    count: String(together),
    offset: String(offset),
    // Whether a member who was changed right then is among them is nowhere said.
    since_last_changed: instant(second - 1),
    sort_field: 'last_changed',
    sort_dir: 'ASC',
    fields: ['total_items', ...asked.map((name) => `members.${name}`)].join(','),
    ...more,
  };
  return mailchimp.get(`lists/${list}/members`, query, page);
}

const stamped = (mailchimp: Mailchimp, list: string): Stamped<Member> => ({
  changedAt,
  async from(second) {
    for (let offset = 0; ; offset += together) {
      const { members } = await ask(mailchimp, list, second, offset);
      const more = members.length === together;
      const records = members.filter((one) => !(changedAt(one) < second * 1000));
      if (records.length > 0 || !more) return { records, more };
    }
  },
  /** Behind how many, and of how many: where some have left this second meanwhile, all of it is read again. */
  async within(second, after) {
    const [offset = 0, before = 0] = (after ?? '').split('/').map(Number);
    const until = { before_last_changed: instant(second + 2) };
    const { members, total_items: total } = await ask(mailchimp, list, second, offset, until);
    const records = members.filter((one) => Math.floor(changedAt(one) / 1000) === second);
    if (total < before) return { records, next: `0/${total}` };
    return { records, next: members.length === together ? `${offset + together}/${total}` : null };
  },
});

/** Ids of an audience's members; null where some left while they were listed, so that others were passed over. */
async function listKeys(mailchimp: Mailchimp, list: string): Promise<Set<string> | null> {
  const keys = new Set<string>();
  for (let offset = 0; ; offset += together) {
    const { members, total_items } = await ask(mailchimp, list, 1, offset);
    for (const one of members) if (one.status !== 'archived') keys.add(keyOf(one));
    if (members.length < together) return offset + members.length < total_items ? null : keys;
  }
}

/** The contacts of one audience at Mailchimp, with what they agreed to. */
export const mailchimp: Connector<z.output<typeof settings>, z.output<typeof secret>> = {
  kind: 'mailchimp',
  settings,
  secret,
  every: 900,
  async connect(access) {
    const found = await open(access).get('lists', { count: '1000', fields: 'lists.id,lists.name' }, lists);
    return found.lists.map(({ id, name }) => ({ id, name: name.slice(0, 500), writable: false }));
  },
  pull(access, since) {
    const there = open(access);
    if (!/^\w{1,50}$/.test(since.place)) throw new Trouble('place_gone');
    const toBatch = (records: readonly Member[]) => ({
      items: records
        .filter(({ status }) => status !== 'archived')
        .map((one) => {
          const contact = toContact(one, access.country);
          return { key: keyOf(one), state: null, contact, dead: one.status === 'cleaned' };
        }),
      gone: records.filter(({ status }) => status === 'archived').map(keyOf),
    });
    const list = () => listKeys(there, since.place);
    return pullChanges({ stamped: stamped(there, since.place), now: there.now, toBatch, list }, since);
  },
};
