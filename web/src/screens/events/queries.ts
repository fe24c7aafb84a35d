import { infiniteQueryOptions } from '@tanstack/react-query';
import { type GuestState, getEvent, listDoor, listEvents, listGuests } from '../../../../server/events/contract.ts';
import { call } from '../../api.ts';
import { reading, refresh } from '../../queries.ts';

export type GuestFilter = GuestState | 'attended' | 'absent';

export const eventsQuery = reading(listEvents, {});
export const eventQuery = (eventId: string) => reading(getEvent, { eventId });
export const doorQuery = (eventId: string) => reading(listDoor, { eventId });
export const guestsQuery = (eventId: string, state: GuestFilter | '') =>
  infiniteQueryOptions({
    queryKey: [listGuests.name, eventId, state],
    queryFn: ({ pageParam }) =>
      call(listGuests, { eventId, limit: 50, ...(state && { state }), ...(pageParam && { after: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
export const refreshEvents = () => refresh(listEvents, getEvent, listGuests, listDoor);
