import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams, useRouter } from '@tanstack/react-router';
import { listMembers } from '../../../../server/identity/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import {
  cancelDeparture,
  confirmDeparture,
  getDeparture,
  listDepartures,
  undoDeparture,
} from '../../../../server/leaving/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { useForm } from '../../ui/useForm.ts';
import { stateOf } from './Departures.tsx';
import { departureQuery } from './queries.ts';
import { WhatHappens } from './WhatHappens.tsx';

type Details = Output<typeof getDeparture>;
const follow = () => refresh(getDeparture, listDepartures, listMembers);

/** What stays, what goes and what is open when somebody leaves; nothing happens before it is confirmed here. */
export function DeparturePage() {
  const { departureId } = useParams({ from: '/members/settings/members/leaving/$departureId' });
  const admin = useMe().role === 'admin';
  const { data, error, refetch } = useQuery(departureQuery(departureId));
  const name = data?.member.name ?? '';
  return (
    <Page
      width="reading"
      title={t(data?.state === 'done' ? 'leaving.done' : 'leaving.title', { name })}
      lead={data && (data.state === 'open' ? t('leaving.lead', { name: data.member.name }) : stateOf(data))}
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={5} />}
      {data && <WhatHappens departure={data} />}
      {data?.state === 'open' && admin && <Confirm departure={data} />}
      {data?.state === 'done' && admin && data.returnableUntil && (
        <TakeBack departureId={data.id} until={data.returnableUntil} />
      )}
    </Page>
  );
}

function Confirm({ departure }: { departure: Details }) {
  const { id: departureId, member, needsSuccessor } = departure;
  const router = useRouter();
  const members = useQuery(reading(listMembers, {})).data?.items ?? [];
  const form = useForm({ name: '', successorId: '' }, async ({ name, successorId }) => {
    await call(confirmDeparture, { departureId, name, ...(successorId && { successorId }) });
    await follow();
  });
  const cancel = useMutation({
    mutationFn: () => call(cancelDeparture, { departureId }),
    onSuccess: async () => {
      await refresh(listDepartures);
      await router.navigate({ to: '/settings/members' });
    },
  });
  const { values, set, problem } = form;
  return (
    <Section title={t('leaving.confirm', { name: member.name })} lead={t('leaving.confirmLead')}>
      <form onSubmit={form.submit} noValidate>
        <Stack>
          {needsSuccessor && (
            <Select
              searchable
              label={t('leaving.successor')}
              value={values.successorId || null}
              error={problem('successorId')}
              onChange={(successorId) => set('successorId', successorId ?? '')}
              data={members
                .filter(({ id, status }) => id !== member.id && status === 'active')
                .map(({ id, name }) => ({ value: id, label: name }))}
            />
          )}
          <TextInput
            name="name"
            label={t('leaving.nameWord', { name: member.name })}
            value={values.name}
            error={problem('name')}
            onChange={(event) => set('name', event.currentTarget.value)}
          />
          <ErrorNotice error={form.error ?? cancel.error} />
          <Group justify="space-between">
            <Button type="submit" color="red" disabled={values.name.trim() !== member.name} loading={form.sending}>
              {t('leaving.confirm', { name: member.name })}
            </Button>
            <Button variant="subtle" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              {t('leaving.cancel')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

function TakeBack({ departureId, until }: { departureId: string; until: string }) {
  const undo = useMutation({ mutationFn: () => call(undoDeparture, { departureId }), onSuccess: follow });
  return (
    <Section title={t('leaving.returnable', { date: longDate(until) })}>
      <ErrorNotice error={undo.error} />
      <Button variant="default" loading={undo.isPending} onClick={() => undo.mutate()}>
        {t('leaving.takeBack')}
      </Button>
    </Section>
  );
}
