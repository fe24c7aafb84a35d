import { Button, Checkbox, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { addCommunity, type Community, updateCommunity } from '../../../../server/community/contract.ts';
import { listTeams } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { refreshCommunity } from './queries.ts';

/** What becomes part of the address. */
const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);

/** Opens a community, or changes one. For admins. */
export function CommunityForm({ community, onClose }: { community?: Community; onClose: () => void }) {
  const me = useMe();
  const navigate = useNavigate();
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const before = {
    ...{ name: community?.name ?? '', slug: community?.slug ?? '' },
    ...{ introFr: community?.intro.fr ?? '', introEn: community?.intro.en ?? '' },
    ...{ invitedOnly: community?.invitedOnly ?? false, firstReviewed: community?.firstReviewed ?? true },
    team: community && community.moderators.id !== me.workspace.id ? community.moderators.id : '',
  };
  const form = useForm(before, async ({ slug, introFr, introEn, team, ...said }) => {
    const all = { ...said, intro: { fr: introFr, en: introEn }, moderatorTeamId: team || null };
    const kept = community
      ? await call(updateCommunity, { communityId: community.id, ...all })
      : await call(addCommunity, { slug: slug || slugOf(said.name), ...all });
    await refreshCommunity();
    say(t('community.saved'));
    onClose();
    if (!community) void navigate({ to: '/voices/community/$communityId', params: { communityId: kept.id } });
  });
  const { values, set } = form;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(community ? 'community.change' : 'community.new')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <TextInput
            name="name"
            required
            withAsterisk={false}
            maxLength={80}
            label={t('community.name')}
            value={values.name}
            error={form.problem('name')}
            onChange={({ currentTarget }) => set('name', currentTarget.value)}
          />
          {!community && (
            <TextInput
              name="slug"
              maxLength={40}
              label={t('community.slug')}
              description={`${location.origin}/c/${values.slug || slugOf(values.name)}`}
              value={values.slug}
              error={form.problem('slug')}
              onChange={({ currentTarget }) => set('slug', slugOf(currentTarget.value))}
            />
          )}
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
          <NativeSelect
            label={t('community.moderators')}
            value={values.team}
            data={[
              { value: '', label: t('surveys.audience.workspace') },
              ...teams.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            onChange={({ currentTarget }) => set('team', currentTarget.value)}
          />
          {(['invitedOnly', 'firstReviewed'] as const).map((key) => (
            <Checkbox
              key={key}
              label={t(`community.${key}`)}
              checked={values[key]}
              onChange={({ currentTarget }) => set(key, currentTarget.checked)}
            />
          ))}
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
