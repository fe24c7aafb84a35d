import { Button, Modal, Select, Stack, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Charter, publishCharter } from '../../../../server/charter/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { meQuery, queryClient } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { useForm } from '../../ui/useForm.ts';
import { documentQuery } from './queries.ts';

interface PublishProps {
  charter: Charter | null;
  onClose: () => void;
}

/** Writes the next version: from the one that holds, else from a text to start from. */
export function Publish({ charter, onClose }: PublishProps) {
  const french = useQuery({ ...documentQuery('charter', 'fr'), enabled: charter === null });
  const english = useQuery({ ...documentQuery('charter', 'en'), enabled: charter === null });
  const textFr = charter?.textFr ?? french.data?.text;
  const textEn = charter?.textEn ?? english.data?.text;
  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      title={t(charter ? 'charter.edit' : 'charter.first')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <ErrorNotice error={french.error ?? english.error} />
      {textFr !== undefined && textEn !== undefined ? (
        <PublishForm
          start={{
            textFr,
            textEn,
            least: charter?.least ?? 'nothing',
            onLeaving: charter?.onLeaving ?? 'stay',
            naming: charter?.naming ?? 'as_typed',
          }}
        />
      ) : (
        <Loading lines={6} />
      )}
    </Modal>
  );
}

type Values = Pick<Charter, 'textFr' | 'textEn' | 'least' | 'onLeaving' | 'naming'>;

function PublishForm({ start }: { start: Values }) {
  const form = useForm(start, async (values) => {
    await call(publishCharter, values);
    // The next answer says that there is a charter to accept, for this admin too.
    await queryClient.invalidateQueries({ queryKey: meQuery.queryKey });
    location.assign('/');
  });
  const { values, set, problem } = form;
  const text = (key: 'textFr' | 'textEn', label: string, lang: string) => (
    <Textarea
      name={key}
      lang={lang}
      label={label}
      description={t('charter.edit.start')}
      required
      withAsterisk={false}
      autosize
      minRows={6}
      maxRows={14}
      value={values[key]}
      error={problem(key)}
      onChange={(event) => set(key, event.currentTarget.value)}
    />
  );
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack>
        <Select
          label={t('charter.least')}
          allowDeselect={false}
          value={values.least}
          onChange={(least) => set('least', least as Values['least'])}
          data={(['nothing', 'discover', 'read'] as const).map((value) => ({
            value,
            label: t(`charter.least.${value}`),
          }))}
        />
        <Select
          label={t('charter.onLeaving')}
          allowDeselect={false}
          value={values.onLeaving}
          onChange={(onLeaving) => set('onLeaving', onLeaving as Values['onLeaving'])}
          data={(['stay', 'go'] as const).map((value) => ({ value, label: t(`charter.onLeaving.${value}`) }))}
        />
        <Select
          label={t('charter.naming')}
          allowDeselect={false}
          value={values.naming}
          onChange={(naming) => set('naming', naming as Values['naming'])}
          data={(['as_typed', 'usual', 'capitals'] as const).map((value) => ({
            value,
            label: t(`charter.naming.${value}`),
          }))}
        />
        {text('textFr', t('charter.edit.french'), 'fr')}
        {text('textEn', t('charter.edit.english'), 'en')}
        <p>{t('charter.publishText')}</p>
        <ErrorNotice error={form.error} />
        <Button type="submit" loading={form.sending}>
          {t('charter.publish')}
        </Button>
      </Stack>
    </form>
  );
}
