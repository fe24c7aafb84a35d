import { Button } from '@mantine/core';
import { IconArrowBackUp, IconEqual, IconEqualNot, IconGavel } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { decide, type Verdict } from '../../../../server/matching/contract.ts';
import { call } from '../../api.ts';
import { ago, longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { takeBack } from './decisions.ts';
import { refreshReference, verdictsQuery } from './queries.ts';
import classes from './VerdictList.module.css';

/** Who decided what, newest first, each to be taken back. */
export function VerdictList() {
  const list = useInfiniteQuery(verdictsQuery);
  const verdicts = list.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Page title={t('quality.decisions.title')} lead={t('quality.decisions.lead')}>
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={3} />}
      {list.isSuccess && verdicts.length === 0 && (
        <EmptyState
          icon={<IconGavel />}
          title={t('quality.decisions.none')}
          text={t('quality.decisions.noneText')}
          action={<ButtonLink to="/quality">{t('quality.decisions.start')}</ButtonLink>}
        />
      )}
      {verdicts.length > 0 && (
        <Lines>
          {verdicts.map((verdict) => (
            <VerdictLine key={verdict.id} verdict={verdict} />
          ))}
        </Lines>
      )}
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('quality.decisions.more')}
        </Button>
      )}
    </Page>
  );
}

function VerdictLine({ verdict }: { verdict: Verdict }) {
  const [one, other] = verdict.names.map((name) => name || t('contacts.nameless')) as [string, string];
  const same = verdict.same ? 'yes' : 'no';
  const Icon = verdict.same ? IconEqual : IconEqualNot;
  return (
    <li className={classes.line}>
      <Icon size={20} aria-hidden className={classes.icon} />
      <div className={classes.main}>
        <span>{t('quality.verdict', { one, other, same })}</span>
        <span className={classes.quiet}>
          {t('quality.verdict.who', {
            who: verdict.mine ? 'me' : (verdict.memberName ?? 'nobody'),
            when: ago(verdict.at),
          })}
          <time dateTime={verdict.at} className="unseen">
            {longInstant(verdict.at)}
          </time>
        </span>
      </div>
      {verdict.revocable && (
        <Button
          variant="subtle"
          size="compact-md"
          leftSection={<IconArrowBackUp size={18} aria-hidden />}
          aria-label={t('quality.verdict.takeBackOf', { one, other })}
          onClick={() => void revoke(verdict)}
        >
          {t('quality.verdict.takeBack')}
        </Button>
      )}
    </li>
  );
}

async function revoke(verdict: Verdict): Promise<void> {
  try {
    await takeBack([verdict.id]);
    await refreshReference();
    offerUndo(t('quality.verdict.takenBack'), async () => {
      await call(decide, { pairs: [verdict.pair], same: verdict.same });
      await refreshReference();
    });
  } catch (error) {
    sayError(error);
  }
}
