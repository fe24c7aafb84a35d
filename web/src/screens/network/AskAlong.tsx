import { Button, Modal, NativeSelect, Stack, Text, Textarea } from '@mantine/core';
import { askForIntroduction, introductionPurpose, listRequests } from '../../../../server/introductions/contract.ts';
import type { FoundPath } from '../../../../server/relations/paths-contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { nameOf } from './words.ts';

type Purpose = (typeof introductionPurpose.options)[number];

/** What is asked of the first on a path, ready to be changed: who comes after them, and whom one looks for. */
function firstWords(path: FoundPath): string {
  const [, asked, next] = path.places;
  const target = path.places.at(-1)!;
  const own = path.askByCard === null;
  const through = path.places.slice(own ? 2 : 3, -1).map(nameOf);
  return t(through.length > 0 || (!own && next !== target) ? 'network.ask.through' : 'network.ask.direct', {
    asked: nameOf(asked!),
    next: nameOf((own ? path.places[2] : next) ?? target),
    target: nameOf(target),
    own: String(own),
  });
}

/** Asks the colleague on a path for an introduction; to a contact of one's own one writes oneself. */
export function AskAlong({ path, onClose }: { path: FoundPath; onClose: () => void }) {
  return path.askByCard ? (
    <AskColleague path={path} cardId={path.askByCard} onClose={onClose} />
  ) : (
    <WriteContact path={path} onClose={onClose} />
  );
}

function AskColleague({ path, cardId, onClose }: { path: FoundPath; cardId: string; onClose: () => void }) {
  const [, asked] = path.places;
  const empty: { purpose: Purpose; message: string } = { purpose: 'prospecting', message: firstWords(path) };
  const form = useForm(empty, async (values) => {
    await call(askForIntroduction, {
      ...values,
      sought: nameOf(path.places.at(-1)!).slice(0, 200),
      kind: 'person',
      cardId,
    });
    await refresh(listRequests);
    say(t('network.ask.sent', { who: nameOf(asked!) }));
    onClose();
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('network.ask.title', { who: nameOf(asked!) })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <Text>{t('network.ask.lead', { who: nameOf(asked!), target: nameOf(path.places.at(-1)!) })}</Text>
          <NativeSelect
            label={t('introductions.field.purpose')}
            value={form.values.purpose}
            data={introductionPurpose.options.map((value) => ({ value, label: t(`introductions.purpose.${value}`) }))}
            onChange={(event) => form.set('purpose', event.currentTarget.value as Purpose)}
          />
          <Textarea
            data-autofocus
            name="message"
            label={t('network.ask.message')}
            autosize
            minRows={4}
            maxRows={12}
            required
            withAsterisk={false}
            value={form.values.message}
            error={form.problem('message')}
            onChange={(event) => form.set('message', event.currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending}>
            {t('network.ask.send')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function WriteContact({ path, onClose }: { path: FoundPath; onClose: () => void }) {
  const me = useMe();
  const [, asked] = path.places;
  const text = `${firstWords(path)}\n\n${me.name}`;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('network.ask.title', { who: nameOf(asked!) })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <Stack gap="sm">
        <Text>{t('network.ask.yourself', { who: nameOf(asked!) })}</Text>
        <Textarea aria-label={t('network.ask.message')} readOnly autosize minRows={4} value={text} />
        <Button
          onClick={() => {
            void navigator.clipboard?.writeText(text).then(() => say(t('network.ask.copied')));
            onClose();
          }}
        >
          {t('introductions.copy')}
        </Button>
      </Stack>
    </Modal>
  );
}
