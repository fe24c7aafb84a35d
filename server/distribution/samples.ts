import type { ChosenEvent, Message } from './contract.ts';

const uuid = (last: number) => `01900000-0000-7000-8000-00000000000${last}`;
const sample = <T extends ChosenEvent>(type: T, data: Record<string, unknown>): Message => ({
  ...{ type, timestamp: '2026-01-15T09:30:00.000Z', data },
});

/** Made-up messages: what automations are set up with before anything has happened. */
export const samples: Record<ChosenEvent, Message> = {
  'person.added': sample('person.added', { personId: uuid(1) }),
  'person.changed': sample('person.changed', { personId: uuid(1), fields: ['email', 'phone'] }),
  'consent.changed': sample('consent.changed', {
    ...{ contactPointId: uuid(2), channel: 'email', personIds: [uuid(1)], consent: 'objected', purposes: null },
  }),
  'fact.recorded': sample('fact.recorded', {
    ...{ factId: uuid(3), kind: 'order', at: '2026-01-15T09:29:58.000Z', personIds: [uuid(1)] },
  }),
  'segment.entered': sample('segment.entered', { segmentId: uuid(4), personId: uuid(1) }),
  'segment.left': sample('segment.left', { segmentId: uuid(4), personId: uuid(1) }),
  'opportunity.moved': sample('opportunity.moved', {
    ...{ opportunityId: uuid(5), change: 'moved', fromStageId: uuid(6), toStageId: uuid(7) },
  }),
};
