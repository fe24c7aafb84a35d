import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Trouble } from '../../../connectors/connector.ts';
import { accessTo, checkSound, messagesOf, now, openPlatform, type Platform } from '../testing.ts';
import { readFeed } from './entries.ts';
import { feed } from './index.ts';

const address = 'https://blog.example/feed/';
const read = (text: string | Uint8Array, charset?: string) =>
  readFeed(Buffer.from(text as string), charset, address, now);

const rss = (items: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Blog</title><link>https://blog.example/</link><description>d</description>${items}</channel></rss>`;
const item =
  '<item><title>Ça fuit</title><link>https://blog.example/1</link><guid isPermaLink="false">g1</guid><dc:creator>Zoé</dc:creator><pubDate>Wed, 04 Mar 2026 09:00:00 +0100</pubDate><description>court</description><content:encoded><![CDATA[<p>Long &amp; <b>gras</b> 💧</p>]]></content:encoded></item>';
const atom = (entries: string) =>
  `<feed xmlns="http://www.w3.org/2005/Atom"><title>Forum</title><id>urn:f</id><updated>2026-03-04T10:00:00Z</updated>${entries}</feed>`;
const entry =
  '<entry><id>urn:1</id><title type="html">&lt;b&gt;Titre&lt;/b&gt;</title><link href="/p/1"/><author><name>Ana</name><email>Ana@Blog.example</email></author><published>2026-03-01T10:00:00Z</published><updated>2026-03-02T10:00:00Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Bonjour</p></div></content></entry>';

/** A feed that would be sound without entities of its own. */
const declaring = (entities: string, title: string) =>
  rss(`<item><title>${title}</title></item>`).replace('?>', `?><!DOCTYPE rss [${entities}]>`);

describe('entries', () => {
  test('of RSS 2.0, with whole text, author and address', () => {
    expect(read(rss(item))).toEqual([
      {
        id: 'g1',
        title: 'Ça fuit',
        text: 'Long & gras 💧',
        html: '<p>Long &amp; <b>gras</b> 💧</p>',
        url: 'https://blog.example/1',
        author: { point: { channel: 'handle', address: 'feed:blog.example/zoé' }, name: 'Zoé' },
        at: new Date('2026-03-04T08:00:00Z'),
        updated: undefined,
      },
    ]);
  });

  test('of Atom, with addresses that are relative', () => {
    expect(read(atom(entry))).toMatchObject([
      {
        id: 'urn:1',
        title: 'Titre',
        text: 'Bonjour',
        url: 'https://blog.example/p/1',
        author: { point: { channel: 'handle', address: 'feed:blog.example/ana' }, name: 'Ana' },
        at: new Date('2026-03-01T10:00:00Z'),
        updated: new Date('2026-03-02T10:00:00Z'),
      },
    ]);
    expect(
      read(atom('<entry><id>2</id><title>a</title><content type="text">1 &lt; 2 &amp; x</content></entry>'))[0],
    ).toMatchObject({ text: '1 < 2 & x', at: now });
  });

  test('of RDF and JSON Feed', () => {
    const rdf =
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>T</title><link>https://x.example/</link><description>d</description></channel><item rdf:about="https://x.example/1"><title>Un</title><link>https://x.example/1</link><description>texte</description><dc:date>2026-03-01T10:00:00Z</dc:date></item></rdf:RDF>';
    expect(read(rdf)).toMatchObject([
      { id: 'https://x.example/1', title: 'Un', text: 'texte', at: new Date('2026-03-01T10:00:00Z') },
    ]);
    const json = JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      title: 'J',
      items: [{ id: '1', content_text: 'a < b', date_published: '2026-03-01T10:00:00Z', authors: [{ name: 'Z' }] }],
    });
    expect(read(json)).toMatchObject([{ id: '1', text: 'a < b', author: { name: 'Z' } }]);
  });

  test('an item without title has its text, one without both is none', () => {
    expect(
      read(
        rss(
          '<item><description>rien que ça</description></item><item></item><item><link>https://x.example/</link></item>',
        ),
      ),
    ).toMatchObject([
      {
        title: '',
        text: 'rien que ça',
        id: expect.stringMatching(/^[\w-]{22}$/),
        author: { point: { address: 'feed:blog.example' } },
      },
    ]);
  });

  test('accents are right in every charset, whoever says which', () => {
    const text = rss('<item><title>Été à Nîmes</title></item>').replace('UTF-8', 'ISO-8859-1');
    expect(read(Buffer.from(text, 'latin1'))[0]!.title).toBe('Été à Nîmes');
    expect(read(Buffer.from(text.replace(/<\?.*?\?>/, ''), 'latin1'), 'iso-8859-1')[0]!.title).toBe('Été à Nîmes');
    expect(read(text)[0]!.title).toBe('Été à Nîmes');
  });

  test('nobody says anything tomorrow, and nobody is who a feed says they are', () => {
    const [one] = read(
      rss(
        '<item><title>x</title><pubDate>Wed, 04 Mar 2099 09:00:00 GMT</pubDate><author>pdg@client.example (Ana)</author></item>',
      ),
    );
    expect(one).toMatchObject({ at: now, author: { point: { channel: 'handle', address: 'feed:blog.example/ana' } } });
  });

  test.each([
    ['nothing', ''],
    ['a page', '<!doctype html><html><body>x</body></html>'],
    ['a feed that breaks off', '<rss version="2.0"><channel>'],
    ['entities that multiply', declaring('<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">', '&b;')],
    ['entities from elsewhere', declaring('<!ENTITY x SYSTEM "file:///etc/passwd">', '&x;')],
  ])('%s is malformed', (_name, text) => {
    expect(() => read(text)).toThrow(Trouble);
  });

  test('whatever octets come, they are malformed or read', () => {
    const pieces = fc.constantFrom(
      '<item>',
      '</item>',
      '<title>',
      '</title>',
      '<guid>',
      '<![CDATA[',
      ']]>',
      '&amp;',
      '&#x0;',
      '<pubDate>x</pubDate>',
      '<link/>',
      '<author>',
      '\0',
      '\ud800',
      'é',
      '<a:b>',
      '<dc:date>',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), fc.constantFrom(rss, atom), fc.nat(), (all, wrap, cut) => {
        const text = wrap(all.join(''));
        for (const one of [text, text.slice(0, cut % text.length)]) {
          try {
            read(one);
          } catch (error) {
            if (!(error instanceof Trouble)) throw error;
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('reading again and again', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await openPlatform();
  });
  afterAll(() => platform.close());
  const access = () => accessTo({ url: `${platform.url}/feed` }, {});
  const xml = (body: string, headers: Record<string, string> = {}) => ({
    body,
    headers: { 'content-type': 'application/rss+xml', ...headers },
  });
  const pullAll = async (cursor: unknown) => {
    const pieces = [];
    for await (const piece of feed.pull!(access(), cursor)) pieces.push(piece);
    const incoming = pieces.flatMap((piece) => piece.incoming);
    checkSound(incoming);
    return { incoming, cursor: JSON.parse(JSON.stringify(pieces.at(-1)?.cursor ?? cursor)) as unknown };
  };

  test('what is new comes once, the earliest first; what was edited says so', async () => {
    const late = '<item><title>B</title><guid>g2</guid><pubDate>Wed, 04 Mar 2026 10:00:00 GMT</pubDate></item>';
    platform.answer(xml(rss(late + item)));
    const first = await pullAll(null);
    expect(messagesOf(first.incoming).map(({ externalId, subject }) => [externalId, subject])).toEqual([
      ['g1', 'Ça fuit'],
      ['g2', 'B'],
    ]);
    expect((await pullAll(first.cursor)).incoming).toEqual([]);
    platform.answer(xml(rss(item.replace('Long', 'Court') + late)));
    const edited = await pullAll(first.cursor);
    expect(edited.incoming).toEqual([
      {
        kind: 'edited',
        externalId: 'g1',
        text: 'Court & gras 💧',
        html: '<p>Court &amp; <b>gras</b> 💧</p>',
        at: expect.any(Date),
      },
    ]);
    expect((await pullAll(edited.cursor)).incoming).toEqual([]);
  });

  test('nothing is fetched that has not changed', async () => {
    platform.answer(xml(rss(item), { etag: '"v1"', 'last-modified': 'Wed, 04 Mar 2026 09:00:00 GMT' }), {
      status: 304,
    });
    const { cursor } = await pullAll(null);
    expect(await pullAll(cursor)).toEqual({ incoming: [], cursor });
    expect(platform.asked[1]!.headers).toMatchObject({
      'if-none-match': '"v1"',
      'if-modified-since': 'Wed, 04 Mar 2026 09:00:00 GMT',
    });
  });

  test('it follows a feed that has moved, and not for ever', async () => {
    platform.answer({ status: 301, headers: { location: '/new' } }, xml(rss(item)));
    expect((await pullAll(null)).incoming).toHaveLength(1);
    platform.answer({ status: 302, headers: { location: '/feed' } });
    await expect(pullAll(null)).rejects.toMatchObject({ code: 'elsewhere' });
  });

  test.each([
    ['ten million octets', { body: Buffer.alloc(10 * 2 ** 20, ' ') }, 'too_large'],
    ['a page', { body: '<html></html>' }, 'malformed'],
    ['gone', { status: 410 }, 'place_gone'],
    ['closed', { status: 403 }, 'forbidden'],
    ['busy', { status: 429, headers: { 'retry-after': '60' } }, 'busy'],
  ])('%s is a trouble', async (_name, answer, code) => {
    platform.answer(answer);
    await expect(pullAll(null)).rejects.toMatchObject({ name: 'Trouble', code });
  });

  test('it is tried before it is kept', async () => {
    platform.answer(xml(rss(item)));
    expect(await feed.check!(access())).toEqual({ name: new URL(platform.url).host });
    platform.answer({ body: 'x' });
    await expect(feed.check!(access())).rejects.toMatchObject({ code: 'malformed' });
  });
});
