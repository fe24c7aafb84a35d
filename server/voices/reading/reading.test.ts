import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_TOPICS } from './default-topics.ts';
import { readMessage } from './index.ts';
import { languageOf } from './language.ts';
import { toneOf } from './tone.ts';
import { learn, nothingLearnt, prepareTopics } from './topics.ts';
import { READ, tokensOf } from './words.ts';

const topics = prepareTopics(DEFAULT_TOPICS);

describe('the language of a message', () => {
  it.each([
    ['merci', 'fr'],
    ['C’est nul', 'fr'],
    ['thanks', 'en'],
    ['not working', 'en'],
    ['impossible de se connecter', 'fr'],
    ['@boutique https://boutique.example/fr Where is my order?', 'en'],
    ['Hallo, ich habe eine Frage zu meiner Bestellung', 'other'],
    ['مرحبا كيف حالك', 'other'],
    ['Bonjour, je voudrais un devis pour le new plan please', 'fr'],
    ['👍', 'unknown'],
    ['12 345', 'unknown'],
    ['', 'unknown'],
  ])('of “%s” is %s', (text, language) => {
    expect(languageOf(text).language).toBe(language);
  });

  it('is named where it is another', () => {
    expect(languageOf('Gracias por todo').code).toBe('es');
  });
});

describe('the tone of a message', () => {
  it.each([
    ['fr', 'Très déçu, l’application plante depuis la mise à jour', 'negative'],
    ['fr', 'Le produit n’est pas bien du tout 😡', 'negative'],
    ['fr', 'Vraiment pas mal, merci !', 'positive'],
    ['fr', 'Application très pratique et fiable', 'positive'],
    ['fr', 'Pouvez-vous me dire vos horaires ?', 'neutral'],
    ['en', 'I am not happy with the delivery', 'negative'],
    ['en', 'Still waiting for my refund after three weeks', 'negative'],
    ['en', 'Thank you so much, great service!', 'positive'],
    ['en', 'What time do you open on Monday?', 'neutral'],
    ['unknown', '👍👍', 'positive'],
    ['other', 'Das ist 😡', 'negative'],
  ] as const)('(%s) of “%s” is %s', (language, text, tone) => {
    expect(toneOf(text, language).tone).toBe(tone);
  });

  it('is surer where more speaks for it', () => {
    const [weak, strong] = ['It is nice', 'It is nice, I love it, great work, thank you!'].map((text) =>
      toneOf(text, 'en'),
    );
    expect(strong!.confidence).toBeGreaterThan(weak!.confidence);
  });

  it('is explained by the words that weighed, and by those that spoke against', () => {
    const { why } = toneOf('Great, another delay 🙄', 'en');
    expect(why.find(({ text }) => text.includes('delay'))!.weight).toBeGreaterThan(0);
    expect(why.find(({ text }) => text === 'Great')!.weight).toBeLessThan(0);
  });

  it('is neutral, by a third, where nothing says anything', () => {
    for (const text of ['', '   ', '\u0000', 'שלום'])
      expect(toneOf(text, 'other')).toMatchObject({ tone: 'neutral', confidence: 1 / 3, why: [] });
  });

  it('weighs names of accounts, links and addresses as nothing', () => {
    const bare = toneOf('please call me back', 'en');
    expect(
      toneOf('please call me back @love_great https://awful.example/hate happy@great.example', 'en').shares,
    ).toEqual(bare.shares);
  });
});

describe('any text at all', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.constantFrom(
      'Merci',
      'not good',
      'livraison en retard',
      '😡',
      '👍🏽',
      'שלום',
      'مرحبا',
      '> quoted',
      '__proto__',
      'constructor',
      '\u202e',
      '\ud800',
      '!!!',
      '\n',
    ),
  );
  const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(' '));

  it('is read without a fault, twice the same, by words that stand in it where they are said to', () => {
    const learnt = nothingLearnt();
    learn(learnt, { text: '__proto__ constructor livraison', topics: ['delivery', '__proto__'] }, topics);
    fc.assert(
      fc.property(text, (written) => {
        const read = readMessage(written, topics, learnt);
        expect(readMessage(written, topics, learnt)).toEqual(read);
        const { negative, neutral, positive } = read.tone.shares;
        expect(negative + neutral + positive).toBeCloseTo(1);
        for (const { text: word, start, end } of [read.tone, ...read.topics].flatMap(({ why }) => why))
          expect(written.slice(start, end)).toBe(word);
      }),
    );
  });

  it('is read no further than its first pages', () => {
    const beginning = 'La livraison est en retard. '.repeat(300);
    const long = beginning + 'merci parfait '.repeat(80_000);
    expect(long.length).toBeGreaterThan(1_000_000);
    expect(readMessage(long, topics)).toEqual(readMessage(long.slice(0, READ), topics));
    for (const one of ['a', '!', '1', '@', 'https://', 'é', '😡', ':-', "n't", '\u0301'])
      expect(tokensOf(one.repeat(500_000)).length).toBeLessThanOrEqual(READ);
  });
});
