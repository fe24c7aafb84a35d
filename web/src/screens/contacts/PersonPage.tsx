import { ActionIcon, Button, Group } from '@mantine/core';
import { IconArrowLeft, IconDownload, IconPrinter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCanGoBack, useParams, useRouter } from '@tanstack/react-router';
import { personExportPath } from '../../../../server/cards/contract.ts';
import { apiBase } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LoadingContact } from '../../ui/Loading.tsx';
import { useTitle } from '../../ui/Page.tsx';
import { Facts } from '../apps/Facts.tsx';
import { AttributesOf } from '../attributes/AttributesOf.tsx';
import { UsesOfPerson } from '../audit/UsesOfPerson.tsx';
import { ConversationsOf } from '../conversations/ConversationsOf.tsx';
import { FactsOf } from '../facts/FactsOf.tsx';
import { Exchanges } from '../mailboxes/Exchanges.tsx';
import { MapsOf } from '../maps/MapsOf.tsx';
import { NearTo } from '../network/Near.tsx';
import { TiesOf } from '../network/TiesOf.tsx';
import { WaysTo } from '../network/WaysTo.tsx';
import { OffersOf } from '../offers/OffersOf.tsx';
import { OpportunitiesOf } from '../opportunities/OpportunitiesOf.tsx';
import { GateOf } from '../outreach/GateOf.tsx';
import { Written } from '../outreach/Written.tsx';
import { OwnWordOf } from '../own-word/OwnWordOf.tsx';
import { GroupsOf } from '../relations/GroupsOf.tsx';
import { ViewpointsOf } from '../relations/ViewpointsOf.tsx';
import { KnowledgeOf } from '../segments/KnowledgeOf.tsx';
import { TasksOf } from '../tasks/TasksOf.tsx';
import { Cards } from './Cards.tsx';
import { Career } from './Career.tsx';
import classes from './Person.module.css';
import { PersonHead } from './PersonHead.tsx';
import { PersonValues } from './PersonValues.tsx';
import { personQuery } from './queries.ts';
import { Timeline } from './Timeline.tsx';

export function PersonPage() {
  const { personId } = useParams({ from: '/members/people/$personId' });
  const { data: person, error, refetch } = useQuery(personQuery(personId));
  useTitle(person?.name ?? t('shell.people'));
  return (
    <div className={classes.page}>
      <div className={`${classes.bar} no-print`}>
        <BackToList />
        <Group gap={4}>
          {person?.exportable && (
            <ActionIcon
              component="a"
              download
              href={apiBase + personExportPath.replace(':personId', personId)}
              size="lg"
              aria-label={t('contacts.export.one')}
              title={t('contacts.export.one')}
            >
              <IconDownload size={20} stroke={1.6} aria-hidden />
            </ActionIcon>
          )}
          <ActionIcon size="lg" aria-label={t('contacts.print')} title={t('contacts.print')} onClick={() => print()}>
            <IconPrinter size={20} stroke={1.6} aria-hidden />
          </ActionIcon>
        </Group>
      </div>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!person && !error && <LoadingContact />}
      {person && (
        <article key={person.id} className={classes.columns}>
          <div>
            <PersonHead person={person} level={1} />
            <OffersOf personId={person.id} />
            <PersonValues person={person} withOrigin />
            <AttributesOf person={person} />
            {person.kind === 'person' && <KnowledgeOf personId={person.id} />}
            <Career person={person} />
            {person.kind === 'organization' && <MapsOf personId={person.id} />}
            {person.kind === 'person' && <ViewpointsOf person={person} />}
            {person.kind === 'person' && <TiesOf person={person} />}
            {person.kind === 'person' && <WaysTo person={person} />}
            {person.kind === 'person' && <NearTo person={person} />}
            {person.kind === 'person' && <GroupsOf person={person} />}
            <FactsOf personId={person.id} />
            <Facts personId={person.id} />
          </div>
          <div>
            <Cards person={person} />
            <OwnWordOf person={person} />
            <Exchanges personId={person.id} />
            <Written personId={person.id} />
            {person.kind === 'person' && <GateOf personId={person.id} />}
            <OpportunitiesOf person={person} />
            <ConversationsOf personId={person.id} />
            <TasksOf person={person} />
            <Timeline person={person} />
            <UsesOfPerson personId={person.id} />
          </div>
        </article>
      )}
    </div>
  );
}

/** Back to where one was; from outside, to the list. */
function BackToList() {
  const router = useRouter();
  const canGoBack = useCanGoBack();
  return (
    <Button
      variant="subtle"
      color="gray"
      leftSection={<IconArrowLeft size={18} aria-hidden />}
      onClick={() => (canGoBack ? router.history.back() : void router.navigate({ to: '/people', search: {} }))}
    >
      {t('shell.back')}
    </Button>
  );
}
