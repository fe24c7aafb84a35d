import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setupI18n } from '@lingui/core';
import { compileMessage } from '@lingui/message-utils/compileMessage';
import { elide } from '../../locales/elision.ts';
import { root } from './root.ts';

export type Locale = 'fr' | 'en';
/** Gives the sentence of a key in one language; ICU blanks from `values`. An unknown key is given back as it is. */
export type Translate = (key: string, values?: Record<string, unknown>) => string;

const FOLDER = join(root, 'locales');
/** An error for the person at the terminal: the key of a sentence, and its blanks. */
export class Explained extends Error {
  readonly key: string;
  readonly values: Record<string, unknown>;
  constructor(key: string, values: Record<string, unknown> = {}) {
    super(key);
    this.key = key;
    this.values = values;
  }
}

const translators = new Map<Locale, Translate>();

function readCatalogue(locale: Locale): Record<string, string> {
  const folder = join(FOLDER, locale);
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return Object.assign({}, ...files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8'))));
}

/** The catalogue's files are read once per language, when first asked for. */
export function translator(locale: Locale): Translate {
  const known = translators.get(locale);
  if (known) return known;
  const i18n = setupI18n({ locale, messages: { [locale]: readCatalogue(locale) } });
  i18n.setMessagesCompiler(compileMessage);
  const translate: Translate = (key, values) => elide(i18n._(key, values));
  translators.set(locale, translate);
  return translate;
}

/** The first of our languages in an Accept-Language header (RFC 9110, 12.5.4) or a LANG variable; English otherwise. */
export function pickLocale(preferences: string | undefined): Locale {
  for (const part of (preferences ?? '').toLowerCase().split(/[,;:]/)) {
    if (part.trim().startsWith('fr')) return 'fr';
    if (part.trim().startsWith('en')) return 'en';
  }
  return 'en';
}
