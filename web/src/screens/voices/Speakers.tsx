import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { VoiceOf } from '../../../../server/voices/contract.ts';
import { money } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { shortTime } from '../conversations/words.ts';
import { speakersQuery } from './queries.ts';
import type { WeightSearch } from './search.ts';
import classes from './Voices.module.css';
import { toneName, topicName } from './words.ts';

/** Who speaks of a topic, each person once, and what is at stake with them. */
export function Speakers({ search }: { search: WeightSearch }) {
  const navigate = useNavigate({ from: '/voices/weight' });
  const { data, error, refetch } = useQuery(speakersQuery(search));
  const title = data ? topicName(data) : t('voices.voices');
  const close = () => {
    const { topic: _, ...rest } = search;
    void navigate({ search: rest });
  };
  return (
    <SidePanel label={title} onClose={close}>
      <div className={classes.messages}>
        <h2>{title}</h2>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={5} />}
        {data && (
          <p className={classes.small}>{t('voices.speakers', { people: data.people, shown: data.items.length })}</p>
        )}
        <ul>
          {data?.items.map((voice, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: nobody's id stands for whom nobody knows
            <li key={at} className={classes.message}>
              <Speaker voice={voice} />
            </li>
          ))}
        </ul>
      </div>
    </SidePanel>
  );
}

function Speaker({ voice }: { voice: VoiceOf }) {
  const { person, name, account, worth, last, times, tone, origins } = voice;
  return (
    <>
      <span className={classes.who}>
        {person ? (
          <Link to="/people/$personId" params={{ personId: person.id }}>
            {person.name}
          </Link>
        ) : (
          <strong>{name || t('conversations.visitor')}</strong>
        )}
        {account && <span className={classes.small}>{account}</span>}
        <time dateTime={last}>{shortTime(last)}</time>
      </span>
      <span className={classes.small}>
        {t('voices.speaker', {
          times,
          tone: toneName(tone),
          where: origins.map((one) => t(`voices.origin.${one}`)).join(', '),
        })}
      </span>
      {worth.map((one) => (
        <Link
          key={one.id}
          to="/opportunities/$opportunityId"
          params={{ opportunityId: one.id }}
          className={classes.worth}
        >
          {one.name} · {money(one)}
        </Link>
      ))}
    </>
  );
}
