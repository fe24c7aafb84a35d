import { Button, Checkbox, Modal, Select, Stack, TextInput } from '@mantine/core';
import { addVacancy, endVacancy } from '../../../../server/maps/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { nameOf } from './chartDrawing.ts';
import { type Chart, refreshChart } from './queries.ts';

/** Says that a position is vacant. */
export function VacancyForm({ chart, onClose }: { chart: Chart; onClose: () => void }) {
  const form = useForm({ title: '', chiefId: null as string | null, shared: false }, async (said) => {
    const { id: vacancyId } = await call(addVacancy, { organizationId: chart.organization.id, ...said });
    await refreshChart();
    offerUndo(t('maps.vacancyAdded', { title: said.title }), async () => {
      await call(endVacancy, { vacancyId });
      await refreshChart();
    });
    onClose();
  });
  const { values, set } = form;
  return (
    <Modal opened onClose={onClose} title={t('maps.addVacancy')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <TextInput
            data-autofocus
            required
            label={t('maps.vacancyTitle')}
            maxLength={200}
            value={values.title}
            onChange={(event) => set('title', event.currentTarget.value)}
          />
          <Select
            searchable
            label={t('maps.reportsTo')}
            placeholder={t('maps.reportsToNobody')}
            value={values.chiefId}
            data={chart.people.map(({ id, name, title }) => ({
              value: id,
              label: [nameOf(name), title].filter(Boolean).join(', '),
            }))}
            clearable
            onChange={(chiefId) => set('chiefId', chiefId)}
          />
          <Checkbox
            label={t('maps.vacancyShared')}
            checked={values.shared}
            onChange={(event) => set('shared', event.currentTarget.checked)}
          />
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending} disabled={values.title.trim() === ''}>
            {t('shell.save')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
