import type { Block, Said, Saying } from './blocks-contract.ts';
import type { ReadyKey } from './contract.ts';

// What one may begin from: useful as it is, and meant to be changed.

type Part = Omit<Block, 'id'> & { kind: Block['kind'] };

const h = (text: string, level: 1 | 2 = 1): Part => ({ kind: 'heading', level, text }) as Part;
const p = (text: string): Part => ({ kind: 'text', text }) as Part;
const b = (label: string, url: string): Part => ({ kind: 'button', label, url }) as Part;
const line: Part = { kind: 'divider' } as Part;

const say = (subject: string, preheader: string, ...parts: Part[]): Saying => ({
  subject,
  preheader,
  blocks: parts.map((one, at) => ({ id: `b${at + 1}`, ...one }) as Block),
});

/** The same in French, whose signs stand apart from what comes before, and never at the beginning of a line. */
const dire = (...said: Parameters<typeof say>): Saying => {
  const spaced = (text: string) => text.replaceAll(/ (?=[;?!])/g, '\u202F').replaceAll(' :', '\u00A0:');
  const { subject, preheader, blocks } = say(...said);
  return {
    subject: spaced(subject),
    preheader: spaced(preheader),
    blocks: blocks.map((one) => ('text' in one ? { ...one, text: spaced(one.text) } : one)),
  };
};

const dear = 'Bonjour {{ person.fullName | default: "à vous" }},';
const hello = 'Hello {{ person.givenName | default: "there" }},';

const invitation: Said = {
  fr: dire(
    'Vous êtes invité : {{ event.name }}',
    '{{ event.day }}, {{ event.place }}',
    h('{{ event.name }}'),
    p(
      `${dear}\n\nNous aurions plaisir à vous accueillir **{{ event.day }}**, {{ event.place }}.\n\nAu programme :\n\n- ce que nos clients ont changé cette année, raconté par eux ;\n- une heure pour poser vos questions à celles et ceux qui fabriquent ;\n- et le temps de faire connaissance.`,
    ),
    b('Je réponds à l’invitation', '{{ link.rsvp }}'),
    p('Les places sont comptées : un mot suffit, même pour dire non.\n\nÀ bientôt,\n\n{{ sender.name }}'),
  ),
  en: say(
    'You are invited: {{ event.name }}',
    '{{ event.day }}, {{ event.place }}',
    h('{{ event.name }}'),
    p(
      `${hello}\n\nWe would love to see you on **{{ event.day }}** at {{ event.place }}.\n\nWhat to expect:\n\n- what our customers changed this year, told by them;\n- an hour to put your questions to the people who make things;\n- and time to get to know each other.`,
    ),
    b('Reply to the invitation', '{{ link.rsvp }}'),
    p('Places are few. A short answer helps us, even if it is no.\n\nSee you soon,\n\n{{ sender.name }}'),
  ),
};

/** What tells the author of a newsletter what to say, where nobody else can say it for them. */
const asks = {
  fr: [
    'Dites ici, en deux phrases, ce qui est nouveau et ce que cela change pour qui vous lit.',
    'Racontez un cas : qui, quel problème, quelle solution, quel résultat. Un chiffre vaut mieux qu’un adjectif.',
    'Annoncez une date, et une seule.',
  ],
  en: [
    'Say in two sentences what is new, and what it changes for your reader.',
    'Tell one case: who, which problem, what was done, what came of it. A number is worth more than an adjective.',
    'Announce one date, and only one.',
  ],
} as const;
const smsAsks = { fr: 'dites ici ce qui est nouveau, en une phrase', en: 'say here what is new, in one sentence' };

/** Signs in which what was asked may differ from what stands in a content: blanks that do not break, capitals. */
const evened = (text: string): string => text.replaceAll(/\s+/g, ' ').toLowerCase();
const allAsks = [...asks.fr, ...asks.en, smsAsks.fr, smsAsks.en].map(evened);

/** Whether a text still asks its author for words, as the ready ones do: nobody should be sent that. */
export const isUnwritten = (text: string): boolean => allAsks.some((ask) => evened(text).includes(ask));

const newsletter: Said = {
  fr: dire(
    'Trois nouvelles de {{ company.name }}',
    'Ce qui change, ce que nous avons appris, ce qui vient.',
    h('Trois nouvelles'),
    p(`${dear}\n\nVoici ce qui s’est passé chez nous, en deux minutes de lecture.`),
    h('Ce qui change', 2),
    p(asks.fr[0]),
    line,
    h('Ce que nous avons appris', 2),
    p(asks.fr[1]),
    line,
    h('Ce qui vient', 2),
    p(asks.fr[2]),
    p('Une question, une idée ? Répondez simplement à ce message : {{ sender.name }} vous lira.'),
  ),
  en: say(
    'Three pieces of news from {{ company.name }}',
    'What changes, what we learned, what comes next.',
    h('Three pieces of news'),
    p(`${hello}\n\nHere is what happened on our side, in two minutes.`),
    h('What changes', 2),
    p(asks.en[0]),
    line,
    h('What we learned', 2),
    p(asks.en[1]),
    line,
    h('What comes next', 2),
    p(asks.en[2]),
    p('A question, or an idea? Just reply to this message: {{ sender.name }} will read it.'),
  ),
};

