import { told } from '../../i18n.ts';

const names: Partial<Record<string, string>> = { linkedin: 'LinkedIn', hubspot: 'HubSpot', mailchimp: 'Mailchimp' };

/** Names of programs are the same in every language; a channel is called as in the inbox. */
export const kindOf = (kind: string): string =>
  told(`dataMap.kind.${kind}`) ??
  told(`conversations.kind.${kind}`) ??
  names[kind] ??
  kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll('_', ' ');
