import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconCheck, IconPlus, IconSearch, IconUsersGroup } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { type Group, type GroupKind, groupKinds } from '../../../../server/relations/contract.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { GroupEditor } from './GroupEditor.tsx';
import classes from './Groups.module.css';
import { groupsQuery } from './groupQueries.ts';
import { describe, listOf } from './groupWords.ts';

/** The groups that I see, by name. */
export function Groups() {
  const navigate = useNavigate();
  const [making, make] = useState(false);
  const [words, setWords] = useState('');
  const [q] = useDebouncedValue(words.trim(), 150);
  const [kind, setKind] = useState<GroupKind | ''>('');
  const list = useInfiniteQuery(groupsQuery({ ...(q && { q }), ...(kind && { kind }) }));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const narrowed = q !== '' || kind !== '';
  const none = list.isSuccess && items.length === 0 && !list.isPlaceholderData;
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => make(true)}>
      {t('groups.new')}
    </Button>
  );
  const open = ({ id: groupId }: Group) => void navigate({ to: '/groups/$groupId', params: { groupId } });
  return (
    <Page
      title={t('groups.title')}
      width="reading"
      lead={t('groups.lead')}
      actions={none && !narrowed ? undefined : add}
    >
      {!(none && !narrowed) && (
        <div className={classes.tools}>
          <TextInput
            type="search"
            flex="1 1 14rem"
            aria-label={t('groups.search')}
            placeholder={t('groups.search')}
            leftSection={<IconSearch size={18} stroke={1.6} aria-hidden />}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
          <NativeSelect
            aria-label={t('groups.kind')}
            value={kind}
            data={[
              { value: '', label: t('groups.anyKind') },
              ...groupKinds.map((value) => ({ value, label: t(`groups.kind.${value}`) })),
            ]}
            onChange={(event) => setKind(event.currentTarget.value as GroupKind | '')}
          />
        </div>
      )}
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={4} />}
      {none &&
        (narrowed ? (
          <p role="status">{t('groups.noneFound')}</p>
        ) : (
          <EmptyState icon={<IconUsersGroup />} title={t('groups.none')} text={t('groups.noneText')} action={add} />
        ))}
      {items.length > 0 && (
        <Lines>
          {items.map((group) => (
            <Line key={group.id} group={group} />
          ))}
        </Lines>
      )}
      {list.hasNextPage && (
        <Button mt="sm" variant="subtle" onClick={() => void list.fetchNextPage()}>
          {t('home.more')}
        </Button>
      )}
      {making && <GroupEditor onClose={() => make(false)} onDone={open} />}
    </Page>
  );
}

function Line({ group }: { group: Group }) {
  const others = group.colleagues.filter(({ me }) => !me);
  return (
    <li className={classes.line}>
      <span className={classes.said}>
        <TextLink to="/groups/$groupId" params={{ groupId: group.id }} fw={600}>
          {group.name}
        </TextLink>
        <span className={classes.quiet}>{describe(group)}</span>
        <span className={classes.quiet}>
          {t('groups.people', { count: group.people })}
          {others.length > 0 && ` · ${t('groups.introducers', { names: listOf(others.map(({ name }) => name)) })}`}
        </span>
        {others.length < group.colleagues.length && (
          <span className={classes.mine}>
            <IconCheck size={16} aria-hidden /> {t('groups.youAre')}
          </span>
        )}
      </span>
    </li>
  );
}
