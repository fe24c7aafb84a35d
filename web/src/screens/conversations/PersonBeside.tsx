import { Alert, Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { FullConversation } from '../../../../server/conversations/contract.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LoadingContact } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { Facts } from '../apps/Facts.tsx';
import { PersonHead } from '../contacts/PersonHead.tsx';
import { PersonValues } from '../contacts/PersonValues.tsx';
import { personQuery } from '../contacts/queries.ts';
import { TasksOf } from '../tasks/TasksOf.tsx';
import classes from './Conversations.module.css';
import { addressOf, nameOf } from './words.ts';

const NewContact = lazy(() => import('../contacts/NewContact.tsx'));
const ViewpointsOf = lazy(() =>
  import('../relations/ViewpointsOf.tsx').then((module) => ({ default: module.ViewpointsOf })),
);
const TiesOf = lazy(() => import('../network/TiesOf.tsx').then((module) => ({ default: module.TiesOf })));

/** Who it is with, as far as my contacts say. */
export function PersonBeside({ conversation }: { conversation: FullConversation }) {
  return (
    <aside className={classes.person} aria-label={t('conversations.person')}>
      <Who conversation={conversation} />
    </aside>
  );
}

/** The same, over the conversation, where there is no room beside it. */
export function PersonDrawer({ conversation, onClose }: { conversation: FullConversation; onClose: () => void }) {
  return (
    <SidePanel label={t('conversations.person')} onClose={onClose}>
      <div className={classes.drawer}>
        <Who conversation={conversation} />
      </div>
    </SidePanel>
  );
}

function Who({ conversation }: { conversation: FullConversation }) {
  const { people, earlier, claimed } = conversation;
  return (
    <>
      {claimed && (
        <Alert color="amber" variant="light" mb="sm" icon={<IconAlertTriangle aria-hidden />}>
          {t('conversations.person.claimed')}
        </Alert>
      )}
      {people.length === 0 && <Unknown conversation={conversation} />}
      {people.length === 1 && <Known personId={people[0]!.id} />}
      {people.length > 1 && (
        <Alert color="amber" variant="light" icon={<IconAlertTriangle aria-hidden />}>
          <p>{t('conversations.person.several')}</p>
          <ul className={classes.several}>
            {people.map(({ id, name }) => (
              <li key={id}>
                <TextLink to="/people/$personId" params={{ personId: id }}>
                  {name || t('contacts.nameless')}
                </TextLink>
              </li>
            ))}
          </ul>
        </Alert>
      )}
      {earlier > 0 && <p className={classes.small}>{t('conversations.person.others', { count: earlier })}</p>}
    </>
  );
}

function Unknown({ conversation }: { conversation: FullConversation }) {
  const [adding, add] = useState(false);
  const { address, contactName } = conversation;
  const shown = addressOf(conversation);
  const email = address?.includes('@') && !address.startsWith('@') ? address : '';
  const phone = address?.startsWith('+') ? address : '';
  return (
    <div className={classes.unknown}>
      <h2>{nameOf(conversation)}</h2>
      {shown && <p>{shown}</p>}
      <p className={classes.small}>
        {t(address === null ? 'conversations.person.visitor' : 'conversations.person.unknown')}
      </p>
      {(email !== '' || phone !== '') && (
        <Button variant="default" size="compact-md" onClick={() => add(true)}>
          {t('conversations.person.add')}
        </Button>
      )}
      <Suspense>
        {adding && (
          <NewContact kind="person" said={{ name: contactName, email, phone }} stay onClose={() => add(false)} />
        )}
      </Suspense>
    </div>
  );
}

function Known({ personId }: { personId: string }) {
  const { data: person, error, refetch } = useQuery(personQuery(personId));
  if (!person) return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <LoadingContact />;
  return (
    <div key={person.id}>
      <PersonHead person={person} level={2} />
      <TextLink to="/people/$personId" params={{ personId }}>
        {t('contacts.fullPage')}
      </TextLink>
      <PersonValues person={person} />
      {person.kind === 'person' && (
        <Suspense>
          <ViewpointsOf person={person} />
          <TiesOf person={person} />
        </Suspense>
      )}
      <Facts personId={person.id} />
      <TasksOf person={person} />
    </div>
  );
}
