import { Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Person } from '../../../../server/cards/contract.ts';
import { purpose as purposes } from '../../../../server/delegation/contract.ts';
import { type Reason, writeToContact } from '../../../../server/outreach/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import classes from './Outreach.module.css';
import { gateQuery, refreshMessages } from './queries.ts';
import { GateAnswer } from './Reasons.tsx';
import { whenLater } from './words.ts';

interface Draft {
  contactPointId: string;
  purpose: (typeof purposes.options)[number];
  subject: string;
  text: string;
}

/** The addresses of a person that a message can go to, by their contact points. */
export function addressesOf({ values }: Person): { id: string; address: string }[] {
  return values.flatMap(({ kind, display, contactPoint }) =>
    kind === 'email' && contactPoint ? [{ id: contactPoint.id, address: display }] : [],
  );
}

/** Writing to a contact: the gate answers while one fills in. */
export function Compose({ person, onClose }: { person: Person; onClose: () => void }) {
  const addresses = addressesOf(person);
  const empty: Draft = { contactPointId: addresses[0]?.id ?? '', purpose: 'service', subject: '', text: '' };
  const form = useForm(empty, async (draft) => {
    const answer = await call(writeToContact, { personId: person.id, ...draft });
    await refreshMessages();
    if (!answer.allowed) return;
    say(answer.laterAt ? whenLater(answer.laterAt) : t('mail.compose.sent', { name: person.name }));
    onClose();
  });
  const { contactPointId, purpose } = form.values;
  const gate = useQuery(gateQuery({ personId: person.id, contactPointId, purpose }));
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('mail.compose', { name: person.name })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <ToWhom form={form} addresses={addresses} />
          {gate.data && <GateAnswer {...gate.data} reasons={gate.data.reasons as Reason[]} />}
          <Words form={form} />
          {gate.data?.from && (
            <p className={classes.quiet}>
              {t('mail.compose.replies', { from: gate.data.from, replies: gate.data.repliesTo })}{' '}
              {t('mail.compose.stop')} {person.cards.some(({ mine }) => !mine) && t('mail.compose.told')}
            </p>
          )}
          <ErrorNotice error={form.error ?? gate.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('shell.cancel')}
            </Button>
            <Button type="submit" loading={form.sending} disabled={!gate.data?.allowed}>
              {t('mail.compose.send')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function ToWhom({ form, addresses }: { form: Form<Draft>; addresses: { id: string; address: string }[] }) {
  const { values, set } = form;
  return (
    <div className={classes.pair}>
      <NativeSelect
        label={t('mail.compose.address')}
        value={values.contactPointId}
        onChange={(event) => set('contactPointId', event.currentTarget.value)}
        data={addresses.map(({ id, address }) => ({ value: id, label: address }))}
      />
      <NativeSelect
        label={t('mail.compose.purpose')}
        value={values.purpose}
        onChange={(event) => set('purpose', event.currentTarget.value as Draft['purpose'])}
        data={purposes.options.map((value) => ({ value, label: t(`grant.purposeName.${value}`) }))}
      />
    </div>
  );
}

function Words({ form: { values, set, problem } }: { form: Form<Draft> }) {
  return (
    <>
      <TextInput
        data-autofocus
        name="subject"
        label={t('mail.compose.subject')}
        required
        withAsterisk={false}
        maxLength={200}
        value={values.subject}
        error={problem('subject')}
        onChange={(event) => set('subject', event.currentTarget.value)}
      />
      <Textarea
        name="text"
        label={t('mail.compose.text')}
        required
        withAsterisk={false}
        autosize
        minRows={6}
        maxRows={18}
        maxLength={20_000}
        value={values.text}
        error={problem('text')}
        onChange={(event) => set('text', event.currentTarget.value)}
      />
    </>
  );
}
