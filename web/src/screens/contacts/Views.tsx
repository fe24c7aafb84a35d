import { ActionIcon, Button, Group, Popover, Stack, TextInput, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBookmark, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { deleteView, listViews, saveView } from '../../../../server/cards/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import type { ListState } from './People.tsx';
import { filterOf } from './search.ts';
import classes from './Views.module.css';

type View = Output<typeof listViews>['items'][number];

/** Filters one comes back to, under a name. */
export function Views({ state }: { state: ListState }) {
  const [opened, { toggle, close }] = useDisclosure();
  const views = useQuery(reading(listViews, {})).data?.items ?? [];
  return (
    <Popover opened={opened} onChange={close} width={300} position="bottom-start" trapFocus>
      <Popover.Target>
        <Button data-compact variant="default" leftSection={<IconBookmark size={18} aria-hidden />} onClick={toggle}>
          {t('contacts.views')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          {views.length === 0 && <span className={classes.none}>{t('contacts.views.none')}</span>}
          {views.map((view) => (
            <ViewLine key={view.id} view={view} onDone={close} />
          ))}
          <SaveView state={state} onDone={close} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function ViewLine({ view, onDone }: { view: View; onDone: () => void }) {
  const navigate = useNavigate();
  const { kind, ...search } = view.filter;
  const show = () => {
    onDone();
    void navigate({ to: kind === 'organization' ? '/organizations' : '/people', search });
  };
  const remove = async () => {
    try {
      await call(deleteView, { viewId: view.id });
      await refresh(listViews);
      offerUndo(t('contacts.views.removed', { name: view.name }), async () => {
        await call(saveView, { name: view.name, filter: view.filter });
        await refresh(listViews);
      });
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Group gap={4} wrap="nowrap">
      <UnstyledButton className={classes.view} onClick={show}>
        {view.name}
      </UnstyledButton>
      <ActionIcon aria-label={t('contacts.views.remove', { name: view.name })} onClick={() => void remove()}>
        <IconTrash size={18} aria-hidden />
      </ActionIcon>
    </Group>
  );
}

function SaveView({ state, onDone }: { state: ListState; onDone: () => void }) {
  const form = useForm({ name: '' }, async ({ name }) => {
    await call(saveView, {
      name,
      filter: { ...filterOf(state.search), kind: state.kind, sort: state.search.sort ?? 'name' },
    });
    await refresh(listViews);
    onDone();
  });
  return (
    <form onSubmit={form.submit} noValidate className={classes.save}>
      <TextInput
        flex={1}
        name="name"
        error={form.problem('name')}
        label={t('contacts.views.name')}
        placeholder={t('contacts.views.example')}
        required
        withAsterisk={false}
        value={form.values.name}
        onChange={(event) => form.set('name', event.currentTarget.value)}
      />
      <Button type="submit" variant="light" loading={form.sending}>
        {t('shell.save')}
      </Button>
      <ErrorNotice error={form.error} />
    </form>
  );
}
