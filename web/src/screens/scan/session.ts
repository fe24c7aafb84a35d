import { useSessionStorage } from '@mantine/hooks';

/** Where one is, and which book the cards go into: kept for this tab, so that card after card needs one tap. */
export function useMeeting() {
  const [place, setPlace] = useSessionStorage({ key: 'entregent-scan-place', defaultValue: '' });
  const [bookId, setBookId] = useSessionStorage({ key: 'entregent-scan-book', defaultValue: '' });
  return { place, setPlace, bookId, setBookId };
}
