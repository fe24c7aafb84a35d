import type { Language } from '../blocks-contract.ts';

/** The foot of each mail, as a template. */
export const footerWords: Record<Language, { sentBy: string; stop: string; colon: string }> = {
  fr: { sentBy: 'Envoyé par {{ company.name }}.', stop: 'Ne plus recevoir ces messages', colon: '\u00A0:' },
  en: { sentBy: 'Sent by {{ company.name }}.', stop: 'Stop receiving these messages', colon: ':' },
};
