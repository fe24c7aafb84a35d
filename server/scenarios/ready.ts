import type { Said } from '../content/blocks-contract.ts';
import type { beginSurvey } from '../surveys/beginning.ts';
import type { Definition, Node, readyKeys } from './contract.ts';
import { readyWords } from './ready-words.ts';

// What one may begin from: useful as it is, and meant to be changed. Names and titles are in the language of whoever takes it; mails are in both.

export type ReadyKey = (typeof readyKeys)[number];
type Locale = 'fr' | 'en';

export interface Ready {
  purpose: 'service' | 'newsletter' | 'prospecting' | 'survey';
  /** Contents by the name under which steps send them. */
  contents: Record<string, { name: Record<Locale, string>; said: Said }>;
  /** The survey to which its mails lead. */
  survey?: Omit<Parameters<typeof beginSurvey>[1], 'name'> & { name: Record<Locale, string> };
  /** The segment that lets people in. */
  segment?: { key: string; name: Record<Locale, string>; filter: string };
  /** @param content the id of a content, by its name above @param segmentId the segment above @param surveyId the survey above */
  draw(
    say: (fr: string, en: string) => string,
    content: (name: string) => string,
    segmentId: string | null,
    surveyId: string | null,
  ): Definition;
}

type Partly = { kind: Node['kind']; id: string } & Record<string, unknown>;

const nodes = (...all: Partly[]): Node[] => all.map((one) => ({ name: '', ...one })) as unknown as Node[];
const wait = (id: string, n: number, unit: string, next: string): Partly => ({
  id,
  kind: 'wait',
  for: { n, unit },
  until: null,
  next,
});
/** Until a morning of a working day, on their wall. */
const morning = (id: string, days: number, next: string): Partly => ({
  ...{ id, kind: 'wait', next, for: days > 0 ? { n: days, unit: 'days' } : null },
  until: { weekdays: [2, 3, 4], time: '09:30', theirDay: false },
});
const send = (
  id: string,
  contentId: string,
  next: string,
  refused: string | null = null,
  surveyId: string | null = null,
): Partly => ({
  ...{ id, kind: 'message', channel: 'email', contentId, contentVersion: null, surveyId, next, refused },
});
const ask = (id: string, filter: string, yes: string, no: string): Partly => ({
  id,
  kind: 'condition',
  filter,
  yes,
  no,
});
const task = (
  id: string,
  title: string,
  note: string,
  owner: 'owner' | 'holder',
  dueInDays: number,
  next: string,
): Partly => ({
  ...{ id, kind: 'task', title, note, owner, memberId: null, dueInDays, next },
});
const [out, reached]: [Partly, Partly] = [
  { id: 'out', kind: 'exit' },
  { id: 'reached', kind: 'goal' },
];

/** They wrote to us within so many days. */
const wrote = (days: number) => `count(message last ${days} days) > 0`;

/** To those who become customers: a word, a question after a month to whoever has not written, a call where nothing came. */
const welcome: Ready = {
  purpose: 'service',
  contents: { first: readyWords.welcome, later: readyWords.firstMonth },
  draw: (say, content) => ({
    entry: { kind: 'fact', fact: 'order', where: null },
    ...{ again: null, goal: null, start: 'new' },
    nodes: nodes(
      { ...ask('new', 'count(order) = 1', 'morning', 'out'), name: say('Première commande ?', 'Their first order?') },
      morning('morning', 0, 'hello'),
      { ...send('hello', content('first'), 'month'), name: say('Bienvenue', 'Welcome') },
      morning('month', 28, 'quiet'),
      ask('quiet', wrote(30), 'reached', 'howisit'),
      send('howisit', content('later'), 'fortnight'),
      wait('fortnight', 2, 'weeks', 'still'),
      ask('still', wrote(14), 'reached', 'call'),
      task(
        'call',
        say('Appeler ce nouveau client', 'Call this new customer'),
        say(
          'Six semaines après sa première commande, nous n’avons rien entendu : un appel vaut mieux qu’un troisième courriel.',
          'Six weeks after their first order we have heard nothing: a call is worth more than a third mail.',
        ),
        'holder',
        5,
        'out',
      ),
      out,
      reached,
    ),
  }),
};

