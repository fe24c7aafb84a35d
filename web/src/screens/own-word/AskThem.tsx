import { Button, Group, Modal, NativeSelect, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Person } from '../../../../server/cards/contract.ts';
import type { Reason } from '../../../../server/outreach/contract.ts';
import { sendLink } from '../../../../server/self-update/contract.ts';
import { ApiError, call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { gateQuery, refreshMessages } from '../outreach/queries.ts';
import { GateAnswer } from '../outreach/Reasons.tsx';
import classes from './OwnWord.module.css';
import { refreshOwnWord } from './queries.ts';

interface AskThemProps {
  person: Person;
  addresses: readonly { id: string; address: string }[];
  onClose: () => void;
}

/** One message with a link for them alone; the gate answers beforehand. */
export function AskThem({ person, addresses, onClose }: AskThemProps) {
  const empty = { contactPointId: addresses[0]!.id, locale: currentLanguage() };
  const form = useForm(empty, async (wanted) => {
    const { allowed } = await call(sendLink, { personId: person.id, ...wanted });
    await Promise.all([refreshOwnWord(), refreshMessages()]);
    if (!allowed) return;
    say(t('ownWord.sent', { name: person.name }));
    onClose();
  });
  const { contactPointId, locale } = form.values;
  const gate = useQuery(gateQuery({ personId: person.id, contactPointId, purpose: 'service' }));
  const stands = form.error instanceof ApiError && form.error.code === 'conflict';
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('ownWord.askTitle', { name: person.name })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <p className={classes.text}>{t('ownWord.askLead')}</p>
          <div className={classes.pair}>
            <NativeSelect
              label={t('mail.compose.address')}
              value={contactPointId}
              onChange={(event) => form.set('contactPointId', event.currentTarget.value)}
              data={addresses.map(({ id, address }) => ({ value: id, label: address }))}
            />
            <LanguageChoice value={locale} onChange={(next) => form.set('locale', next)} />
          </div>
          {gate.data && <GateAnswer allowed={gate.data.allowed} reasons={gate.data.reasons as Reason[]} />}
          {stands ? <p role="alert">{t('ownWord.stands')}</p> : <ErrorNotice error={form.error ?? gate.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('shell.cancel')}
            </Button>
            <Button type="submit" loading={form.sending} disabled={!gate.data?.allowed}>
              {t('ownWord.send')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** In which language they are written to. */
export function LanguageChoice({ value, onChange }: { value: 'fr' | 'en'; onChange: (locale: 'fr' | 'en') => void }) {
  return (
    <NativeSelect
      label={t('ownWord.language')}
      value={value}
      data={[
        { value: 'fr', label: 'Français' },
        { value: 'en', label: 'English' },
      ]}
      onChange={(event) => onChange(event.currentTarget.value === 'fr' ? 'fr' : 'en')}
    />
  );
}
