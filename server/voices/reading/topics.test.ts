import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_TOPICS } from './default-topics.ts';
import { proposeTopics } from './proposals.ts';
import { type Correction, type Learnt, learn, nothingLearnt, prepareTopics, topicsOf } from './topics.ts';

const topics = prepareTopics(DEFAULT_TOPICS);
const found = (text: string, learnt?: Learnt) => topicsOf(text, topics, learnt).map(({ topic }) => topic);
const taught = (corrections: readonly Correction[]): Learnt => {
  const learnt = nothingLearnt();
  for (const correction of corrections) learn(learnt, correction, topics);
  return learnt;
};

describe('the topics of a message', () => {
  it.each([
    ['The delivery was late and the invoice is wrong', ['billing', 'delivery']],
    ['Application facile mais elle plante depuis la mise à jour', ['bugs', 'usability']],
    ['Trop CHÈRE par rapport à vos concurrents', ['competition', 'price']],
    ['Personne au service client, on ne me rappelle jamais', ['answering', 'contact']],
    ['Votre démonstration était trop longue', ['message']],
    ['Il fait beau', []],
  ])('of “%s” are %j', (text, expected) => {
    expect(found(text).sort()).toEqual(expected);
  });

  it('are explained by the words as they are written', () => {
    expect(topicsOf('La LIVRAISON tarde', topics)[0]!.why[0]).toMatchObject({ text: 'LIVRAISON', start: 3, end: 12 });
  });

  it('follow the company’s own tree', () => {
    const own = prepareTopics([
      { id: 'cheese', name: { fr: 'Fromage', en: 'Cheese' }, words: ['fromage*', 'blue cheese', ' ', '*'] },
    ]);
    expect(topicsOf('vos fromages', own).map(({ topic }) => topic)).toEqual(['cheese']);
    expect(topicsOf('blue car, cheese', own)).toEqual([]);
  });
});

describe('what corrections teach', () => {
  const cases = ['le vernis s’écaille', 'vernis écaillé après un mois', 'le vernis part'].map((text) => ({
    text,
    topics: ['product'],
  }));
  const others = ['bonne journée à vous', 'où est le magasin', 'je passerai samedi', 'quel est le code'].map(
    (text) => ({ text, topics: [] }),
  );

  it('brings words to a topic that its phrases lack', () => {
    expect(found('le vernis est parti')).toEqual([]);
    const learnt = taught([...cases, ...others]);
    const [first] = topicsOf('le vernis est parti', topics, learnt);
    expect(first!.topic).toBe('product');
    expect(first!.why.some(({ text }) => text.includes('vernis'))).toBe(true);
  });

  it('turns a phrase off that misleads', () => {
    const misleading = Array.from({ length: 12 }, (_, at) => ({ text: `le prix Goncourt numéro ${at}`, topics: [] }));
    expect(found('le prix Goncourt')).toEqual(['price']);
    expect(found('le prix Goncourt', taught(misleading))).toEqual([]);
  });

  it('leaves no trace once it is taken back, and survives being kept as JSON', () => {
    const correction = fc.record({
      text: fc.oneof(
        fc.string({ maxLength: 40 }),
        fc.constantFrom('prix trop cher', '__proto__ toString', 'livraison constructor'),
      ),
      topics: fc.uniqueArray(fc.constantFrom('price', 'delivery', 'constructor', '__proto__'), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(correction, { maxLength: 8 }), fc.array(correction, { maxLength: 4 }), (kept, regretted) => {
        const learnt = taught([...kept, ...regretted]);
        const again: Learnt = JSON.parse(JSON.stringify(learnt));
        for (const one of regretted) learn(again, one, topics, -1);
        expect(again).toEqual(taught(kept));
      }),
    );
  });
});

describe('topics proposed from what fits none', () => {
  const messages = [
    ...['Mia', 'Léo', 'Ana', 'Tom', 'Zoé'].map((sender, at) => ({
      id: `p${at}`,
      sender,
      text: `Pas de place de parking devant le magasin ${at}`,
    })),
    ...['Mia', 'Léo', 'Ana', 'Tom', 'Zoé', 'Ida'].map((sender, at) => ({
      id: `m${at}`,
      sender,
      text: `La musique est forte, ${'moins de '.repeat(at % 2)}musique !`,
    })),
    ...Array.from({ length: 8 }, (_, at) => ({ id: `s${at}`, sender: 'Max', text: 'Où sont les cintres rouges ?' })),
    { id: 'x', sender: 'Eve', text: 'Rien de tout cela' },
  ];

  it('have their words, their messages and enough different people', () => {
    expect(proposeTopics(messages)).toEqual([
      { words: expect.arrayContaining(['musique']), messages: ['m0', 'm1', 'm2', 'm3', 'm4', 'm5'], senders: 6 },
      { words: expect.arrayContaining(['place']), messages: ['p0', 'p1', 'p2', 'p3', 'p4'], senders: 5 },
    ]);
  });

  it('are none where one person says it often, or too few do', () => {
    expect(proposeTopics(messages, { leastSenders: 7 })).toEqual([]);
    expect(proposeTopics([])).toEqual([]);
  });

  it('each have at least as many people as asked, and no message twice', () => {
    const message = fc.record({
      id: fc.uuid(),
      sender: fc.constantFrom('a', 'b', 'c', 'd'),
      text: fc.string({ unit: fc.constantFrom(...'abc dé😡 '), maxLength: 30 }),
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 30 }), (all) => {
        const proposals = proposeTopics(all, { leastSenders: 3 });
        expect(proposeTopics(all, { leastSenders: 3 })).toEqual(proposals);
        expect(proposals.every(({ senders, words }) => senders >= 3 && words.length > 0)).toBe(true);
        const ids = proposals.flatMap((one) => one.messages);
        const known = all.map(({ id }) => id);
        expect(ids.every((id) => known.includes(id))).toBe(true);
        if (new Set(known).size === known.length) expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });
});
