import { Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { type Community, giveFeedback, type Space, saveSpace } from '../../../../server/community/contract.ts';
import { call } from '../../api.ts';
import { spoken, t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { refreshCommunity } from './queries.ts';

interface SpaceFormProps {
  community: Community;
  space?: Space;
  onClose: () => void;
}

/** A space for ideas, or a call for proposals until a day. */
export function SpaceForm({ community, space, onClose }: SpaceFormProps) {
  const before = {
    ...{ kind: space?.kind ?? 'ideas', fr: space?.name.fr ?? '', en: space?.name.en ?? '' },
    ...{ introFr: space?.intro.fr ?? '', introEn: space?.intro.en ?? '', closesOn: space?.closesOn ?? '' },
  };
  const form = useForm(before, async ({ kind, fr, en, introFr, introEn, closesOn }) => {
    await call(saveSpace, {
      ...{ communityId: community.id, spaceId: space?.id ?? crypto.randomUUID(), kind, name: { fr, en } },
      ...{ intro: { fr: introFr, en: introEn }, closesOn: kind === 'call' && closesOn ? closesOn : null },
    });
    await refreshCommunity();
    say(t('community.saved'));
    onClose();
  });
  const { values, set } = form;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(space ? 'community.space.edit' : 'community.space.new')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <NativeSelect
            label={t('surveys.kind')}
            value={values.kind}
            data={(['ideas', 'call'] as const).map((value) => ({ value, label: t(`community.space.${value}`) }))}
            onChange={({ currentTarget }) => set('kind', currentTarget.value as Space['kind'])}
          />
          {(['fr', 'en'] as const).map((key) => (
            <TextInput
              key={key}
              name={key}
              required
              withAsterisk={false}
              maxLength={80}
              label={t(`voices.topics.name.${key}`)}
              value={values[key]}
              error={form.problem(key)}
              onChange={({ currentTarget }) => set(key, currentTarget.value)}
            />
          ))}
          {(['introFr', 'introEn'] as const).map((key) => (
            <Textarea
              key={key}
              autosize
              maxLength={3000}
              label={t(key === 'introFr' ? 'surveys.intro.fr' : 'surveys.intro.en')}
              value={values[key]}
              onChange={({ currentTarget }) => set(key, currentTarget.value)}
            />
          ))}
          {values.kind === 'call' && (
            <TextInput
              type="date"
              label={t('community.space.closesOn')}
              value={values.closesOn}
              onChange={({ currentTarget }) => set('closesOn', currentTarget.value)}
            />
          )}
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('shell.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** What became of a call: on its page, and by mail to all who proposed something. */
export function Feedback({ community, space, onClose }: Required<SpaceFormProps>) {
  const form = useForm({ text: '' }, async ({ text }) => {
    const { told } = await call(giveFeedback, { communityId: community.id, spaceId: space.id, text });
    await refreshCommunity();
    say(t('community.feedback.told', { count: told }));
    onClose();
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${t('community.feedback')} – ${space.name[spoken()]}`}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <Textarea
            name="text"
            required
            withAsterisk={false}
            autosize
            minRows={4}
            maxLength={5000}
            label={t('community.feedback.label')}
            description={t('community.feedback.help')}
            value={form.values.text}
            error={form.problem('text')}
            onChange={({ currentTarget }) => form.set('text', currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('community.feedback.send')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