const birthday: Said = {
  fr: dire(
    'Bon anniversaire, {{ person.givenName | default: "de tout cœur" }}',
    'Un mot de toute l’équipe.',
    h('Bon anniversaire'),
    p(
      `${dear}\n\nToute l’équipe de {{ company.name }} vous souhaite un bel anniversaire, et une année pleine de bonnes surprises.\n\nPas de promotion aujourd’hui : juste une pensée.\n\n{{ sender.name }}`,
    ),
  ),
  en: say(
    'Happy birthday, {{ person.givenName | default: "from all of us" }}',
    'A word from the whole team.',
    h('Happy birthday'),
    p(
      `${hello}\n\nEveryone at {{ company.name }} wishes you a happy birthday, and a year full of good surprises.\n\nNo offer today, just a thought.\n\n{{ sender.name }}`,
    ),
  ),
};

const welcome: Said = {
  fr: dire(
    'Bienvenue chez {{ company.name }}',
    'Qui vous accompagne, et par où commencer.',
    h('Bienvenue'),
    p(
      `${dear}\n\nMerci de votre confiance. Je m’appelle {{ sender.name }} et je suis la personne à qui vous pouvez écrire pour toute question.\n\nPour bien commencer :\n\n1. gardez mon adresse : {{ sender.email }} ;\n2. dites-moi ce que vous attendez de nous dans les trois prochains mois ;\n3. choisissez ce que vous voulez recevoir, et ce que vous ne voulez pas.`,
    ),
    b('Choisir ce que je reçois', '{{ link.preferences }}'),
    p('À très vite,\n\n{{ sender.name }}'),
  ),
  en: say(
    'Welcome to {{ company.name }}',
    'Who looks after you, and where to start.',
    h('Welcome'),
    p(
      `${hello}\n\nThank you for your trust. My name is {{ sender.name }}, and I am the person to write to with any question.\n\nTo get started:\n\n1. keep my address: {{ sender.email }};\n2. tell me what you expect from us over the next three months;\n3. choose what you want to receive, and what you do not.`,
    ),
    b('Choose what I receive', '{{ link.preferences }}'),
    p('Talk soon,\n\n{{ sender.name }}'),
  ),
};

const satisfaction: Said = {
  fr: dire(
    'Comment cela s’est-il passé ?',
    'Une minute, deux questions.',
    h('Comment cela s’est-il passé ?'),
    p(
      `${dear}\n\nVous avez fait appel à nous il y a peu. Dites-nous ce qui allait, et surtout ce qui n’allait pas : c’est ainsi que nous progressons.\n\nDeux questions, une minute.`,
    ),
    b('Donner mon avis', '{{ link.survey }}'),
    p('Chaque réponse est lue par une personne.\n\nMerci,\n\n{{ sender.name }}'),
  ),
  en: say(
    'How did it go?',
    'One minute, two questions.',
    h('How did it go?'),
    p(
      `${hello}\n\nYou called on us a little while ago. Tell us what went well and, above all, what did not: that is how we get better.\n\nTwo questions, one minute.`,
    ),
    b('Give my opinion', '{{ link.survey }}'),
    p('Every answer is read by a person.\n\nThank you,\n\n{{ sender.name }}'),
  ),
};

const winback: Said = {
  fr: dire(
    'Avons-nous manqué quelque chose ?',
    'Un mot de vous nous aiderait.',
    h('Avons-nous manqué quelque chose ?'),
    p(
      `${dear}\n\nCela fait quelque temps que nous n’avons plus de vos nouvelles. Vos besoins ont peut-être changé, ou bien nous n’avons pas été à la hauteur. Dans les deux cas, j’aimerais le savoir.\n\nVoulez-vous que nous en parlions un quart d’heure ? Répondez à ce message avec le jour qui vous convient.`,
    ),
    p(
      'Et si vous préférez que nous ne vous écrivions plus, [dites-le d’un clic]({{ link.unsubscribe }}) : nous le respecterons.\n\n{{ sender.name }}',
    ),
  ),
  en: say(
    'Did we miss something?',
    'A word from you would help us.',
    h('Did we miss something?'),
    p(
      `${hello}\n\nIt has been a while since we last heard from you. Your needs may have changed, or we may have fallen short. Either way, I would like to know.\n\nShall we talk for a quarter of an hour? Reply with a day that suits you.`,
    ),
    p(
      'And if you would rather not hear from us, [one click is enough]({{ link.unsubscribe }}): we will respect it.\n\n{{ sender.name }}',
    ),
  ),
};

