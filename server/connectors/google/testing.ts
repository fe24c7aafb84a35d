import { type Interface, type Played, playService } from '../oauth/testing.ts';

export interface PlayedGoogle extends Played {
  /** Persons of the account by resource name, as the People API says them, without `resourceName` and `etag`. */
  set(resourceName: string, person: object): void;
  remove(resourceName: string): void;
  /** Labels that people have given. */
  groups: Map<string, string>;
  /** Tokens of synchronisations that were given so far are too old. */
  expireTokens(): void;
  /** Persons on a page, whatever is asked. */
  pageSize: number;
}

interface Kept {
  /** Null: it was deleted. */
  person: object | null;
  version: number;
}

/** Google's account pages, and of the People API v1 what is asked of it. */
export async function playGoogle(): Promise<PlayedGoogle> {
  const persons = new Map<string, Kept>();
  let version = 1;
  let oldest = 0;
  /** What a token was given for: further requests must ask the same. */
  const tokens = new Map<string, string>();

  function list({ searchParams }: URL): [number, object] {
    const asked = ['personFields', 'sources', 'requestSyncToken', 'pageSize']
      .map((one) => searchParams.get(one))
      .join('&');
    const [since, from] = [searchParams.get('syncToken'), searchParams.get('pageToken')];
    for (const token of [since, from])
      if (token && tokens.get(token) !== asked) return [400, { error: { code: 400, status: 'INVALID_ARGUMENT' } }];
    const [after, at] = [Number(since?.split('.')[1] ?? 0), Number(from?.split('.')[1] ?? 0)];
    if (since && after < oldest) return [400, expired];
    const all = [...persons].filter(([, one]) => one.version > after && (since || one.person));
    const page = all.slice(at, at + google.pageSize).map(([resourceName, one]) => ({
      resourceName,
      etag: `%${one.version}`,
      ...(one.person ?? { metadata: { deleted: true } }),
    }));
    const next = at + google.pageSize < all.length;
    const token = next ? `page.${at + google.pageSize}` : `sync.${version}`;
    tokens.set(token, asked);
    return [200, { connections: page, totalItems: all.length, [next ? 'nextPageToken' : 'nextSyncToken']: token }];
  }

  const answers: Interface = (url, _request, { who }) => {
    if (url.pathname === '/v1/userinfo') return [200, { sub: who.id, email: who.email, email_verified: true }];
    if (url.pathname === '/v1/people/me/connections') return list(url);
    if (url.pathname !== '/v1/contactGroups') return undefined;
    const own = [...google.groups].map(([resourceName, name]) => ({
      resourceName,
      name,
      groupType: 'USER_CONTACT_GROUP',
    }));
    const system = { resourceName: 'contactGroups/myContacts', name: 'myContacts', groupType: 'SYSTEM_CONTACT_GROUP' };
    return [200, { contactGroups: [system, ...own], totalItems: own.length + 1 }];
  };

  const google: PlayedGoogle = Object.assign(await playService(answers, 'https://accounts.google.com'), {
    set: (resourceName: string, person: object) => {
      persons.set(resourceName, { person, version: ++version });
    },
    remove: (resourceName: string) => {
      persons.set(resourceName, { person: null, version: ++version });
    },
    groups: new Map<string, string>(),
    expireTokens: () => {
      oldest = ++version;
    },
    pageSize: 100,
  });
  return google;
}

const expired = {
  error: {
    code: 400,
    message: 'Sync token is expired. Clear local cache and retry call without the sync token.',
    status: 'FAILED_PRECONDITION',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'EXPIRED_SYNC_TOKEN',
        domain: 'people.googleapis.com',
      },
    ],
  },
};

/** A person as the People API says one. */
export const personOf = (id: string, givenName: string, familyName: string, more: object = {}): object => ({
  metadata: { sources: [{ type: 'CONTACT', id, updateTime: '2026-11-02T08:00:00Z' }] },
  names: [{ displayName: `${givenName} ${familyName}`, givenName, familyName }],
  ...more,
});
