import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ElsewhereTopic } from '../../../../server/voices/contract.ts';
import { calendarDay, money } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { Section } from '../../ui/Section.tsx';
import { elsewhereOfQuery, elsewhereQuery } from './queries.ts';
import type { VoicesSearch } from './search.ts';
import classes from './Voices.module.css';
import { toneName, topicName } from './words.ts';

/** What was said elsewhere than in conversations: asked, about deals, in the community. Each topic opens the very words. */
export function Elsewhere({ search: { days = 30 } }: { search: VoicesSearch }) {
  const items = useQuery(elsewhereQuery(days)).data?.items ?? [];
  const [open, show] = useState<string>();
  if (items.length === 0) return null;
  return (
    <Section title={t('voices.elsewhere')} lead={t('voices.elsewhere.lead')}>
      <ul className={classes.proposals}>
        {items.map((topic) => (
          <li key={topic.topicId}>
            <Button
              variant="subtle"
              size="compact-md"
              aria-expanded={open === topic.topicId}
              onClick={() => show(open === topic.topicId ? undefined : topic.topicId)}
            >
              {topicName(topic)}
            </Button>{' '}
            <span className={classes.small}>{originsOf(topic)}</span>
            {open === topic.topicId && <Words topicId={topic.topicId} days={days} />}
          </li>
        ))}
      </ul>
    </Section>
  );
}

const originsOf = ({ origins }: ElsewhereTopic): string =>
  origins
    .map(({ origin, voices, negative }) =>
      t('voices.elsewhere.count', { origin: told(`voices.origin.${origin}`) ?? origin, voices, negative }),
    )
    .join(' · ');

function Words({ topicId, days }: { topicId: string; days: number }) {
  const list = useInfiniteQuery(elsewhereOfQuery(topicId, days));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <ul className={classes.words}>
        {items.map(({ id, origin, on, text, tone, value }) => (
          <li key={origin + id}>
            <p dir="auto">{text}</p>
            <span className={classes.small}>
              {[
                told(`voices.origin.${origin}`) ?? origin,
                calendarDay(on),
                ...(tone === 'neutral' ? [] : [toneName(tone)]),
                ...(value ? [money(value)] : []),
              ].join(' · ')}
            </span>
          </li>
        ))}
      </ul>
      {list.isSuccess && items.length === 0 && <p className={classes.small}>{t('voices.elsewhere.noWords')}</p>}
      {list.hasNextPage && (
        <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('conversations.earlier')}
        </Button>
      )}
    </>
  );
}
