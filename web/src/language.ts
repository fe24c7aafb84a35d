import { keepLocale, type Locale, speak, spoken } from './i18n.ts';

const listeners = new Set<() => void>();

export const currentLanguage = spoken;

export function onLanguageChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Loads and shows another language, and remembers it on this device. */
export async function changeLanguage(locale: Locale): Promise<void> {
  keepLocale(locale);
  if (locale === spoken()) return;
  await speak(locale);
  for (const listener of listeners) listener();
}