/** Each year on the birthday that is on a card: who holds the contact is asked first. */
const birthday: Ready = {
  purpose: 'service',
  contents: { wish: readyWords.birthday },
  draw: (say, content) => ({
    entry: { kind: 'date', of: 'birthday', daysBefore: 3, at: '09:00' },
    ...{ again: { days: 300 }, goal: null, start: 'holder' },
    nodes: nodes(
      {
        ...{
          id: 'holder',
          kind: 'ask_holder',
          withinDays: 2,
          write: 'out',
          leave: 'out',
          go: 'day',
          unanswered: 'day',
        },
        words: say(
          'C’est bientôt son anniversaire. Voulez-vous lui écrire vous-même ?',
          'It is their birthday soon. Would you like to write yourself?',
        ),
      },
      { id: 'day', kind: 'wait', for: null, until: { weekdays: [], time: '09:00', theirDay: true }, next: 'wish' },
      send('wish', content('wish'), 'reached', 'out'),
      out,
      reached,
    ),
  }),
};

/** Customers who have not ordered for half a year: a question, then the holder's turn. */
const winback: Ready = {
  purpose: 'prospecting',
  contents: { question: readyWords.winback },
  segment: {
    key: 'ready_asleep',
    name: { fr: 'Clients en sommeil', en: 'Customers asleep' },
    filter: 'count(order) >= 2 and days_since(last(order)) > 180',
  },
  draw: (say, content, segmentId) => ({
    entry: { kind: 'segment', segmentId, on: 'enter' },
    ...{ again: { days: 365 }, goal: 'count(order last 1 months) > 0', start: 'morning' },
    nodes: nodes(
      morning('morning', 0, 'waits'),
      {
        ...ask('waits', 'count(ticket last 3 months) > 0', 'repair', 'question'),
        name: say('Un souci récent ?', 'Trouble lately?'),
      },
      send('question', content('question'), 'ten', 'own'),
      wait('ten', 10, 'days', 'answered'),
      ask('answered', wrote(10), 'reached', 'own'),
      task(
        'own',
        say('Reprendre contact, de vive voix', 'Get back in touch, in person'),
        say(
          'Ce client ne commande plus. Il n’a pas répondu, ou nous ne pouvons pas lui écrire.',
          'This customer orders no more. They have not answered, or we may not write to them.',
        ),
        'holder',
        7,
        'out',
      ),
      task(
        'repair',
        say('Régler d’abord ce qui ne va pas', 'First settle what is wrong'),
        say(
          'Un ticket des trois derniers mois : aucune relance avant qu’il soit réglé.',
          'A ticket within three months: no mail before it is settled.',
        ),
        'holder',
        3,
        'out',
      ),
      out,
      reached,
    ),
  }),
};

/** Who came to an event of ours: thanks the day after, then whoever invited them. */
const event: Ready = {
  purpose: 'service',
  contents: { thanks: readyWords.afterEvent },
  draw: (say, content) => ({
    entry: { kind: 'fact', fact: 'attendance', where: null },
    ...{ again: { days: 14 }, goal: null, start: 'next' },
    nodes: nodes(
      { ...wait('next', 12, 'hours', 'thanks'), until: { weekdays: [1, 2, 3, 4, 5], time: '10:00', theirDay: false } },
      send('thanks', content('thanks'), 'week'),
      wait('week', 7, 'days', 'answered'),
      ask('answered', wrote(7), 'reached', 'call'),
      task(
        'call',
        say('Prendre des nouvelles après la rencontre', 'Ask how it was, after the event'),
        say(
          'Présent à notre rencontre il y a une semaine, sans réponse à notre mot.',
          'They were at our event a week ago and have not answered our note.',
        ),
        'holder',
        5,
        'out',
      ),
      out,
      reached,
    ),
  }),
};

