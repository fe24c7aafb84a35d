import { type Answered, type Asked, openFake } from '../records/testing.ts';

type Contact = Record<string, unknown> & { Id: string; SystemModstamp: string; IsDeleted: boolean };

/**
 * Salesforce as its public description of the REST API has it (token, describe, query, queryAll), with as much of SOQL as is asked. The real
 * one was never reached.
 */
export async function openSalesforce() {
  const contacts = new Map<string, Contact>();
  /** Fields that this company has and this user may see. */
  const visible = new Set(
    'Id SystemModstamp IsDeleted AccountId FirstName LastName Email MobilePhone Title MailingCity HasOptedOutOfEmail DoNotCall'.split(
      ' ',
    ),
  );
  const fake = await openFake(({ url, authorization, body }: Asked): Answered => {
    if (url.pathname === '/services/oauth2/token') {
      const given = new URLSearchParams(body);
      const holds = given.get('client_id') === 'consumer' && given.get('client_secret') === 'secret';
      if (!holds || given.get('grant_type') !== 'client_credentials')
        return { status: 400, body: { error: 'invalid_client' } };
      return { body: { access_token: 'token', instance_url: 'https://elsewhere.example', token_type: 'Bearer' } };
    }
    if (authorization !== 'Bearer token') return { status: 401, body: [{ errorCode: 'INVALID_SESSION_ID' }] };
    const path = url.pathname.replace('/services/data/v60.0/', '');
    if (path === 'sobjects/Contact/describe') return { body: { fields: [...visible].map((name) => ({ name })) } };
    const soql = url.searchParams.get('q') ?? '';
    return query([...contacts.values()], soql, path === 'queryAll', visible);
  });
  return {
    fake,
    close: fake.close,
    url: fake.url,
    visible,
    put(no: number, values: Record<string, unknown>, at = new Date()) {
      const Id = `003${String(no).padStart(12, '0')}AAA`;
      const SystemModstamp = `${at.toISOString().slice(0, 19)}.000+0000`;
      contacts.set(Id, { IsDeleted: false, ...contacts.get(Id), ...values, Id, SystemModstamp });
    },
    /** Gone from the bin too. */
    purge: (no: number) => contacts.delete(`003${String(no).padStart(12, '0')}AAA`),
  };
}

function query(all: readonly Contact[], soql: string, withDeleted: boolean, visible: ReadonlySet<string>): Answered {
  const [, columns = '', where = '', order = '', limit] =
    /^SELECT (.+) FROM Contact WHERE (.+) ORDER BY (.+) LIMIT (\d+)$/.exec(soql) ?? [];
  const names = columns.split(', ');
  if (names.some((name) => name !== 'Account.Name' && !visible.has(name)))
    return { status: 400, body: [{ errorCode: 'INVALID_FIELD', message: 'No such column' }] };
  const terms = where.split(' AND ').map((term) => /^(\w+) (>=|<|>) (.+)$/.exec(term)!);
  const holds = (one: Contact) =>
    terms.every(([, field, operator, value]) => {
      const is = field === 'Id' ? one.Id : Date.parse(one.SystemModstamp.replace('+0000', 'Z'));
      const than = field === 'Id' ? value!.replaceAll("'", '') : Date.parse(value!);
      return operator === '>=' ? is >= than : operator === '<' ? is < than : is > than;
    });
  const sorted = (a: Contact, b: Contact) =>
    (order.startsWith('SystemModstamp') ? a.SystemModstamp.localeCompare(b.SystemModstamp) : 0) ||
    (a.Id < b.Id ? -1 : 1);
  const records = all
    .filter((one) => (withDeleted || !one.IsDeleted) && holds(one))
    .sort(sorted)
    .slice(0, Number(limit))
    .map((one) => Object.fromEntries(names.map((name) => [name.split('.')[0]!, one[name.split('.')[0]!] ?? null])));
  return { body: { totalSize: records.length, done: true, records } };
}
