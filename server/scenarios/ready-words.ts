import type { Block, Said, Saying } from '../content/blocks-contract.ts';

// Mails of the ready scenarios, in both languages. They ask for an answer, which somebody reads, or lead to a page of the reader's own.

interface Words {
  name: { fr: string; en: string };
  said: Said;
}

/** A button that leads to a page of the reader's own. */
interface Button {
  label: string;
  to: 'link.update' | 'link.survey';
}

const mail = (subject: string, preheader: string, text: string, button?: Button, after = ''): Saying => ({
  ...{ subject, preheader },
  blocks: [
    { id: 'b1', kind: 'text', text } as Block,
    ...(button ? [{ id: 'b2', kind: 'button', label: button.label, url: `{{ ${button.to} }}` } as Block] : []),
    ...(after ? [{ id: 'b3', kind: 'text', text: after } as Block] : []),
  ],
});
/** French signs stand apart from what comes before. */
const spaced = (text: string): string => text.replaceAll(/ (?=[;?!])/g, '\u202F').replaceAll(' :', '\u00A0:');
const dire = (subject: string, preheader: string, text: string, button?: Button, after = ''): Saying =>
  mail(spaced(subject), spaced(preheader), spaced(text), button, spaced(after));

const bonjour = 'Bonjour {{ person.fullName | default: "à vous" }},';
const hello = 'Hello {{ person.givenName | default: "there" }},';

