import { ActionIcon, Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Community, invite, previewInvitations, type Refusal } from '../../../../server/community/contract.ts';
import { call } from '../../api.ts';
import { type Locale, spoken, t, told } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { PersonChoice } from '../opportunities/choosing.tsx';
import { mostAsked, SegmentPeople } from '../segments/SegmentPeople.tsx';
import surveys from '../surveys/Surveys.module.css';
import { refreshCommunity } from './queries.ts';

const reasonWords = (reason: Refusal): string => told(`surveys.refusal.${reason}`) ?? told(`gate.${reason}`) ?? reason;

/** Invites contacts, to the whole or to a call, by the gate. */
export function Invite({ community, onClose }: { community: Community; onClose: () => void }) {
  const [chosen, choose] = useState<readonly string[]>([]);
  const [picks, pick] = useState(0);
  // Of a segment that is taken piece by piece more is left.
  const [more, setMore] = useState(false);
  const preview = useQuery({
    ...reading(previewInvitations, { communityId: community.id, personIds: [...chosen] }),
    enabled: chosen.length > 0,
    placeholderData: (before) => before,
  });
  const items = (preview.data?.items ?? []).filter(({ personId }) => chosen.includes(personId));
  const allowed = items.filter((one) => one.allowed);
  const refused = items.filter((one) => !one.allowed).map(({ personId }) => personId);
  const begin = {
    ...{ subject: t('community.invite.subject', { name: community.name }), text: t('community.invite.text') },
    ...{ locale: spoken() as Locale, spaceId: '' },
  };
  const form = useForm(begin, async ({ spaceId, ...words }) => {
    const personIds = allowed.map(({ personId }) => personId);
    const sent = await call(invite, { communityId: community.id, personIds, spaceId: spaceId || null, ...words });
    await refreshCommunity();
    say(t('community.invite.sent', { count: sent.items.filter((one) => one.allowed).length }));
    if (!more) return onClose();
    choose([]);
  });
  const { values, set } = form;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('community.invite')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <NativeSelect
            label={t('community.invite.to')}
            value={values.spaceId}
            data={[
              { value: '', label: community.name },
              ...community.spaces.map(({ id, name }) => ({ value: id, label: name[spoken()] })),
            ]}
            onChange={({ currentTarget }) => set('spaceId', currentTarget.value)}
          />
          <PersonChoice
            key={picks}
            onChange={(personId) => {
              if (!personId) return;
              choose([...new Set([...chosen, personId])].slice(0, mostAsked));
              pick(picks + 1);
            }}
          />
          <SegmentPeople chosen={chosen} refused={refused} choose={choose} onMore={setMore} />
          <ul className={surveys.chosenList} aria-label={t('surveys.ask.people')}>
            {items.map(({ personId, name, reasons }) => (
              <li key={personId} className={surveys.chosen}>
                <div>
                  <strong dir="auto">{name || t('contacts.nameless')}</strong>
                  {reasons.length === 0 && <p className={surveys.quiet}>{t('community.invite.allowed')}</p>}
                  <ul>
                    {reasons.map((reason) => (
                      <li key={reason}>{reasonWords(reason)}</li>
                    ))}
                  </ul>
                </div>
                <ActionIcon
                  aria-label={t('surveys.ask.remove', { name })}
                  onClick={() => choose(chosen.filter((one) => one !== personId))}
                >
                  <IconX size={16} aria-hidden />
                </ActionIcon>
              </li>
            ))}
          </ul>
          <NativeSelect
            label={t('surveys.ask.locale')}
            value={values.locale}
            data={[
              { value: 'fr', label: 'Français' },
              { value: 'en', label: 'English' },
            ]}
            onChange={({ currentTarget }) => set('locale', currentTarget.value as Locale)}
          />
          <TextInput
            name="subject"
            required
            withAsterisk={false}
            maxLength={200}
            label={t('surveys.ask.subject')}
            value={values.subject}
            error={form.problem('subject')}
            onChange={({ currentTarget }) => set('subject', currentTarget.value)}
          />
          <Textarea
            name="text"
            required
            withAsterisk={false}
            autosize
            minRows={4}
            maxLength={10_000}
            label={t('surveys.ask.text')}
            value={values.text}
            error={form.problem('text')}
            onChange={({ currentTarget }) => set('text', currentTarget.value)}
          />
          <ErrorNotice error={form.error ?? preview.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending} disabled={allowed.length === 0}>
              {t('community.invite.send', { count: allowed.length })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
