import { type Interface, type Played, playService } from '../oauth/testing.ts';

export interface PlayedMicrosoft extends Played {
  /** A contact of a folder, as Graph says it; `null`: it is deleted. Outlook's own folder is ''. */
  set(folder: string, id: string, contact: object | null): void;
  folders: Map<string, string>;
  /** Links for further changes that were given so far lead nowhere. */
  forgetLinks(): void;
  pageSize: number;
  /** Of what has changed, only this is said (an update may name no more than what has changed). */
  brief: ((contact: object) => object) | null;
  /** Where links lead to, if elsewhere. */
  elsewhere: string | null;
}

interface Kept {
  contact: object | null;
  version: number;
}

/** What Graph says of each contact, beside what a test says. */
const blank = {
  displayName: '',
  givenName: null,
  surname: null,
  companyName: null,
  emailAddresses: [],
  businessPhones: [],
  homePhones: [],
  mobilePhone: null,
};

/** Microsoft's account pages, and of Graph v1.0 what is asked of it. */
export async function playMicrosoft(): Promise<PlayedMicrosoft> {
  const folders = new Map<string, Map<string, Kept>>();
  const contactsIn = (folder: string) => folders.get(folder) ?? folders.set(folder, new Map()).get(folder)!;
  let version = 1;
  let oldest = 0;

  function delta(folder: string, url: URL): [number, object] {
    const token = url.searchParams.get('$skiptoken') ?? url.searchParams.get('$deltatoken') ?? '0.0';
    const [after, at] = token.split('.').map(Number) as [number, number];
    if (after !== 0 && after < oldest) return [410, { error: { code: 'SyncStateNotFound' } }];
    const all = [...contactsIn(folder)].filter(([, one]) => one.version > after && (after > 0 || one.contact));
    const value = all.slice(at, at + graph.pageSize).map(([id, one]) => {
      if (!one.contact) return { id, '@removed': { reason: 'deleted' } };
      const whole = { ...blank, ...one.contact };
      return { ...(after > 0 && graph.brief ? graph.brief(whole) : whole), id, changeKey: `v${one.version}` };
    });
    const link = (name: string, next: string) => `${graph.elsewhere ?? graph.address}${url.pathname}?$${name}=${next}`;
    const next = at + graph.pageSize;
    return next < all.length
      ? [200, { value, '@odata.nextLink': link('skiptoken', `${after}.${next}`) }]
      : [200, { value, '@odata.deltaLink': link('deltatoken', `${version}.0`) }];
  }

  const answers: Interface = (url, { headers }, { who }) => {
    const path = decodeURIComponent(url.pathname.replace('/v1.0/me', ''));
    if (path === '') return [200, { id: who.id, mail: null, userPrincipalName: who.email }];
    if (!/ImmutableId/.test(String(headers.prefer))) return [400, { error: { code: 'BadRequest' } }];
    if (path === '/contactFolders')
      return [200, { value: [...graph.folders].map(([id, displayName]) => ({ id, displayName })) }];
    const folder = /^\/contacts\/delta$/.test(path)
      ? ''
      : /^\/contactFolders\/([^/]+)\/contacts\/delta$/.exec(path)?.[1];
    if (folder !== undefined && (folder === '' || graph.folders.has(folder))) return delta(folder, url);
    const id = /^\/contacts\/([^/]+)$/.exec(path)?.[1];
    const found = id && [...folders.values()].map((one) => one.get(id)).find((one) => one?.contact);
    return found ? [200, { ...blank, ...found.contact, id, changeKey: `v${found.version}` }] : undefined;
  };

  const graph: PlayedMicrosoft = Object.assign(await playService(answers), {
    set: (folder: string, id: string, contact: object | null) => {
      contactsIn(folder).set(id, { contact, version: ++version });
    },
    folders: new Map<string, string>(),
    forgetLinks: () => {
      oldest = ++version;
    },
    pageSize: 100,
    brief: null,
    elsewhere: null,
  });
  return graph;
}
