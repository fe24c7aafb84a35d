import type { ContactConsent } from '../contact.ts';
import { type Draft, keepExtra } from './draft.ts';
import { parameter, quoteParameter, type VcardProperty } from './property.ts';
import { escapeText, textOf } from './value.ts';

const CHANNELS = new Set<string>(['email', 'phone', 'post', 'any'] satisfies ContactConsent['channel'][]);
const STATES = new Set<string>(['given', 'objected', 'unknown'] satisfies ContactConsent['state'][]);

/** No vCard property says what a person agreed to; our own export writes it so that it is not lost on the way. */
export function addConsent(draft: Draft, property: VcardProperty): void {
  const channel = parameter(property, 'CHANNEL')?.toLowerCase() ?? '';
  const state = parameter(property, 'STATE')?.toLowerCase() ?? '';
  if (!isChannel(channel) || !isState(state)) {
    keepExtra(draft, property);
    return;
  }
  const since = parameter(property, 'SINCE');
  const evidence = textOf(property, draft.card);
  draft.contact.consent = [...(draft.contact.consent ?? []), { channel, state, ...(since ? { since } : {}), evidence }];
}

function isChannel(text: string): text is ContactConsent['channel'] {
  return CHANNELS.has(text);
}

function isState(text: string): text is ContactConsent['state'] {
  return STATES.has(text);
}

export function consentProperty({ channel, state, since, evidence }: ContactConsent): VcardProperty {
  const params = [
    { name: 'CHANNEL', value: channel },
    { name: 'STATE', value: state },
    ...(since ? [{ name: 'SINCE', value: quoteParameter(since) }] : []),
  ];
  return { group: undefined, name: 'X-ENTREGENT-CONSENT', params, value: escapeText(evidence) };
}
