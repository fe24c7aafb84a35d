import { ActionIcon, Button } from '@mantine/core';
import { IconHistory, IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Grant, listGrantVersions } from '../../../../server/delegation/contract.ts';
import { longDate, longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import classes from './Lending.module.css';
import { withdraw } from './queries.ts';

/** A grant that stands: its sentence, and what its holder can do with it. */
export function GrantLine({ grant, onEdit }: { grant: Grant; onEdit: () => void }) {
  const [told, tell] = useState(false);
  return (
    <li className={classes.grant}>
      <div className={classes.said}>
        <span>{grant.sentence}</span>
        <span className={classes.quiet}>
          {grant.state === 'planned'
            ? t('lending.planned', { day: longDate(grant.startsAt ?? grant.createdAt) })
            : t('lending.since', { day: longDate(grant.createdAt), who: grant.createdBy })}
        </span>
        {told && <Versions grantId={grant.id} />}
      </div>
      <div className={classes.acts}>
        <ActionIcon
          aria-label={t('lending.history')}
          aria-expanded={told}
          title={t('lending.history')}
          onClick={() => tell(!told)}
        >
          <IconHistory size={18} aria-hidden />
        </ActionIcon>
        <ActionIcon aria-label={t('lending.change')} title={t('lending.change')} onClick={onEdit}>
          <IconPencil size={18} aria-hidden />
        </ActionIcon>
        <Button variant="subtle" color="red" size="compact-md" onClick={() => void withdraw(grant)}>
          {t('lending.withdraw')}
        </Button>
      </div>
    </li>
  );
}

/** What the grant has said since it was made. */
function Versions({ grantId }: { grantId: string }) {
  const { data, error } = useQuery(reading(listGrantVersions, { grantId }));
  return (
    <>
      <ErrorNotice error={error} />
      <ol className={classes.versions} reversed>
        {data?.items.map((version) => (
          <li key={version.version}>
            <time dateTime={version.createdAt} className={classes.quiet}>
              {longInstant(version.createdAt)}
            </time>{' '}
            {version.sentence}
          </li>
        ))}
      </ol>
    </>
  );
}
