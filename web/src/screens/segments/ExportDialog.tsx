import { Button, Checkbox, Group, Modal, SegmentedControl, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FullSegment } from '../../../../server/segments/contract.ts';
import {
  type ExportField,
  exportFields,
  leftOutHeader,
  segmentExportPath,
  takenHeader,
} from '../../../../server/segments/export-contract.ts';
import { apiBase, fetchFile, query } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { saveBlob } from '../../ui/saving.ts';
import { say } from '../../ui/undo.tsx';
import { attributesQuery } from '../attributes/queries.ts';
import classes from './Segments.module.css';

const usual: readonly ExportField[] = ['name', 'organization', 'title', 'email', 'phone'];
const formats = ['csv', 'xlsx'] as const;

/** Who is in a segment, as a file with the columns that one chooses; who may not be taken along stays out, and one hears how many. */
export function ExportDialog({ segment, onClose }: { segment: FullSegment; onClose: () => void }) {
  const [fields, chooseFields] = useState<string[]>([...usual]);
  const [keys, chooseKeys] = useState<string[]>([]);
  const [format, set] = useState<(typeof formats)[number]>('xlsx');
  const { data } = useQuery(attributesQuery(false));
  const readable = data?.items.filter(({ reads }) => reads) ?? [];
  const take = useMutation({
    mutationFn: () =>
      fetchFile(
        apiBase +
          segmentExportPath.replace(':segmentId', segment.id) +
          query({ format, fields: fields.join(','), attributes: keys.join(',') }),
      ),
    onSuccess: ({ blob, headers }) => {
      saveBlob(blob, `${segment.name.replaceAll(/[\\/:*?"<>|]+/g, ' ').trim()}.${format}`);
      const [taken, left] = [takenHeader, leftOutHeader].map((name) => Number(headers.get(name)));
      say(t('segments.export.done', { taken: taken!, left: left! }));
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('segments.export')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <Stack gap="sm">
        <p className={classes.quiet}>{t('segments.export.text')}</p>
        <Checkbox.Group label={t('segments.export.fields')} value={fields} onChange={chooseFields}>
          <Group gap="sm" mt={4}>
            {exportFields.map((field) => (
              <Checkbox key={field} value={field} label={t(`segments.export.field.${field}`)} />
            ))}
          </Group>
        </Checkbox.Group>
        {readable.length > 0 && (
          <Checkbox.Group label={t('segments.export.attributes')} value={keys} onChange={chooseKeys}>
            <Group gap="sm" mt={4}>
              {readable.map(({ key, name }) => (
                <Checkbox key={key} value={key} label={name} />
              ))}
            </Group>
          </Checkbox.Group>
        )}
        <SegmentedControl
          aria-label={t('segments.export.format')}
          value={format}
          onChange={(value) => set(value as typeof format)}
          data={formats.map((value) => ({ value, label: t(`segments.export.${value}`) }))}
        />
        <ErrorNotice error={take.error} />
        <Group justify="flex-end">
          <Button loading={take.isPending} disabled={fields.length + keys.length === 0} onClick={() => take.mutate()}>
            {t('segments.export.take')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
