import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import {
  type Correction,
  correctable,
  type RequestKind,
  recordRequest,
  requestKinds,
} from '../../../../server/compliance/contract.ts';
import { ApiError, call } from '../../api.ts';
import { calendarDay } from '../../format.ts';
import { t } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { refreshDesk } from './queries.ts';

const today = () => new Date().toISOString().slice(0, 10);

/** What a person asks, as it came: by mail, by telephone, across the counter. */
export function RecordForm({ onClose }: { onClose: () => void }) {
  const initial = {
    kind: 'access' as RequestKind,
    email: '',
    receivedOn: today(),
    locale: currentLanguage(),
    of: 'name' as Correction['kind'],
    to: '',
  };
  const form = useForm(initial, async ({ of, to, ...wish }) => {
    const corrections = wish.kind === 'rectification' ? [{ kind: of, to }] : [];
    const { dueOn } = await call(recordRequest, { ...wish, corrections });
    await refreshDesk();
    say(t('privacy.recorded', { date: calendarDay(dueOn) }));
    onClose();
  });
  const { values, set, problem, error } = form;
  const open = error instanceof ApiError && error.code === 'conflict';
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('privacy.new')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <NativeSelect
            label={t('privacy.what')}
            value={values.kind}
            onChange={({ currentTarget }) => set('kind', currentTarget.value as RequestKind)}
            data={requestKinds.map((value) => ({ value, label: t(`privacy.kind.${value}`) }))}
          />
          <TextInput
            data-autofocus
            name="email"
            type="email"
            label={t('privacy.email')}
            description={t('privacy.emailHint')}
            required
            withAsterisk={false}
            value={values.email}
            error={problem('email')}
            onChange={({ currentTarget }) => set('email', currentTarget.value)}
          />
          {values.kind === 'rectification' && (
            <Group grow align="start">
              <NativeSelect
                label={t('privacy.correction')}
                value={values.of}
                onChange={({ currentTarget }) => set('of', currentTarget.value as Correction['kind'])}
                data={correctable.map((value) => ({ value, label: t(`privacy.correction.${value}`) }))}
              />
              <TextInput
                name="to"
                label={t('privacy.correctionTo')}
                required
                withAsterisk={false}
                value={values.to}
                error={problem('to')}
                onChange={({ currentTarget }) => set('to', currentTarget.value)}
              />
            </Group>
          )}
          <Group grow align="start">
            <TextInput
              name="receivedOn"
              type="date"
              label={t('privacy.received')}
              required
              withAsterisk={false}
              max={today()}
              value={values.receivedOn}
              error={problem('receivedOn')}
              onChange={({ currentTarget }) => set('receivedOn', currentTarget.value)}
            />
            <NativeSelect
              label={t('privacy.language')}
              value={values.locale}
              onChange={({ currentTarget }) => set('locale', currentTarget.value === 'fr' ? 'fr' : 'en')}
              data={[
                { value: 'fr', label: 'Français' },
                { value: 'en', label: 'English' },
              ]}
            />
          </Group>
          {open ? <p role="alert">{t('privacy.sameOpen')}</p> : <ErrorNotice error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('shell.cancel')}
            </Button>
            <Button type="submit" loading={form.sending}>
              {t('privacy.record')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