export const readyWords = {
  welcome: {
    name: { fr: 'Bienvenue', en: 'Welcome' },
    said: {
      fr: dire(
        'Bienvenue chez {{ company.name }}',
        'Une personne à qui écrire, et trois choses utiles.',
        `${bonjour}\n\nMerci de votre première commande. Je m’appelle {{ sender.name }} ; c’est à moi que vous pouvez écrire, pour toute question, à {{ sender.email }}.\n\nPour bien commencer :\n\n1. gardez mon adresse ;\n2. dites-moi, en une phrase, ce que vous attendez de nous ;\n3. si quelque chose ne va pas, écrivez-moi le jour même.\n\nÀ très vite,\n\n{{ sender.name }}`,
      ),
      en: mail(
        'Welcome to {{ company.name }}',
        'Somebody to write to, and three useful things.',
        `${hello}\n\nThank you for your first order. My name is {{ sender.name }}, and I am the person to write to with any question, at {{ sender.email }}.\n\nTo get started:\n\n1. keep my address;\n2. tell me in one sentence what you expect from us;\n3. if anything is wrong, write to me the same day.\n\nTalk soon,\n\n{{ sender.name }}`,
      ),
    },
  },
  firstMonth: {
    name: { fr: 'Après un mois', en: 'After a month' },
    said: {
      fr: dire(
        'Un mois déjà : tout va bien ?',
        'Une question, une réponse en une ligne.',
        `${bonjour}\n\nVous avez commandé chez nous il y a un mois. Est-ce que tout est comme vous l’espériez ? Qu’est-ce qui vous manque ?\n\nUne ligne suffit : répondez à ce message, je le lirai.\n\n{{ sender.name }}`,
      ),
      en: mail(
        'A month already: is all well?',
        'One question, one line of answer.',
        `${hello}\n\nYou ordered from us a month ago. Is everything as you hoped? Is anything missing?\n\nOne line is enough: reply to this message, and I will read it.\n\n{{ sender.name }}`,
      ),
    },
  },
  birthday: {
    name: { fr: 'Anniversaire', en: 'Birthday' },
    said: {
      fr: dire(
        'Bon anniversaire, {{ person.givenName | default: "de tout cœur" }}',
        'Un mot de toute l’équipe.',
        `${bonjour}\n\nToute l’équipe de {{ company.name }} vous souhaite un bel anniversaire.\n\nRien à vendre aujourd’hui, juste une pensée.\n\n{{ sender.name }}`,
      ),
      en: mail(
        'Happy birthday, {{ person.givenName | default: "from all of us" }}',
        'A word from the whole team.',
        `${hello}\n\nEveryone at {{ company.name }} wishes you a happy birthday.\n\nNothing to sell today, just a thought.\n\n{{ sender.name }}`,
      ),
    },
  },
  winback: {
    name: { fr: 'Reprise de contact', en: 'Win back' },
    said: {
      fr: dire(
        'Avons-nous manqué quelque chose ?',
        'Un mot de vous nous aiderait.',
        `${bonjour}\n\nCela fait quelque temps que vous n’avez rien commandé chez nous. Vos besoins ont peut-être changé, ou bien nous n’avons pas été à la hauteur. Dans les deux cas, j’aimerais le savoir.\n\nVoulez-vous que nous en parlions un quart d’heure ? Répondez avec le jour qui vous convient.\n\n{{ sender.name }}`,
      ),
      en: mail(
        'Did we miss something?',
        'A word from you would help us.',
        `${hello}\n\nIt has been a while since your last order. Your needs may have changed, or we may have fallen short. Either way, I would like to know.\n\nShall we talk for a quarter of an hour? Reply with a day that suits you.\n\n{{ sender.name }}`,
      ),
    },
  },
  afterEvent: {
    name: { fr: 'Merci d’être venu', en: 'Thank you for coming' },
    said: {
      fr: dire(
        'Merci de votre visite',
        'Une question pour préparer la prochaine rencontre.',
        `${bonjour}\n\nMerci d’être venu. Qu’est-ce qui vous a été utile, et de quoi aurions-nous dû parler davantage ?\n\nRépondez en une ligne : la prochaine rencontre se prépare avec vos réponses.\n\n{{ sender.name }}`,
      ),
      en: mail(
        'Thank you for coming',
        'One question, to prepare the next event.',
        `${hello}\n\nThank you for coming. What was useful to you, and what should we have talked about more?\n\nReply in one line: your answers shape the next event.\n\n{{ sender.name }}`,
      ),
    },
  },
  satisfaction: {
    name: { fr: 'Satisfaction après achat', en: 'Satisfaction after a sale' },
    said: {
      fr: dire(
        'Comment cela s’est-il passé ?',
        'Deux questions, une minute.',
        `${bonjour}\n\nVous avez commandé chez nous il y a une dizaine de jours. Qu’est-ce qui s’est bien passé et, surtout, qu’est-ce qui s’est mal passé ? Deux questions, une minute.`,
        { label: 'Donner mon avis', to: 'link.survey' },
        'Chaque réponse est lue par une personne. Si quelque chose ne va pas, nous vous rappelons.\n\nMerci,\n\n{{ sender.name }}',
      ),
      en: mail(
        'How did it go?',
        'Two questions, one minute.',
        `${hello}\n\nYou ordered from us some ten days ago. What went well and, above all, what did not? Two questions, one minute.`,
        { label: 'Give my opinion', to: 'link.survey' },
        'A person reads every answer. If anything is wrong, we will call you back.\n\nThank you,\n\n{{ sender.name }}',
      ),
    },
  },
  lostDeal: {
    name: { fr: 'Après une affaire perdue', en: 'After a lost deal' },
    said: {
      fr: dire(
        'Merci de nous avoir consultés',
        'Et la porte reste ouverte.',
        `${bonjour}\n\nVous avez fait un autre choix, et je vous remercie de nous l’avoir dit. Merci aussi du temps que vous nous avez consacré.\n\nSi vous acceptez de nous dire en deux mots ce qui a fait la différence, répondez à ce message : nous ferons mieux la prochaine fois.\n\nBonne réussite dans ce projet,\n\n{{ sender.name }}`,
      ),
      en: mail(
        'Thank you for considering us',
        'And the door stays open.',
        `${hello}\n\nYou made another choice, and I thank you for telling us. Thank you, too, for the time you gave us.\n\nIf you are willing to say in a few words what made the difference, reply to this message: we will do better next time.\n\nI wish you every success with this project.\n\n{{ sender.name }}`,
      ),
    },
  },
  selfUpdate: {
    name: { fr: 'Vos coordonnées', en: 'Your details' },
    said: {
      fr: dire(
        'Vos coordonnées sont-elles à jour ?',
        'Vérifiez-les en un coup d’œil.',
        `${bonjour}\n\nNous voudrions vous joindre au bon endroit, et pas plus qu’il ne faut. Cette page, qui n’est qu’à vous, montre les coordonnées que j’ai de vous. Vous pouvez les confirmer, corriger ce qui a changé, ou demander que nous les oubliions.`,
        { label: 'Vérifier mes coordonnées', to: 'link.update' },
        'Un code vous est envoyé à cette adresse avant que la page ne s’ouvre.\n\nMerci,\n\n{{ sender.name }}',
      ),
      en: mail(
        'Are your details up to date?',
        'Check them at a glance.',
        `${hello}\n\nWe would like to reach you in the right place, and no more than needed. This page, which is yours alone, shows the details that I have of you. You can confirm them, correct what has changed, or ask us to forget them.`,
        { label: 'Check my details', to: 'link.update' },
        'A code is sent to this address before the page opens.\n\nThank you,\n\n{{ sender.name }}',
      ),
    },
  },
} satisfies Record<string, Words>;
