import type { Language } from '../blocks-contract.ts';

/** The foot of each mail, as a template. */
export const footerWords: Record<Language, { sentBy: string; stop: string }> = {
  fr: { sentBy: 'Envoyé par {{ company.name }}.', stop: 'Ne plus recevoir ces messages' },
  en: { sentBy: 'Sent by {{ company.name }}.', stop: 'Stop receiving these messages' },
};
