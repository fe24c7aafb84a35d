import { useQuery } from '@tanstack/react-query';
import { t } from '../../i18n.ts';
import { Lines } from '../../ui/Lines.tsx';
import { ButtonLink, TextLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import { waitingQuery } from '../introductions/queries.ts';
import { OfferLine } from '../offers/OfferLine.tsx';
import { offersQuery } from '../offers/queries.ts';
import { dueQuery } from '../tasks/queries.ts';
import { TaskLine } from '../tasks/TaskLine.tsx';
import classes from './Home.module.css';

/** What waits for me: requests for introductions, what colleagues offer for my cards, and tasks that are due within a week, or late. */
export function WaitingForMe() {
  const tasks = useQuery(dueQuery()).data?.items ?? [];
  const asks = useQuery(waitingQuery).data?.items.length ?? 0;
  const offers = useQuery(offersQuery).data?.items ?? [];
  if (tasks.length + asks + offers.length === 0) return null;
  return (
    <Section
      title={t('tasks.waiting')}
      actions={
        <ButtonLink to="/tasks" variant="subtle" size="compact-md">
          {t('tasks.all')}
        </ButtonLink>
      }
    >
      <Lines>
        {asks > 0 && (
          <li className={classes.asked}>
            {t('introductions.waiting', { count: asks })}
            <TextLink to="/introductions/asked" underline="always">
              {t('introductions.look')}
            </TextLink>
          </li>
        )}
        {offers.map((offer) => (
          <OfferLine key={offer.id} offer={offer} />
        ))}
        {tasks.map((task) => (
          <TaskLine key={task.id} task={task} />
        ))}
      </Lines>
    </Section>
  );
}
