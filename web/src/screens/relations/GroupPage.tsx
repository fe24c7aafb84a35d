import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import {
  type Group,
  getGroup,
  groupRestorableDays,
  removeGroup,
  restoreGroup,
} from '../../../../server/relations/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { NearPeople } from '../network/Near.tsx';
import { AddByLabel } from './AddByLabel.tsx';
import { AddFromFile } from './AddFromFile.tsx';
import { AddPeople } from './AddPeople.tsx';
import { BelongerLine } from './BelongerLine.tsx';
import { GroupEditor } from './GroupEditor.tsx';
import classes from './Groups.module.css';
import { groupPeopleQuery, refreshGroups } from './groupQueries.ts';
import { describe, periodWord, sightWord, withRole } from './groupWords.ts';
import { Joining } from './Joining.tsx';

/** One group: what it is, who belongs of those that I see, and which of us do. */
export function GroupPage() {
  const { groupId } = useParams({ from: '/members/groups/$groupId' });
  const { data: group, error, refetch } = useQuery(reading(getGroup, { groupId }));
  return (
    <Page
      title={group?.name ?? t('groups.title')}
      width="reading"
      lead={group && <Lead group={group} />}
      actions={group && <Actions group={group} />}
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!group && !error && <Loading lines={5} />}
      {group && (
        <>
          {group.label !== null && <p className={classes.live}>{t('groups.labelLiveText', { label: group.label })}</p>}
          <People group={group} />
          <Colleagues group={group} />
          {group.kind === 'event' && <NearEvent group={group} />}
        </>
      )}
    </Page>
  );
}

function Lead({ group }: { group: Group }) {
  return (
    <div className={classes.lead}>
      <span>{describe(group)}</span>
      <span className={classes.quiet}>
        {sightWord(group)}
        {!(group.visibleTo === 'maker') && ` · ${t('groups.madeBy', { name: group.madeBy.name })}`}
      </span>
      {group.note !== '' && <p className={classes.note}>{group.note}</p>}
    </div>
  );
}

function Actions({ group }: { group: Group }) {
  const navigate = useNavigate();
  const [changing, change] = useState(false);
  const remove = async () => {
    try {
      await call(removeGroup, { groupId: group.id });
      await navigate({ to: '/groups' });
      await refreshGroups();
      offerUndo(t('groups.removed', { name: group.name, days: groupRestorableDays }), async () => {
        await call(restoreGroup, { groupId: group.id });
        await refreshGroups();
      });
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <>
      <Joining group={group} />
      {group.mine && (
        <Menu position="bottom-end" width={200}>
          <Menu.Target>
            <ActionIcon size="lg" variant="default" aria-label={t('groups.more', { name: group.name })}>
              <IconDots size={20} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => change(true)}>{t('groups.change')}</Menu.Item>
            <Menu.Item onClick={() => void remove()}>{t('groups.remove')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {changing && <GroupEditor group={group} onClose={() => change(false)} />}
    </>
  );
}

/** Whom one might have thought of for an event, around those who are there. */
function NearEvent({ group }: { group: Group }) {
  const people = useInfiniteQuery(groupPeopleQuery(group.id)).data?.pages.flatMap((page) => page.items) ?? [];
  return <NearPeople people={people.map(({ person }) => person)} lead={t('network.near.eventLead')} />;
}

function People({ group }: { group: Group }) {
  const people = useInfiniteQuery(groupPeopleQuery(group.id));
  const items = people.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section
      title={group.people > 0 ? `${t('groups.peopleTitle')} (${group.people})` : t('groups.peopleTitle')}
      lead={t('groups.peopleLead')}
      actions={<Adding group={group} />}
    >
      <ErrorNotice error={people.error} onRetry={() => void people.refetch()} />
      {people.isPending && <Loading lines={3} />}
      {people.isSuccess && items.length === 0 && <p className={classes.quiet}>{t('groups.nobody')}</p>}
      {items.length > 0 && (
        <Lines>
          {items.map((belonger) => (
            <BelongerLine key={belonger.person.id} group={group} belonger={belonger} />
          ))}
        </Lines>
      )}
      {people.hasNextPage && (
        <Button mt="sm" variant="subtle" onClick={() => void people.fetchNextPage()}>
          {t('home.more')}
        </Button>
      )}
    </Section>
  );
}

type Way = 'people' | 'label' | 'file';

function Adding({ group }: { group: Group }) {
  const [way, go] = useState<Way>();
  const close = () => go(undefined);
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <Button className="no-print" variant="light" leftSection={<IconPlus size={18} aria-hidden />}>
            {t('groups.addOne')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => go('people')}>{t('groups.add')}</Menu.Item>
          <Menu.Item onClick={() => go('label')}>{t('groups.byLabel')}</Menu.Item>
          <Menu.Item onClick={() => go('file')}>{t('groups.file')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {way === 'people' && <AddPeople group={group} onClose={close} />}
      {way === 'label' && <AddByLabel group={group} onClose={close} />}
      {way === 'file' && <AddFromFile group={group} onClose={close} />}
    </>
  );
}

function Colleagues({ group: { colleagues } }: { group: Group }) {
  return (
    <Section title={t('groups.colleagues')} lead={t('groups.colleaguesLead')}>
      {colleagues.length === 0 ? (
        <p className={classes.quiet}>{t('groups.noColleague')}</p>
      ) : (
        <Lines>
          {colleagues.map(({ id, name, me, role, since, until }) => (
            <li key={id} className={classes.line}>
              <span className={classes.said}>
                {withRole(me ? t('relations.mine') : name, role)}
                <span className={classes.quiet}>{periodWord(since, until)}</span>
              </span>
            </li>
          ))}
        </Lines>
      )}
    </Section>
  );
}
