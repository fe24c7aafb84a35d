import { createHash } from 'node:crypto';
import { type Answered, type Asked, openFake } from '../records/testing.ts';

type Member = Record<string, unknown> & { email_address: string; last_changed: string };

/** Mailchimp as its public description of the Marketing API has it (lists, members). The real one was never reached. */
export async function openMailchimp(key = 'secret-us21') {
  const members = new Map<number, Member>();
  const list = (query: URLSearchParams): Answered => {
    const since = query.get('since_last_changed') ?? '';
    const before = query.get('before_last_changed') ?? '9999';
    const found = [...members.values()]
      .filter(({ last_changed: at }) => Date.parse(at) > Date.parse(since) && Date.parse(at) < Date.parse(before))
      .sort((a, b) => Date.parse(a.last_changed) - Date.parse(b.last_changed));
    const [offset, count] = [Number(query.get('offset')), Number(query.get('count'))];
    if (count > 1000) return { status: 400, body: {} };
    return { body: { members: found.slice(offset, offset + count), total_items: found.length } };
  };
  const fake = await openFake(({ url, authorization }: Asked): Answered => {
    if (authorization !== `Basic ${Buffer.from(`key:${key}`).toString('base64')}`)
      return { status: 401, body: { title: 'API Key Invalid' } };
    if (url.pathname === '/3.0/lists') return { body: { lists: [{ id: 'a1b2', name: 'Newsletter' }], total_items: 1 } };
    if (url.pathname === '/3.0/lists/a1b2/members') return list(url.searchParams);
    return { status: 404, body: { title: 'Resource Not Found' } };
  });
  return {
    fake,
    close: fake.close,
    url: fake.url,
    /** As if it were `now`, in whole seconds as Mailchimp keeps them. */
    put(no: number, values: Record<string, unknown>, now = new Date()) {
      const before = members.get(no);
      const email = String(values.email_address ?? before?.email_address);
      members.set(no, {
        status: 'subscribed',
        merge_fields: {},
        tags: [],
        timestamp_opt: '',
        ...before,
        ...values,
        contact_id: `contact${no}`,
        id: createHash('md5').update(email.toLowerCase()).digest('hex'),
        email_address: email,
        last_changed: `${now.toISOString().slice(0, 19)}+00:00`,
      });
    },
    delete: (no: number) => members.delete(no),
  };
}
