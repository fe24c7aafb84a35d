import { ActionIcon } from '@mantine/core';
import { IconArrowsDiagonal, IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { personExportPath } from '../../../../server/cards/contract.ts';
import { apiBase } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LoadingContact } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { Facts } from '../apps/Facts.tsx';
import { ConversationsOf } from '../conversations/ConversationsOf.tsx';
import { FactsOf } from '../facts/FactsOf.tsx';
import { OffersOf } from '../offers/OffersOf.tsx';
import { Written } from '../outreach/Written.tsx';
import { TasksOf } from '../tasks/TasksOf.tsx';
import { Cards } from './Cards.tsx';
import { Career } from './Career.tsx';
import classes from './Person.module.css';
import { PersonHead } from './PersonHead.tsx';
import { PersonValues } from './PersonValues.tsx';
import { personQuery } from './queries.ts';
import { Timeline } from './Timeline.tsx';

/** A person beside the list. */
export default function PersonPanel({ personId, onClose }: { personId: string; onClose: () => void }) {
  const { data: person, error, refetch } = useQuery(personQuery(personId));
  const full = (
    <>
      {person?.exportable && (
        <ActionIcon
          component="a"
          download
          href={apiBase + personExportPath.replace(':personId', personId)}
          aria-label={t('contacts.export.one')}
          title={t('contacts.export.one')}
        >
          <IconDownload size={18} stroke={1.6} aria-hidden />
        </ActionIcon>
      )}
      <ButtonLink
        to="/people/$personId"
        params={{ personId }}
        variant="subtle"
        size="compact-md"
        leftSection={<IconArrowsDiagonal size={16} aria-hidden />}
      >
        {t('contacts.fullPage')}
      </ButtonLink>
    </>
  );
  return (
    <SidePanel label={person?.name ?? t('shell.loading')} onClose={onClose} actions={full}>
      <div className={classes.panel}>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!person && !error && <LoadingContact />}
        {person && (
          <div key={person.id}>
            <PersonHead person={person} level={2} />
            <OffersOf personId={person.id} />
            <PersonValues person={person} />
            <Career person={person} />
            <FactsOf personId={person.id} />
            <Facts personId={person.id} />
            <Cards person={person} />
            <Written personId={person.id} />
            <ConversationsOf personId={person.id} />
            <TasksOf person={person} />
            <Timeline person={person} />
          </div>
        )}
      </div>
    </SidePanel>
  );
}
