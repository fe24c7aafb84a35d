import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconAffiliate } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, lazy, Suspense, useMemo, useState } from 'react';
import {
  getPicture,
  type Picture,
  type PictureScope,
  pictureScope,
} from '../../../../server/relations/paths-contract.ts';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { coverageOf } from './coverage.ts';
import classes from './Picture.module.css';

const NetworkCanvas = lazy(() => import('./NetworkCanvas.tsx').then((module) => ({ default: module.NetworkCanvas })));

/** Accounts shown before somebody asks for more. */
const firstAccounts = 25;

/** Who knows whom, as a picture, and the accounts behind it as a list. */
export function NetworkPicture() {
  const [scope, setScope] = useState<PictureScope>('mine');
  const [typed, type] = useState('');
  const [q, ask] = useState('');
  const { data, error, isLoading, refetch } = useQuery({ ...reading(getPicture, { scope, q }), staleTime: 300_000 });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask(typed.trim());
  };
  return (
    <Page title={t('network.picture')} lead={t('network.pictureLead')}>
      <form onSubmit={submit} className={classes.filters}>
        <NativeSelect
          label={t('network.picture.scope')}
          value={scope}
          data={pictureScope.options.map((value) => ({ value, label: t(`network.picture.scope.${value}`) }))}
          onChange={({ currentTarget: { value } }) => setScope(value as PictureScope)}
        />
        <TextInput
          type="search"
          label={t('network.picture.only')}
          placeholder={t('network.picture.onlyExample')}
          value={typed}
          onChange={({ currentTarget: { value } }) => type(value)}
        />
        <Button type="submit" variant="default">
          {t('network.picture.show')}
        </Button>
      </form>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {isLoading && <Loading lines={6} />}
      {data?.persons.length === 0 && (
        <EmptyState icon={<IconAffiliate />} title={t('network.picture.none')} text={t('network.picture.noneText')} />
      )}
      {data && data.persons.length > 0 && <Shown picture={data} whole={scope === 'all' && q === ''} />}
    </Page>
  );
}

function Shown({ picture, whole }: { picture: Picture; whole: boolean }) {
  const [chosen, choose] = useState<number | null>(null);
  const { persons, members } = picture;
  return (
    <>
      {picture.more && <p>{t('network.picture.more')}</p>}
      <Suspense fallback={<Loading lines={6} />}>
        <NetworkCanvas picture={picture} chosen={chosen} onChoose={choose} />
      </Suspense>
      <div className={classes.chosen} aria-live="polite">
        {chosen === null ? (
          t('network.picture.hint')
        ) : chosen < persons.length ? (
          <>
            <TextLink to="/people/$personId" params={{ personId: persons[chosen]!.id }}>
              {persons[chosen]!.name || t('contacts.nameless')}
            </TextLink>{' '}
            {[persons[chosen]!.organization, ...persons[chosen]!.knownBy.map(({ member }) => members[member]!.name)]
              .filter(Boolean)
              .join(' · ')}
          </>
        ) : (
          members[chosen - persons.length]!.name
        )}
      </div>
      <Coverage picture={picture} whole={whole} />
    </>
  );
}

/** @param whole all that the viewer sees stands on the picture, so that "through you alone" is true */
function Coverage({ picture, whole }: { picture: Picture; whole: boolean }) {
  const [all, showAll] = useState(false);
  const accounts = useMemo(() => coverageOf(picture), [picture]);
  if (accounts.length === 0) return null;
  return (
    <Section title={t('network.coverage')} lead={t('network.coverageLead')}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('network.coverage.account')}</th>
            <th scope="col">{t('network.coverage.contacts')}</th>
            <th scope="col">{t('network.coverage.who')}</th>
          </tr>
        </thead>
        <tbody>
          {accounts.slice(0, all ? undefined : firstAccounts).map(({ organization, persons, members, onlyMe }) => (
            <tr key={organization}>
              <th scope="row">
                {organization}
                {onlyMe && whole && <span className={classes.alone}>{t('network.coverage.onlyMe')}</span>}
              </th>
              <td>
                <details>
                  <summary>{number(persons.length)}</summary>
                  <ul className={classes.people}>
                    {persons.map(({ id, name }) => (
                      <li key={id}>
                        <TextLink to="/people/$personId" params={{ personId: id }}>
                          {name || t('contacts.nameless')}
                        </TextLink>
                      </li>
                    ))}
                  </ul>
                </details>
              </td>
              <td>
                {members.length === 0
                  ? t('network.coverage.nobody')
                  : members
                      .slice(0, 4)
                      .map(({ name, mine }) => (mine ? t('network.me') : name))
                      .join(', ') + (members.length > 4 ? ` +${members.length - 4}` : '')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!all && accounts.length > firstAccounts && (
        <Button variant="subtle" onClick={() => showAll(true)}>
          {t('network.coverage.all', { count: accounts.length })}
        </Button>
      )}
    </Section>
  );
}
