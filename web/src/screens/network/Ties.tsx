import { Button, NativeSelect, Switch } from '@mantine/core';
import { IconUsersGroup } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import {
  type Acquaintance,
  getTieSettings,
  hideAcquaintance,
  listAcquaintances,
  listTies,
  updateReciprocity,
  updateTieSettings,
} from '../../../../server/relations/paths-contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink, TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { offerUndo, say, sayError } from '../../ui/undo.tsx';
import { Why } from '../../ui/Why.tsx';
import classes from './Network.module.css';
import { bandWord, groundsInWords } from './words.ts';

const tells = ['nothing', 'held', 'strength'] as const;
type Tells = (typeof tells)[number];

/** Those whom I know, how well and by what; and what colleagues may know of it. */
export function Ties() {
  return (
    <Page title={t('network.ties')} width="reading" lead={t('network.tiesLead')}>
      <Settings />
      <Mine />
    </Page>
  );
}

function Settings() {
  const me = useMe();
  const { data } = useQuery(reading(getTieSettings, {}));
  if (!data) return null;
  const change = async (told: Tells) => {
    try {
      await call(updateTieSettings, { tells: told });
      await refresh(getTieSettings, listTies);
      say(t('network.told'));
    } catch (error) {
      sayError(error);
    }
  };
  const house = async (reciprocal: boolean) => {
    try {
      await call(updateReciprocity, { reciprocal });
      await refresh(getTieSettings);
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Section title={t('network.settings')}>
      <NativeSelect
        label={t('network.tells')}
        description={t(`network.tells.${data.tells}.hint`)}
        value={data.tells}
        data={tells.map((value) => ({ value, label: t(`network.tells.${value}`) }))}
        onChange={({ currentTarget: { value } }) => void change(value as Tells)}
      />
      {me.role === 'admin' ? (
        <Switch
          mt="md"
          label={t('network.reciprocal')}
          description={t('network.reciprocalHint')}
          checked={data.reciprocal}
          onChange={({ currentTarget: { checked } }) => void house(checked)}
        />
      ) : (
        data.reciprocal && <p className={classes.quiet}>{t('network.reciprocalHint')}</p>
      )}
    </Section>
  );
}

function Mine() {
  const list = useInfiniteQuery({
    queryKey: [listAcquaintances.name, 'mine'],
    queryFn: ({ pageParam }) => call(listAcquaintances, { limit: 50, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section title={t('network.mine')}>
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={4} />}
      {list.isSuccess && items.length === 0 && (
        <EmptyState
          icon={<IconUsersGroup />}
          title={t('network.mineNone')}
          text={t('network.mineNoneText')}
          action={<ButtonLink to="/imports">{t('network.connect')}</ButtonLink>}
        />
      )}
      {items.length > 0 && (
        <Lines>
          {items.map((one) => (
            <AcquaintanceLine key={one.person.id} one={one} />
          ))}
        </Lines>
      )}
      {list.hasNextPage && (
        <Button variant="default" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('notices.more')}
        </Button>
      )}
    </Section>
  );
}

async function hide({ person }: Acquaintance, hidden: boolean): Promise<void> {
  await call(hideAcquaintance, { personId: person.id, hidden });
  await refresh(listAcquaintances, listTies);
}

function AcquaintanceLine({ one }: { one: Acquaintance }) {
  const { person, band, strength, hidden } = one;
  const name = person.name || t('contacts.nameless');
  const toggle = async () => {
    try {
      await hide(one, !hidden);
      offerUndo(t(hidden ? 'network.shownNow' : 'network.hiddenNow', { name }), () => hide(one, hidden));
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <li className={classes.row}>
      <div>
        <TextLink to="/people/$personId" params={{ personId: person.id }}>
          {name}
        </TextLink>{' '}
        <Why what={t('network.tieTo', { name })}>
          <p>{inWords(one)}</p>
          {band === 'weak' && <p className={classes.quiet}>{t('network.weakHelps')}</p>}
        </Why>
        <span className={classes.quiet}>
          {bandWord(band)}
          {hidden && ` · ${t('network.hidden')}`}
        </span>
      </div>
      <span className={classes.meter} role="img" aria-label={t('network.strength', { strength })}>
        <span style={{ width: `${strength}%` }} />
      </span>
      <Button variant="subtle" size="compact-md" onClick={() => void toggle()}>
        {t(hidden ? 'network.show' : 'network.hide')}
      </Button>
    </li>
  );
}

/** What a tie rests on, counted. */
function inWords({ strength, grounds, mail, meetings, firstAt, lastAt, closeness }: Acquaintance): string {
  if (closeness !== null) return t('network.why.said', { strength });
  return t('network.why.counted', {
    strength,
    grounds: groundsInWords(grounds),
    sent: mail.sent,
    received: mail.received,
    meetings,
    since: firstAt ? longDate(firstAt) : '',
    last: lastAt ? longDate(lastAt) : '',
    seen: String(lastAt !== null),
  });
}
