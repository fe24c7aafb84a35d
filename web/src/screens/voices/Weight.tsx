import { NativeSelect, SegmentedControl, Table } from '@mantine/core';
import { IconScale } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { aspects, periods, type Weighing, type Weights } from '../../../../server/voices/contract.ts';
import { money, number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Why } from '../../ui/Why.tsx';
import { weightsQuery } from './queries.ts';
import { Speakers } from './Speakers.tsx';
import { type WeightSearch, weightSearch } from './search.ts';
import classes from './Voices.module.css';
import { VoicesTabs } from './VoicesTabs.tsx';
import { WeighingSentence } from './WeighingSentence.tsx';
import { topicName } from './words.ts';

type Item = Weights['items'][number];

/** Topics by the weight of those who speak of them: people, organisations, and what is at stake with these. */
export function Weight() {
  const search: WeightSearch = useSearch({ from: '/members/voices/weight' });
  const { data, error, refetch } = useQuery(weightsQuery(search));
  const admin = useMe().role === 'admin';
  const items = data?.items.filter(({ aspect }) => !search.aspect || aspect === search.aspect) ?? [];
  return (
    <>
      <VoicesTabs />
      <div className={classes.beside}>
        <Page title={t('voices.weight')} lead={t('voices.weight.lead')}>
          <Choices search={search} />
          <ErrorNotice error={error} onRetry={() => void refetch()} />
          {!data && !error && <Loading lines={6} />}
          {data && items.length === 0 && (
            <EmptyState
              icon={<IconScale size={40} stroke={1.4} />}
              title={t('voices.none')}
              text={t('voices.none.text')}
            />
          )}
          {data && items.length > 0 && <WeightTable items={items} weighing={data.weighing} search={search} />}
          {data?.cut && <p className={classes.small}>{t('voices.weight.cut', { count: number(data.cut) })}</p>}
          {data && <WeighingSentence weighing={data.weighing} admin={admin} />}
        </Page>
        {search.topic && <Speakers search={search} />}
      </div>
    </>
  );
}

function Choices({ search }: { search: WeightSearch }) {
  const navigate = useNavigate({ from: '/voices/weight' });
  const change = (next: Record<string, unknown>) =>
    void navigate({ search: weightSearch({ ...search, topic: undefined, ...next }), replace: true });
  return (
    <div className={classes.choices}>
      <SegmentedControl
        aria-label={t('voices.tone')}
        value={search.tone ?? 'negative'}
        data={[
          { value: 'negative', label: t('voices.only') },
          { value: 'any', label: t('voices.all') },
        ]}
        onChange={(tone) => change({ tone })}
      />
      <NativeSelect
        aria-label={t('voices.days')}
        value={String(search.days ?? 30)}
        data={periods.map((one) => ({ value: String(one), label: t('voices.daysOf', { count: one }) }))}
        onChange={({ currentTarget: { value } }) => change({ days: value })}
      />
      <NativeSelect
        aria-label={t('voices.aspect')}
        value={search.aspect ?? ''}
        data={[
          { value: '', label: t('voices.aspect.all') },
          ...aspects.map((one) => ({ value: one, label: t(`voices.aspect.${one}`) })),
        ]}
        onChange={({ currentTarget: { value } }) => change({ aspect: value })}
      />
    </div>
  );
}

function WeightTable({ items, weighing, search }: { items: Item[]; weighing: Weighing; search: WeightSearch }) {
  return (
    <div className={classes.tableBox}>
      <Table className={classes.weights}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('voices.topic')}</Table.Th>
            <Table.Th>{t('voices.people')}</Table.Th>
            <Table.Th>{t('voices.accounts')}</Table.Th>
            <Table.Th>{t('voices.value')}</Table.Th>
            <Table.Th>{t('voices.weight')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Table.Tr key={item.topicId}>
              <Table.Th scope="row">
                <Link to="/voices/weight" search={{ ...search, topic: item.topicId }}>
                  {topicName(item)}
                </Link>
                {item.aspect && <span className={classes.small}> {t(`voices.aspect.${item.aspect}`)}</span>}
              </Table.Th>
              <Table.Td>{number(item.people)}</Table.Td>
              <Table.Td>{number(item.accounts)}</Table.Td>
              <Table.Td>{item.values.map(money).join(' · ') || '–'}</Table.Td>
              <Table.Td>
                <strong>{number(item.weight)}</strong>{' '}
                <Why what={t('voices.weight.of', { topic: topicName(item) })}>{whyOf(item, weighing)}</Why>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

/** How a weight comes about, as a sum that one can check. */
function whyOf({ people, accounts, values, weight }: Omit<Item, 'topicId' | 'name' | 'aspect'>, weighing: Weighing) {
  const cents = values.find(({ currency }) => currency === weighing.currency)?.cents ?? 0;
  return t('voices.weight.why', {
    ...{ people, accounts, person: number(weighing.person), account: number(weighing.account) },
    ...{ value: money({ cents, currency: weighing.currency }), thousand: number(weighing.thousand) },
    weight: number(weight),
  });
}
