import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Output } from '../../../../server/kernel/contract.ts';
import type { getRise } from '../../../../server/voices/contract.ts';
import { calendarDay, number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { Section } from '../../ui/Section.tsx';
import { risesQuery } from './queries.ts';
import classes from './Voices.module.css';
import { topicName } from './words.ts';

/** What is unusual, in a sentence. */
export const riseSentence = (rise: Output<typeof getRise>): string =>
  t('voices.rise', {
    ...{ topic: topicName(rise), channel: rise.channel.name, day: calendarDay(rise.day), count: rise.count },
    expected: number(Math.round(rise.expected * 10) / 10),
    none: String(rise.expected < 0.05),
  });

/** Where more was complained of than usual, on the last whole days; nothing where nothing was. */
export function Rises() {
  const rises = useQuery(risesQuery).data?.items ?? [];
  if (rises.length === 0) return null;
  return (
    <Section title={t('voices.rises')} lead={t('voices.rises.lead')}>
      <ul className={classes.lines}>
        {rises.map((rise) => (
          <li key={`${rise.day} ${rise.topicId} ${rise.channel.id}`}>
            <Link to="/voices" search={{ topic: rise.topicId, column: rise.channel.id }}>
              {riseSentence(rise)}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
