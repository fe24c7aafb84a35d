import { Button, TextInput } from '@mantine/core';
import { IconRoute, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { searchPaths } from '../../../../server/relations/paths-contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { NearPeople } from './Near.tsx';
import classes from './Network.module.css';
import { Closed, Unnamed, WayLine } from './Ways.tsx';

/** Who can introduce me to a name, a role at a company, a trade in a city. */
export function PathSearch() {
  const { q = '' } = useSearch({ from: '/members/network/' });
  const go = useNavigate();
  const [typed, type] = useState(q);
  const search = useQuery({ ...reading(searchPaths, { q }), enabled: q.trim().length >= 2 });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void go({ to: '/network', search: typed.trim() ? { q: typed.trim() } : {} });
  };
  return (
    <Page title={t('network.paths')} width="reading" lead={t('network.pathsLead')}>
      <search>
        <form onSubmit={submit} className={classes.search}>
          <TextInput
            type="search"
            aria-label={t('network.sought')}
            placeholder={t('network.soughtExample')}
            leftSection={<IconSearch size={18} aria-hidden />}
            value={typed}
            onChange={(event) => type(event.currentTarget.value)}
          />
          <Button type="submit">{t('shell.search')}</Button>
        </form>
      </search>
      <ErrorNotice error={search.error} onRetry={() => void search.refetch()} />
      {search.isLoading && <Loading lines={3} />}
      {q === '' && <EmptyState icon={<IconRoute />} title={t('network.none')} text={t('network.noneText')} />}
      {search.data?.closed && <Closed />}
      {search.data && !search.data.closed && search.data.items.length === 0 && search.data.discoverable === 0 && (
        <p>{t('network.nobody', { sought: q })}</p>
      )}
      {search.data && <Unnamed sought={q} discoverable={search.data.discoverable} hints={search.data.hints} />}
      {search.data && search.data.items.length > 0 && (
        <Lines as="div">
          {search.data.items.map(({ person, path }) => (
            <section key={person.id} className={classes.found} aria-label={person.name}>
              <h2 className={classes.name}>
                <TextLink to="/people/$personId" params={{ personId: person.id }}>
                  {person.name || t('contacts.nameless')}
                </TextLink>
                <span className={classes.quiet}>{[person.title, person.organization].filter(Boolean).join(' · ')}</span>
              </h2>
              {path ? (
                <ul className={classes.ways}>
                  <WayLine path={path} />
                </ul>
              ) : (
                <p className={classes.quiet}>{t('network.noWay')}</p>
              )}
            </section>
          ))}
        </Lines>
      )}
      {search.data && (
        <NearPeople people={search.data.items.map(({ person }) => person)} lead={t('network.near.searchLead')} />
      )}
    </Page>
  );
}
