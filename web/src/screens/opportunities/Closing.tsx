import { Button, Checkbox, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import {
  closeOpportunity,
  type FullOpportunity,
  type Outcome,
  type Reason,
  reasons,
  reopenOpportunity,
} from '../../../../server/opportunities/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { offerUndo } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { refreshOpportunities } from './queries.ts';
import { reasonWord, today } from './words.ts';

interface Draft {
  reasons: Reason[];
  note: string;
  closedOn: string;
  word: boolean;
  months: number;
  personId: string;
}

interface ClosingProps {
  opportunity: FullOpportunity;
  outcome: Outcome;
  onClose: () => void;
}

/** Says how an opportunity ended, and why; what is lost is not the people. */
export function Closing({ opportunity, outcome, onClose }: ClosingProps) {
  const { id: opportunityId, name, version, participants } = opportunity;
  const before: Draft = {
    ...{ reasons: [], note: '', word: true, months: 3 },
    closedOn: today() < opportunity.openedOn ? opportunity.openedOn : today(),
    personId: participants[0]?.person.id ?? '',
  };
  const form = useForm<Draft>(before, async ({ word, months, personId, ...said }) => {
    const asked = outcome === 'lost' && word ? { months, ...(personId ? { personId } : {}) } : null;
    const closed = await call(closeOpportunity, { opportunityId, version, outcome, ...said, word: asked });
    await refreshOpportunities();
    onClose();
    offerUndo(t(`opportunities.closed.${outcome}`, { name }), async () => {
      await call(reopenOpportunity, { opportunityId, version: closed.version });
      await refreshOpportunities();
    });
  });
  const { values, set } = form;
  return (
    <Modal
      opened
      onClose={onClose}
      // Escape closes the choice of reasons; once something was said, the cross alone closes the whole.
      closeOnEscape={JSON.stringify(values) === JSON.stringify(before)}
      title={t(`opportunities.closing.${outcome}`, { name })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <ManyChoice
            data-autofocus
            label={t('opportunities.closing.why')}
            description={t('opportunities.closing.whyHint')}
            value={values.reasons}
            data={reasons[outcome].map((value) => ({ value, label: reasonWord(outcome, value) }))}
            onChange={(chosen) => set('reasons', chosen as Reason[])}
          />
          <Textarea
            label={t('opportunities.closing.note')}
            autosize
            minRows={2}
            maxLength={5000}
            value={values.note}
            onChange={(event) => set('note', event.currentTarget.value)}
          />
          <TextInput
            type="date"
            name="closedOn"
            required
            withAsterisk={false}
            label={t('opportunities.closing.on')}
            min={opportunity.openedOn}
            value={values.closedOn}
            error={form.problem('closedOn')}
            onChange={(event) => set('closedOn', event.currentTarget.value)}
          />
          {outcome === 'lost' && <Word opportunity={opportunity} values={values} set={set} />}
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

interface WordProps {
  opportunity: FullOpportunity;
  values: Draft;
  set: <K extends keyof Draft>(key: K, value: Draft[K]) => void;
}

/** The informal word that keeps its people warm: proposed, and declined with one click. */
function Word({ opportunity: { owner, participants }, values, set }: WordProps) {
  const me = useMe();
  return (
    <>
      <Checkbox
        label={t('opportunities.closing.word')}
        description={t('opportunities.closing.wordHint', {
          mine: owner.id === me.memberId ? 'yes' : 'no',
          owner: owner.name,
        })}
        checked={values.word}
        onChange={(event) => set('word', event.currentTarget.checked)}
      />
      {values.word && (
        <Group grow align="flex-start">
          <NativeSelect
            label={t('opportunities.closing.months')}
            value={String(values.months)}
            data={[1, 2, 3, 6, 12].map((months) => ({
              value: String(months),
              label: t('opportunities.closing.inMonths', { months }),
            }))}
            onChange={(event) => set('months', Number(event.currentTarget.value))}
          />
          {participants.length > 0 && (
            <NativeSelect
              label={t('opportunities.closing.with')}
              value={values.personId}
              data={[
                ...participants.map(({ person }) => ({
                  value: person.id,
                  label: person.name || t('contacts.nameless'),
                })),
                { value: '', label: t('opportunities.closing.withNobody') },
              ]}
              onChange={(event) => set('personId', event.currentTarget.value)}
            />
          )}
        </Group>
      )}
    </>
  );
}