/** Ten days after an order: a survey of two questions. Who is unhappy is called. */
const satisfaction: Ready = {
  purpose: 'survey',
  contents: { question: readyWords.satisfaction },
  survey: {
    name: { fr: 'Satisfaction après achat', en: 'Satisfaction after a sale' },
    ...{ kind: 'nps', pauseDays: 90 },
    intro: {
      fr: 'À propos de votre dernière commande. Une minute suffit.',
      en: 'About your last order. One minute is enough.',
    },
    questions: [
      {
        ...{ id: 'recommend', kind: 'nps', choices: [], required: true },
        text: { fr: 'Nous recommanderiez-vous à un proche\u202F?', en: 'Would you recommend us to a friend?' },
      },
      {
        ...{ id: 'why', kind: 'text', choices: [], required: false },
        text: { fr: 'Pourquoi\u202F?', en: 'Why?' },
      },
    ],
  },
  draw: (say, content, _segmentId, surveyId) => ({
    entry: { kind: 'fact', fact: 'order', where: null },
    ...{ again: { days: 90 }, goal: null, start: 'ten' },
    nodes: nodes(
      morning('ten', 10, 'question'),
      send('question', content('question'), 'five', 'out', surveyId),
      wait('five', 5, 'days', 'unhappy'),
      {
        ...ask(
          'unhappy',
          'count(survey where score <= 6 last 6 days) > 0 or count(message where tone = negative last 6 days) > 0',
          'call',
          'said',
        ),
        name: say('Mécontent ?', 'Unhappy?'),
      },
      ask('said', `count(survey last 6 days) > 0 or ${wrote(6)}`, 'reached', 'out'),
      task(
        'call',
        say('Rappeler aujourd’hui : client mécontent', 'Call back today: unhappy customer'),
        say(
          'Sa réponse à notre question est négative. Écoutez d’abord, réparez ensuite.',
          'Their answer to our question is negative. Listen first, then repair.',
        ),
        'owner',
        1,
        'out',
      ),
      out,
      reached,
    ),
  }),
};

/** A deal was lost: thanks after a week, as its holder says, and a word half a year later. */
const lostdeal: Ready = {
  purpose: 'service',
  contents: { thanks: readyWords.lostDeal },
  segment: {
    key: 'ready_lost',
    name: { fr: 'Affaire perdue récemment', en: 'Deal lost lately' },
    filter: 'last(opportunity where state = lost) within last 2 weeks',
  },
  draw: (say, content, segmentId) => ({
    entry: { kind: 'segment', segmentId, on: 'enter' },
    ...{ again: { days: 180 }, goal: 'last(opportunity where state = won) within last 3 months', start: 'holder' },
    nodes: nodes(
      {
        ...{
          id: 'holder',
          kind: 'ask_holder',
          withinDays: 5,
          write: 'half',
          leave: 'out',
          go: 'thanks',
          unanswered: 'half',
        },
        words: say(
          'L’affaire est perdue. Pouvons-nous remercier ce contact en votre nom, ou préférez-vous le faire ?',
          'The deal is lost. May we thank this contact, or would you rather do it yourself?',
        ),
      },
      send('thanks', content('thanks'), 'half'),
      wait('half', 26, 'weeks', 'call'),
      task(
        'call',
        say('Prendre des nouvelles, sans rien vendre', 'Ask how things are, and sell nothing'),
        say(
          'Six mois après l’affaire perdue : leur choix tient-il ses promesses ?',
          'Six months after the lost deal: does their choice keep its promises?',
        ),
        'holder',
        10,
        'out',
      ),
      out,
    ),
  }),
};

/** Whose card nobody has confirmed for long: a question once, and the holder's turn. */
const selfupdate: Ready = {
  purpose: 'service',
  contents: { question: readyWords.selfUpdate },
  segment: {
    key: 'ready_stale',
    name: { fr: 'Coordonnées à vérifier', en: 'Details to check' },
    filter: 'days_since(seen) > 365 and email is known',
  },
  draw: (say, content, segmentId) => ({
    entry: { kind: 'segment', segmentId, on: 'enter' },
    ...{ again: { days: 365 }, goal: 'days_since(seen) < 14', start: 'morning' },
    nodes: nodes(
      morning('morning', 0, 'question'),
      send('question', content('question'), 'two', 'verify'),
      wait('two', 2, 'weeks', 'answered'),
      ask('answered', wrote(14), 'correct', 'verify'),
      task(
        'correct',
        say('Reporter ce que ce contact a corrigé', 'Write down what this contact has corrected'),
        say('Il a répondu à notre question sur ses coordonnées.', 'They answered our question about their details.'),
        'holder',
        3,
        'reached',
      ),
      task(
        'verify',
        say('Vérifier ces coordonnées', 'Check these details'),
        say(
          'Sans réponse : un appel, ou un lien de mise à jour depuis sa fiche.',
          'No answer: a call, or a link to their details from their page.',
        ),
        'holder',
        14,
        'out',
      ),
      out,
      reached,
    ),
  }),
};

export const readyScenarios: Record<ReadyKey, Ready> = {
  welcome,
  birthday,
  winback,
  event,
  satisfaction,
  lostdeal,
  selfupdate,
};
