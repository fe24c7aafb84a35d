import { IconStack2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import type { Output } from '../../../../server/kernel/contract.ts';
import type { countProposals } from '../../../../server/matching/contract.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Filters } from './Filters.tsx';
import { GroupPage } from './GroupPage.tsx';
import classes from './Groups.module.css';
import { groupsQuery } from './queries.ts';
import type { HuntFilter } from './search.ts';
import { nameOf, sentenceOf } from './words.ts';

/** Pairs of the same kind together: looked through once, decided at once. */
export function Groups() {
  const { group, ...filter } = useSearch({ from: '/members/quality/groups' });
  return group === undefined ? <GroupList filter={filter} /> : <GroupPage key={group} filter={filter} group={group} />;
}

function GroupList({ filter }: { filter: HuntFilter }) {
  const { data, error, refetch } = useQuery(groupsQuery(filter));
  return (
    <Page title={t('quality.groups.title')} lead={t('quality.groups.lead')} actions={<Filters filter={filter} />}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={3} />}
      {data?.groups.length === 0 && (
        <EmptyState icon={<IconStack2 />} title={t('quality.groups.none')} text={t('quality.groups.noneText')} />
      )}
      {data && data.groups.length > 0 && (
        <Lines>
          {data.groups.map((group) => (
            <GroupLine key={group.group} group={group} more={data.more} filter={filter} />
          ))}
        </Lines>
      )}
    </Page>
  );
}

type Group = Output<typeof countProposals>['groups'][number];

function GroupLine({ group, more, filter }: { group: Group; more: boolean; filter: HuntFilter }) {
  return (
    <li className={classes.group}>
      <div className={classes.about}>
        <strong>{sentenceOf(group.reasons)}</strong>
        <ul className={classes.examples} aria-label={t('quality.groups.examples')}>
          {group.examples.map(({ id, left, right }) => (
            <li key={id}>{t('quality.pair', { one: nameOf(left), other: nameOf(right) })}</li>
          ))}
        </ul>
      </div>
      <span className={classes.count}>
        {t('quality.groups.count', { count: group.count, more: more ? 'yes' : 'no' })}
      </span>
      <ButtonLink to="/quality/groups" search={{ ...filter, group: group.group }} variant="default">
        {t('quality.groups.open')}
      </ButtonLink>
    </li>
  );
}
