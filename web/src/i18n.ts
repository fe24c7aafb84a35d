import { setupI18n } from '@lingui/core';
import { compileMessage } from '@lingui/message-utils/compileMessage';
import { elide } from '../../locales/elision.ts';
import type adoption from '../../locales/en/adoption.json';
import type apps from '../../locales/en/apps.json';
import type attributes from '../../locales/en/attributes.json';
import type bi from '../../locales/en/bi.json';
import type campaigns from '../../locales/en/campaigns.json';
import type channels from '../../locales/en/channels.json';
import type charter from '../../locales/en/charter.json';
import type cleaning from '../../locales/en/cleaning.json';
import type collection from '../../locales/en/collection.json';
import type community from '../../locales/en/community.json';
import type connections from '../../locales/en/connections.json';
import type contacts from '../../locales/en/contacts.json';
import type content from '../../locales/en/content.json';
import type conversations from '../../locales/en/conversations.json';
import type dashboards from '../../locales/en/dashboards.json';
import type dataMap from '../../locales/en/dataMap.json';
import type decisions from '../../locales/en/decisions.json';
import type delegation from '../../locales/en/delegation.json';
import type errors from '../../locales/en/errors.json';
import type events from '../../locales/en/events.json';
import type facts from '../../locales/en/facts.json';
import type groups from '../../locales/en/groups.json';
import type home from '../../locales/en/home.json';
import type hunting from '../../locales/en/hunting.json';
import type identity from '../../locales/en/identity.json';
import type imports from '../../locales/en/imports.json';
import type interviews from '../../locales/en/interviews.json';
import type introductions from '../../locales/en/introductions.json';
import type leadDays from '../../locales/en/leadDays.json';
import type leaving from '../../locales/en/leaving.json';
import type lending from '../../locales/en/lending.json';
import type letters from '../../locales/en/letters.json';
import type mailboxes from '../../locales/en/mailboxes.json';
import type maps from '../../locales/en/maps.json';
import type mcp from '../../locales/en/mcp.json';
import type network from '../../locales/en/network.json';
import type notes from '../../locales/en/notes.json';
import type notices from '../../locales/en/notices.json';
import type offers from '../../locales/en/offers.json';
import type opportunities from '../../locales/en/opportunities.json';
import type outreach from '../../locales/en/outreach.json';
import type ownWord from '../../locales/en/ownWord.json';
import type pages from '../../locales/en/pages.json';
import type phones from '../../locales/en/phones.json';
import type plan from '../../locales/en/plan.json';
import type privacy from '../../locales/en/privacy.json';
import type quality from '../../locales/en/quality.json';
import type relations from '../../locales/en/relations.json';
import type scan from '../../locales/en/scan.json';
import type scenarios from '../../locales/en/scenarios.json';
import type scim from '../../locales/en/scim.json';
import type segments from '../../locales/en/segments.json';
import type settings from '../../locales/en/settings.json';
import type shell from '../../locales/en/shell.json';
import type sso from '../../locales/en/sso.json';
import type surveys from '../../locales/en/surveys.json';
import type tasks from '../../locales/en/tasks.json';
import type voices from '../../locales/en/voices.json';
import type webhooks from '../../locales/en/webhooks.json';

type Catalogue = typeof adoption &
  typeof apps &
  typeof attributes &
  typeof bi &
  typeof campaigns &
  typeof channels &
  typeof cleaning &
  typeof collection &
  typeof charter &
  typeof community &
  typeof connections &
  typeof contacts &
  typeof content &
  typeof conversations &
  typeof dashboards &
  typeof dataMap &
  typeof delegation &
  typeof errors &
  typeof events &
  typeof hunting &
  typeof facts &
  typeof groups &
  typeof home &
  typeof identity &
  typeof imports &
  typeof interviews &
  typeof introductions &
  typeof leadDays &
  typeof leaving &
  typeof lending &
  typeof letters &
  typeof mailboxes &
  typeof network &
  typeof maps &
  typeof mcp &
  typeof notes &
  typeof notices &
  typeof offers &
  typeof opportunities &
  typeof outreach &
  typeof ownWord &
  typeof privacy &
  typeof phones &
  typeof pages &
  typeof plan &
  typeof quality &
  typeof relations &
  typeof scan &
  typeof scenarios &
  typeof scim &
  typeof segments &
  typeof settings &
  typeof shell &
  typeof sso &
  typeof surveys &
  typeof tasks &
  typeof decisions &
  typeof voices &
  typeof webhooks;
export type MessageKey = keyof Catalogue;
export type Locale = 'fr' | 'en';
export type Values = Record<string, string | number>;

const i18n = setupI18n();
const catalogueOf = {
  fr: () => import('./locales/fr.ts'),
  en: () => import('./locales/en.ts'),
};

/** Loads a language and makes it the one that `t` speaks. The caller draws the page anew. */
export async function speak(locale: Locale): Promise<void> {
  const { catalogues } = await catalogueOf[locale]();
  const entries = Object.values(catalogues).flatMap((catalogue) => Object.entries(catalogue));
  i18n.loadAndActivate({
    locale,
    messages: Object.fromEntries(entries.map(([key, text]) => [key, compileMessage(text)])),
  });
  document.documentElement.lang = locale;
}

export function spoken(): Locale {
  return i18n.locale === 'en' ? 'en' : 'fr';
}

/** The language last used on this device, else the browser's, else English. */
export function preferredLocale(): Locale {
  const kept = localStorage.getItem('entregent-locale');
  const wanted = [kept, ...navigator.languages].find((tag) => tag?.startsWith('fr') || tag?.startsWith('en'));
  return wanted?.startsWith('fr') ? 'fr' : 'en';
}

export function keepLocale(locale: Locale): void {
  localStorage.setItem('entregent-locale', locale);
}

/** A message in the language spoken, its blanks filled. */
export function t(key: MessageKey, values?: Values): string {
  return elide(i18n._(key, values));
}

/** A message whose key comes from the server (`unreadable.…`, `warning.…`), or undefined when no catalogue has it. */
export function told(key: string, values?: Values): string | undefined {
  return i18n.messages[key] === undefined ? undefined : elide(i18n._(key, values));
}

/** A sentence that ends in a name which is shown apart (as a link): what stands before it ("à propos d’", "about "). */
export const before = (sentence: string, name: string): string => sentence.slice(0, sentence.length - name.length);
