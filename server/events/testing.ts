import type { Input } from '../kernel/contract.ts';
import type * as contracts from './contract.ts';

/** A breakfast in ten days, for as many as come. */
export function anEvent(
  said: Partial<Input<typeof contracts.updateEvent>> = {},
): Omit<Input<typeof contracts.updateEvent>, 'eventId'> {
  const begins = Date.now() + 10 * 86_400_000;
  return {
    kind: 'breakfast',
    name: { fr: 'Petit déjeuner', en: 'Breakfast' },
    intro: { fr: 'Café et croissants.', en: 'Coffee and rolls.' },
    place: '12 rue de la Paix, Paris',
    ...{ startsAt: new Date(begins).toISOString(), endsAt: new Date(begins + 7_200_000).toISOString() },
    zone: 'Europe/Paris',
    ...said,
  };
}
