import { Button, Checkbox, Group } from '@mantine/core';
import { IconShieldLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type AskedOfMe, answerAsked, type Outcome } from '../../../../server/compliance/contract.ts';
import { call } from '../../api.ts';
import { calendarDay, longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink, TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import classes from './Privacy.module.css';
import { askedQuery, refreshAsked } from './queries.ts';

/** What a holder is asked for people who make use of their rights. */
export function Asked() {
  const { data, error, refetch } = useQuery(askedQuery);
  const { role } = useMe();
  // An admin is also told of requests that wait at the desk.
  const toDesk = role === 'admin' && (
    <ButtonLink to="/settings/privacy" variant="default">
      {t('privacy.back')}
    </ButtonLink>
  );
  return (
    <Page title={t('privacy.mine.title')} lead={t('privacy.mine.lead')} actions={toDesk || undefined} width="reading">
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={3} />}
      {data?.items.length === 0 && (
        <EmptyState icon={<IconShieldLock />} title={t('privacy.mine.none')} text={t('privacy.mine.noneText')} />
      )}
      {data && data.items.length > 0 && (
        <Lines>
          {data.items.map((asked) => (
            <AskedLine key={asked.id} asked={asked} />
          ))}
        </Lines>
      )}
    </Page>
  );
}

function AskedLine({ asked }: { asked: AskedOfMe }) {
  const { id: askedId, kind, dueOn, cards, outcome, answeredAt } = asked;
  const [leftOut, leaveOut] = useState<string[]>(cards.filter((card) => card.leftOut).map(({ id }) => id));
  const [busy, setBusy] = useState(false);
  const answer = async (said: Outcome) => {
    setBusy(true);
    try {
      await call(answerAsked, { askedId, outcome: said, leftOut: said === 'agreed' ? leftOut : [] });
      say(t('privacy.mine.answeredNow'));
      await refreshAsked();
    } catch (error) {
      sayError(error);
    } finally {
      setBusy(false);
    }
  };
  const mayStay = kind === 'erasure' || kind === 'restriction';
  return (
    <li className={classes.asked}>
      <div>
        <strong>{t(`privacy.short.${kind}`)}</strong>
        <div className={classes.facts}>
          {outcome && answeredAt
            ? t(`privacy.mine.did.${outcome}`, { date: longDate(answeredAt) })
            : t('privacy.due', { date: calendarDay(dueOn) })}
        </div>
      </div>
      {outcome === null && kind !== 'objection' && <p>{t(`privacy.mine.asks.${kind}`)}</p>}
      <div className={classes.cards}>
        {cards.map(({ id, name }) => (
          <Group key={id} gap="sm">
            {outcome === null && (
              <Checkbox
                aria-label={`${t('privacy.mine.theirs')}: ${name ?? t('privacy.mine.outOfSight')}`}
                checked={!leftOut.includes(id)}
                onChange={({ currentTarget }) =>
                  leaveOut(currentTarget.checked ? leftOut.filter((one) => one !== id) : [...leftOut, id])
                }
              />
            )}
            {name === null ? (
              <span>{t('privacy.mine.outOfSight')}</span>
            ) : (
              <TextLink to="/people/$personId" params={{ personId: id }}>
                {name}
              </TextLink>
            )}
          </Group>
        ))}
      </div>
      {outcome === null && (
        <Group gap="xs" role="group" aria-label={t('privacy.mine.outcome')}>
          <Button size="compact-md" loading={busy} onClick={() => void answer('agreed')}>
            {t('privacy.mine.agreed', { kind })}
          </Button>
          {mayStay &&
            (['contract', 'law'] as const).map((why) => (
              <Button key={why} size="compact-md" variant="default" disabled={busy} onClick={() => void answer(why)}>
                {t(`privacy.mine.${why}`)}
              </Button>
            ))}
          <Button size="compact-md" variant="default" disabled={busy} onClick={() => void answer('somebody_else')}>
            {t('privacy.mine.somebody_else')}
          </Button>
        </Group>
      )}
    </li>
  );
}
