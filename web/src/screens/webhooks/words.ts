import type { Delivery, EventName } from '../../../../server/distribution/contract.ts';
import { t } from '../../i18n.ts';

const sentences = {
  'person.added': 'webhooks.event.person_added',
  'person.changed': 'webhooks.event.person_changed',
  'person.withdrawn': 'webhooks.event.person_withdrawn',
  'consent.changed': 'webhooks.event.consent_changed',
  'fact.recorded': 'webhooks.event.fact_recorded',
  'segment.entered': 'webhooks.event.segment_entered',
  'segment.left': 'webhooks.event.segment_left',
  'opportunity.moved': 'webhooks.event.opportunity_moved',
  'test.ping': 'webhooks.event.test_ping',
} as const satisfies Record<EventName, string>;

/** The sentence of an event. */
export const nameOf = (event: EventName): string => t(sentences[event]);

const troubles = [
  'bad_address',
  'certificate',
  'internal',
  'not_encrypted',
  'private_network',
  'timeout',
  'too_large',
  'unreachable',
] as const;

/** What came of the last attempt. */
export function answerOf({ status, trouble }: Pick<Delivery, 'status' | 'trouble'>): string | null {
  if (trouble === 'redirected') return t('webhooks.trouble.redirected', { status: status ?? 0 });
  if (status !== null) return t('webhooks.trouble.status', { status });
  const known = troubles.find((one) => one === trouble);
  return known ? t(`webhooks.trouble.${known}`) : null;
}
