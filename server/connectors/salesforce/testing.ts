import { type Answered, type Asked, openFake } from '../records/testing.ts';

type Held = Record<string, unknown> & { Id: string; SystemModstamp: string; IsDeleted: boolean };

/**
 * Salesforce as its public description of the REST API has it (token, describe, query, queryAll), with as much of SOQL as is asked. The real
 * one was never reached.
 */
export async function openSalesforce() {
  const objects = { Contact: new Map<string, Held>(), Opportunity: new Map<string, Held>() };
  /** Fields that this company has and this user may see. */
  const visible = new Set(
    'Id SystemModstamp IsDeleted AccountId FirstName LastName Email MobilePhone Title MailingCity HasOptedOutOfEmail DoNotCall'.split(
      ' ',
    ),
  );
  const ofOpportunities = new Set(
    'Id SystemModstamp IsDeleted AccountId OwnerId Name StageName Amount CloseDate CreatedDate IsClosed IsWon NextStep'.split(
      ' ',
    ),
  );
  const relationships = new Set(['OpportunityContactRoles']);
  const seen = { Contact: visible, Opportunity: ofOpportunities };
  const write = (name: keyof typeof objects, Id: string, values: Record<string, unknown>, at: Date) => {
    const SystemModstamp = `${at.toISOString().slice(0, 19)}.000+0000`;
    objects[name].set(Id, { IsDeleted: false, ...objects[name].get(Id), ...values, Id, SystemModstamp });
  };
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
    const described = /^sobjects\/(Contact|Opportunity)\/describe$/.exec(path)?.[1];
    if (described)
      return {
        body: {
          fields: [...seen[described as 'Contact']].map((name) => ({ name })),
          childRelationships: [...relationships, null].map((relationshipName) => ({ relationshipName })),
        },
      };
    const soql = url.searchParams.get('q') ?? '';
    const from = / FROM (Contact|Opportunity) WHERE /.exec(soql)?.[1] as 'Contact';
    return query([...objects[from].values()], soql, path === 'queryAll', seen[from]);
  });
  return {
    fake,
    close: fake.close,
    url: fake.url,
    visible,
    ofOpportunities,
    relationships,
    put: (no: number, values: Record<string, unknown>, at = new Date()) =>
      write('Contact', idOf('003', no), values, at),
    putOpportunity: (no: number, values: Record<string, unknown>, at = new Date()) =>
      write('Opportunity', idOf('006', no), values, at),
    /** Gone from the bin too. */
    purge: (no: number) => objects.Contact.delete(idOf('003', no)),
  };
}

/** Ids of an object begin with its own three letters. */
export const idOf = (prefix: '003' | '006', no: number): string => `${prefix}${String(no).padStart(12, '0')}AAA`;

function query(all: readonly Held[], soql: string, withDeleted: boolean, visible: ReadonlySet<string>): Answered {
  const [, columns = '', where = '', order = '', limit] =
    /^SELECT (.+) FROM (?:Contact|Opportunity) WHERE (.+) ORDER BY (.+) LIMIT (\d+)$/.exec(soql) ?? [];
  const roles = '(SELECT ContactId, Contact.Name, Contact.Email FROM OpportunityContactRoles)';
  const names = columns.replace(roles, 'OpportunityContactRoles').split(', ');
  const links: Record<string, string> = { Account: 'AccountId', Owner: 'OwnerId' };
  const isSeen = (name: string) =>
    visible.has(links[name.split('.')[0]!] ?? name) || name === 'OpportunityContactRoles';
  if (!names.every(isSeen)) return { status: 400, body: [{ errorCode: 'INVALID_FIELD', message: 'No such column' }] };
  const terms = where.split(' AND ').map((term) => /^(\w+) (>=|<|>) (.+)$/.exec(term)!);
  const holds = (one: Held) =>
    terms.every(([, field, operator, value]) => {
      const is = field === 'Id' ? one.Id : Date.parse(one.SystemModstamp.replace('+0000', 'Z'));
      const than = field === 'Id' ? value!.replaceAll("'", '') : Date.parse(value!);
      return operator === '>=' ? is >= than : operator === '<' ? is < than : is > than;
    });
  const sorted = (a: Held, b: Held) =>
    (order.startsWith('SystemModstamp') ? a.SystemModstamp.localeCompare(b.SystemModstamp) : 0) ||
    (a.Id < b.Id ? -1 : 1);
  const records = all
    .filter((one) => (withDeleted || !one.IsDeleted) && holds(one))
    .sort(sorted)
    .slice(0, Number(limit))
    .map((one) => Object.fromEntries(names.map((name) => [name.split('.')[0]!, one[name.split('.')[0]!] ?? null])));
  return { body: { totalSize: records.length, done: true, records } };
}
