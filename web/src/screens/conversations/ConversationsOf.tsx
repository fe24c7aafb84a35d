import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listConversations } from '../../../../server/conversations/contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ButtonLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import { ChannelIcon } from './ChannelIcon.tsx';
import classes from './Conversations.module.css';
import { excerptOf, shortTime } from './words.ts';

/** What was said with a person on channels that I see, and noted of calls, meetings and visits: the last ones. */
export function ConversationsOf({ personId }: { personId: string }) {
  const { data } = useQuery(reading(listConversations, { personId, status: 'any', limit: 6 }));
  if (!data) return null;
  return (
    <Section
      title={t('notes.section')}
      actions={
        <ButtonLink to="/note" search={{ person: personId }} variant="default" size="compact-md" className="no-print">
          {t('notes.add')}
        </ButtonLink>
      }
    >
      {data.items.length === 0 && <p>{t('notes.section.none')}</p>}
      <ul className={classes.ofPerson}>
        {data.items.map((one) => (
          <li key={one.id}>
            <Link to="/conversations/$conversationId" params={{ conversationId: one.id }}>
              <ChannelIcon kind={one.channel.kind} /> <span>{excerptOf(one)}</span>{' '}
              <time dateTime={one.lastAt}>{shortTime(one.lastAt)}</time>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
