import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { IconCalendarHeart, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { type LeadDay, planDay } from '../../../../server/lead-days/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { Page } from '../../ui/Page.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from './LeadDays.module.css';
import { daysQuery, refreshDays } from './queries.ts';

/** The lead days of my teams, and planning one where I may. */
export function LeadDays() {
  const { data, error, refetch } = useQuery(daysQuery);
  const [planning, plan] = useState(false);
  const add = data && data.teams.length > 0 && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => plan(true)}>
      {t('leadDays.plan')}
    </Button>
  );
  return (
    <Page title={t('leadDays.title')} width="reading" lead={t('leadDays.lead')} actions={add || undefined}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={3} />}
      {data?.items.length === 0 && (
        <EmptyState icon={<IconCalendarHeart />} title={t('leadDays.none')} text={t('leadDays.noneText')} />
      )}
      {data && data.items.length > 0 && (
        <Lines>
          {data.items.map((day) => (
            <li key={day.id} className={classes.day}>
              <TextLink to="/quality/lead-days/$dayId" params={{ dayId: day.id }} fw={600}>
                {day.goal}
              </TextLink>
              <span className={classes.quiet}>
                {whenOf(day)} · {day.teams.map(({ name }) => name).join(', ')}
              </span>
            </li>
          ))}
        </Lines>
      )}
      {planning && data && <Plan teams={data.teams} onClose={() => plan(false)} />}
    </Page>
  );
}

/** Where a day stands, with its date. */
export const whenOf = ({ state, on }: LeadDay): string => t(`leadDays.state.${state}`, { date: longDate(on) });

function Plan({ teams, onClose }: { teams: readonly { id: string; name: string }[]; onClose: () => void }) {
  const navigate = useNavigate();
  const today = new Date().toISOString().slice(0, 10);
  const first = teams.length === 1 ? teams.map(({ id }) => id) : [];
  const form = useForm({ goal: '', prizes: '', on: today, teamIds: first }, async (wanted) => {
    const day = await call(planDay, wanted);
    await refreshDays();
    say(t('leadDays.planned', { goal: day.goal }));
    onClose();
    await navigate({ to: '/quality/lead-days/$dayId', params: { dayId: day.id } });
  });
  const { values, set, problem } = form;
  return (
    <Modal opened onClose={onClose} title={t('leadDays.plan')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <TextInput
            name="goal"
            label={t('leadDays.goal')}
            placeholder={t('leadDays.goalExample')}
            required
            withAsterisk={false}
            data-autofocus
            maxLength={300}
            value={values.goal}
            error={problem('goal')}
            onChange={(event) => set('goal', event.currentTarget.value)}
          />
          <TextInput
            name="on"
            type="date"
            label={t('leadDays.on')}
            min={today}
            required
            withAsterisk={false}
            value={values.on}
            error={problem('on')}
            onChange={(event) => set('on', event.currentTarget.value)}
          />
          <ManyChoice
            label={t('leadDays.teams')}
            data={teams.map(({ id, name }) => ({ value: id, label: name }))}
            value={values.teamIds}
            onChange={(teamIds) => set('teamIds', teamIds)}
          />
          <Textarea
            label={t('leadDays.prizes')}
            placeholder={t('leadDays.prizesExample')}
            autosize
            maxLength={1000}
            value={values.prizes}
            onChange={(event) => set('prizes', event.currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('shell.cancel')}
            </Button>
            <Button type="submit" loading={form.sending} disabled={values.teamIds.length === 0}>
              {t('leadDays.plan')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
