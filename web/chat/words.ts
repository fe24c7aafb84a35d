import en from '../../locales/en/chat.json' with { type: 'json' };
import fr from '../../locales/fr/chat.json' with { type: 'json' };

export type Words = typeof en;

/** The words of the window, in the language of the site it stands on; a blank is `{name}`. */
export const wordsOf = (language: string | null): Words => (language?.startsWith('fr') ? fr : en);

export const filled = (text: string, values: Record<string, string>): string =>
  text.replace(/\{(\w+)\}/g, (blank, name: string) => values[name] ?? blank);
