import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Person } from '../../../../server/cards/contract.ts';
import { listPaths } from '../../../../server/relations/paths-contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import classes from './Network.module.css';
import { Closed, Unnamed, WayLine } from './Ways.tsx';

/** Who can introduce me to this person, looked for when somebody asks. */
export function WaysTo({ person }: { person: Pick<Person, 'id' | 'name'> }) {
  const [asked, ask] = useState(false);
  const { data, error, isLoading, refetch } = useQuery({
    ...reading(listPaths, { personId: person.id }),
    enabled: asked,
  });
  return (
    <section aria-label={t('network.paths')} className={`${classes.part} no-print`}>
      {!asked && (
        <Button variant="default" onClick={() => ask(true)}>
          {t('network.whoTo', { name: person.name })}
        </Button>
      )}
      {asked && <h2 className={classes.title}>{t('network.paths')}</h2>}
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {isLoading && <p className={classes.quiet}>{t('network.looking')}</p>}
      {data?.closed && <Closed />}
      {data && !data.closed && data.items.length === 0 && <p className={classes.quiet}>{t('network.noWay')}</p>}
      {data && data.items.length > 0 && (
        <ul className={classes.ways}>
          {data.items.map((path) => (
            <WayLine key={path.places.map((place) => ('id' in place ? place.id : '')).join()} path={path} />
          ))}
        </ul>
      )}
      {data && <Unnamed sought={person.name} discoverable={data.discoverable} hints={data.hints} />}
    </section>
  );
}