const lostdeal: Said = {
  fr: dire(
    'Merci de nous avoir consultés',
    'Et la porte reste ouverte.',
    p(
      `${dear}\n\nVous avez fait un autre choix, et je vous remercie de nous l’avoir dit. Merci aussi du temps que vous nous avez consacré.\n\nSi vous acceptez de nous dire en deux mots ce qui a fait la différence, nous ferons mieux la prochaine fois.`,
    ),
    b('Dire ce qui a compté', '{{ link.survey }}'),
    p('Je vous souhaite une belle réussite dans ce projet, et je reste à votre écoute.\n\n{{ sender.name }}'),
  ),
  en: say(
    'Thank you for considering us',
    'And the door stays open.',
    p(
      `${hello}\n\nYou made another choice, and I thank you for telling us. Thank you, too, for the time you gave us.\n\nIf you are willing to say in a few words what made the difference, we will do better next time.`,
    ),
    b('Say what mattered', '{{ link.survey }}'),
    p('I wish you every success with this project, and I am here should you need us.\n\n{{ sender.name }}'),
  ),
};

const selfupdate: Said = {
  fr: dire(
    'Vos coordonnées sont-elles à jour ?',
    'Vérifiez-les en un coup d’œil.',
    h('Vos coordonnées sont-elles à jour ?'),
    p(
      `${dear}\n\nNous voudrions vous joindre au bon endroit, et pas plus qu’il ne faut. Cette page montre ce que nous savons de vous. Vous pouvez y corriger ce qui est faux, et demander que nous l’oubliions.`,
    ),
    b('Vérifier mes coordonnées', '{{ link.update }}'),
    p('Merci,\n\n{{ sender.name }}'),
  ),
  en: say(
    'Are your details up to date?',
    'Check them at a glance.',
    h('Are your details up to date?'),
    p(
      `${hello}\n\nWe would like to reach you in the right place, and no more than needed. This page shows what we know of you. You can correct what is wrong there, and ask us to forget it.`,
    ),
    b('Check my details', '{{ link.update }}'),
    p('Thank you,\n\n{{ sender.name }}'),
  ),
};

/** Words without form. In the 7-bit alphabet where they can be, so that they take one SMS and not two. */
const short = (...texts: string[]): Saying => ({
  ...{ subject: '', preheader: '' },
  blocks: texts.map((text, at) => ({ id: `b${at + 1}`, kind: 'text', text })),
});

const reminderSms: Said = {
  fr: short(
    'Bonjour {{ person.givenName | default: "à vous" }}, rappel : {{ event.name }}, {{ event.day }}, {{ event.place }}. {{ company.name }}',
  ),
  en: short(
    'Hello {{ person.givenName | default: "there" }}, a reminder: {{ event.name }}, {{ event.day }}, {{ event.place }}. {{ company.name }}',
  ),
};

const newsSms: Said = {
  fr: short(`{{ company.name }} : ${smsAsks.fr}. Pour en parler : {{ sender.email }}`),
  en: short(`{{ company.name }}: ${smsAsks.en}. To talk about it: {{ sender.email }}`),
};

const agreed = (locale: string, body: string, ...parameters: string[]): Saying => ({
  ...{ subject: '', preheader: '', blocks: [] },
  template: { name: 'event_reminder', locale, category: 'utility', body, parameters },
});

const reminderWhatsapp: Said = {
  fr: agreed(
    'fr',
    'Bonjour {{1}}, nous vous attendons pour {{2}}, {{3}}. Répondez ici si vous avez une question.',
    '{{ person.givenName | default: "à vous" }}',
    '{{ event.name }}',
    '{{ event.day }}',
  ),
  en: agreed(
    'en',
    'Hello {{1}}, we look forward to seeing you at {{2}} on {{3}}. Reply here if you have a question.',
    '{{ person.givenName | default: "there" }}',
    '{{ event.name }}',
    '{{ event.day }}',
  ),
};

const questionPage: Said = {
  fr: dire(
    'Parlons de votre projet',
    'Dites-nous où vous en êtes : quelqu’un de chez nous vous répond sous deux jours.',
    h('Parlons de votre projet'),
    p(
      'Vous avez une idée, une question, un doute ? Écrivez-nous quelques lignes. Une personne de chez nous les lit et vous répond sous deux jours, sans engagement.',
    ),
    h('Ce que vous y gagnez', 2),
    p(
      '- une réponse d’une personne qui connaît le sujet ;\n- un ordre de prix et de délai dès le premier échange ;\n- et vos coordonnées ne servent qu’à vous répondre.',
    ),
  ),
  en: say(
    'Let us talk about your project',
    'Tell us where you stand: somebody here answers within two days.',
    h('Let us talk about your project'),
    p(
      'You have an idea, a question, a doubt? Write us a few lines. Somebody here reads them and answers within two days, with no strings attached.',
    ),
    h('What you get', 2),
    p(
      '- an answer from somebody who knows the subject;\n- an idea of price and time from the first exchange;\n- and your details serve to answer you, and for nothing else.',
    ),
  ),
};

export const readyContents: Record<ReadyKey, Said> = {
  invitation,
  newsletter,
  birthday,
  welcome,
  satisfaction,
  winback,
  lostdeal,
  selfupdate,
  reminder_sms: reminderSms,
  news_sms: newsSms,
  reminder_whatsapp: reminderWhatsapp,
  question_page: questionPage,
};
