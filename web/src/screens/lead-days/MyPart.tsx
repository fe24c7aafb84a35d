import { Button, Checkbox, Group } from '@mantine/core';
import { useState } from 'react';
import { joinDay, leaveDay } from '../../../../server/lead-days/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { countsOf } from './Board.tsx';
import type { Day } from './LeadDayPage.tsx';
import classes from './LeadDays.module.css';
import { refreshDays } from './queries.ts';

/** Whether I take part: nobody is counted who does not. */
export function MyPart({ day }: { day: Day }) {
  const [busy, setBusy] = useState(false);
  /** What was chosen a moment ago, until the server has said so. */
  const [wish, setWish] = useState<boolean | null>(null);
  const act = async (work: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await work();
      await refreshDays();
    } catch (error) {
      sayError(error);
    }
    setBusy(false);
    setWish(null);
  };
  const { id: dayId, me, state } = day;
  const join = (teamId: string, named: boolean) => act(() => call(joinDay, { dayId, teamId, named }));
  const nameOf = (teamId: string) => day.teams.find(({ id }) => id === teamId)?.name ?? '';
  if (me)
    return (
      <Section title={t('leadDays.mine')}>
        <p className={classes.score}>
          <strong>{t('leadDays.points', { points: me.score.points })}</strong> · {countsOf(me.score)}
        </p>
        {state !== 'over' && (
          <>
            <p className={classes.quiet}>
              {t('leadDays.joined', { team: nameOf(me.teamId), since: longDate(me.since) })}
            </p>
            <Group mt="xs">
              <Checkbox
                label={t('leadDays.named')}
                checked={wish ?? me.named}
                onChange={(event) => {
                  setWish(event.currentTarget.checked);
                  void join(me.teamId, event.currentTarget.checked);
                }}
              />
            </Group>
          </>
        )}
        <Button
          mt="xs"
          variant="subtle"
          color="gray"
          size="compact-md"
          disabled={busy}
          onClick={() =>
            void act(async () => {
              await call(leaveDay, { dayId });
              say(t('leadDays.left'));
            })
          }
        >
          {t('leadDays.leave')}
        </Button>
      </Section>
    );
  if (state === 'over') return null;
  if (day.myTeams.length === 0) return <p className={classes.quiet}>{t('leadDays.notInTeam')}</p>;
  return (
    <Group mb="xl">
      {day.myTeams.map((teamId) => (
        <Button key={teamId} loading={busy} onClick={() => void join(teamId, false)}>
          {t('leadDays.joinFor', { team: nameOf(teamId) })}
        </Button>
      ))}
    </Group>
  );
}
