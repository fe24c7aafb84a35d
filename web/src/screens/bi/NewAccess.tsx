import { Button, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { createAccess, type granteeKinds, listAccesses, type WithPassword } from '../../../../server/bi/contract.ts';
import { listProcesses, listTeams } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useForm } from '../../ui/useForm.ts';

interface Props {
  onClose: () => void;
  onMade: (made: WithPassword) => void;
}

/** For whom: oneself, a team one is in, a use that one runs; as one value of a list. */
export function NewAccess({ onClose, onMade }: Props) {
  const { memberId } = useMe();
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const uses = useQuery(reading(listProcesses, {})).data?.items ?? [];
  const inIt = ({ members }: { members: { id: string }[] }) => members.some(({ id }) => id === memberId);
  const form = useForm({ name: '', grantee: `member ${memberId}`, days: '365' }, async ({ name, grantee, days }) => {
    const [kind, granteeId] = grantee.split(' ') as [(typeof granteeKinds)[number], string];
    onMade(await call(createAccess, { name, granteeKind: kind, granteeId, days: Number(days) }));
    await refresh(listAccesses);
    onClose();
  });
  const { values, set, problem } = form;
  const choices = [
    { value: `member ${memberId}`, label: t('bi.me') },
    ...teams.filter(inIt).map(({ id, name }) => ({ value: `team ${id}`, label: t('bi.for.team', { name }) })),
    ...uses
      .filter((use) => !use.over && inIt(use))
      .map(({ id, name }) => ({ value: `process ${id}`, label: t('bi.for.process', { name }) })),
  ];
  return (
    <Modal opened onClose={onClose} title={t('bi.new')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <TextInput
            data-autofocus
            name="name"
            label={t('bi.name')}
            placeholder={t('bi.example')}
            required
            withAsterisk={false}
            maxLength={100}
            value={values.name}
            error={problem('name')}
            onChange={(event) => set('name', event.currentTarget.value)}
          />
          <NativeSelect
            label={t('bi.grantee')}
            description={t('bi.granteeText')}
            value={values.grantee}
            onChange={(event) => set('grantee', event.currentTarget.value)}
            data={choices}
          />
          <NativeSelect
            label={t('bi.expires')}
            value={values.days}
            onChange={(event) => set('days', event.currentTarget.value)}
            data={['30', '90', '365', '730'].map((days) => ({
              value: days,
              label: t('bi.days', { days: Number(days) }),
            }))}
          />
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending}>
            {t('bi.create')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
