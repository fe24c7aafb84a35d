import { Button, Group, Modal, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Output } from '../../../../server/kernel/contract.ts';
import { deleteDay, endDay, type getDay, keptDays } from '../../../../server/lead-days/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { Board } from './Board.tsx';
import classes from './LeadDays.module.css';
import { whenOf } from './LeadDays.tsx';
import { MyPart } from './MyPart.tsx';
import { dayQuery, refreshDays } from './queries.ts';
import { Way } from './Way.tsx';

export type Day = Output<typeof getDay>;

/** One lead day: taking part, one's own way through, and the scoreboard; afterwards the result. */
export function LeadDayPage() {
  const { dayId } = useParams({ from: '/members/quality/lead-days/$dayId' });
  const { data: day, error, refetch } = useQuery(dayQuery(dayId));
  return (
    <Page
      title={day?.goal ?? t('leadDays.title')}
      width="reading"
      lead={
        day && (
          <>
            {whenOf(day)} · {day.teams.map(({ name }) => name).join(', ')}
            {day.prizes !== '' && (
              <span className={classes.prizes}>{t('leadDays.prizesAre', { prizes: day.prizes })}</span>
            )}
          </>
        )
      }
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!day && !error && <Loading lines={5} />}
      {day && (
        <>
          <p className={classes.fair}>{t('leadDays.fair', { days: keptDays })}</p>
          <MyPart day={day} />
          {day.me && day.state !== 'over' && <Way dayId={day.id} />}
          <Section title={t(day.state === 'over' ? 'leadDays.result' : 'leadDays.board')} lead={t('leadDays.how')}>
            <Board day={day} />
          </Section>
          {day.mine && <Administering day={day} />}
        </>
      )}
    </Page>
  );
}

function Administering({ day: { id: dayId, state } }: { day: Day }) {
  const navigate = useNavigate();
  const [deleting, askToDelete] = useState(false);
  const [busy, setBusy] = useState(false);
  const act = async (work: () => Promise<unknown>) => {
    setBusy(true);
    await work().catch(sayError);
    setBusy(false);
  };
  const end = async () => {
    await call(endDay, { dayId });
    await refreshDays();
    say(t('leadDays.ended'));
  };
  const remove = async () => {
    await call(deleteDay, { dayId });
    await navigate({ to: '/quality/lead-days' });
    await refreshDays();
    say(t('leadDays.deleted'));
  };
  return (
    <Group gap="xs">
      {state === 'open' && (
        <Button variant="default" loading={busy} onClick={() => void act(end)}>
          {t('leadDays.end')}
        </Button>
      )}
      <Button variant="subtle" color="gray" onClick={() => askToDelete(true)}>
        {t('leadDays.delete')}
      </Button>
      {deleting && (
        <Modal
          opened
          onClose={() => askToDelete(false)}
          title={t('leadDays.delete')}
          closeButtonProps={{ 'aria-label': t('shell.close') }}
        >
          <Stack>
            <p>{t('leadDays.deleteText')}</p>
            <Button color="red" loading={busy} onClick={() => void act(remove)}>
              {t('leadDays.deleteSure')}
            </Button>
          </Stack>
        </Modal>
      )}
    </Group>
  );
}
