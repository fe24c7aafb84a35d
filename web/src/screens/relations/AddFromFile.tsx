import { Button, FileButton, Modal, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Output } from '../../../../server/kernel/contract.ts';
import { type Group, readGroupFile } from '../../../../server/relations/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import classes from './Groups.module.css';
import { sayPut } from './putting.ts';

/** Adds those whose addresses stand in a file, and says whom it did not. */
export function AddFromFile({ group, onClose }: { group: Group; onClose: () => void }) {
  const reader = useMutation({
    mutationFn: async (file: File) => {
      const report = await call(readGroupFile, {
        groupId: group.id,
        fileName: file.name.slice(0, 300),
        data: await octetsOf(file),
      });
      await sayPut(group.id, report);
      return report;
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('groups.file')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <Stack gap="sm">
        <p className={classes.quiet}>{t('groups.fileLead')}</p>
        <FileButton accept=".csv,.txt,.tsv,.xlsx,text/csv" onChange={(file) => file && reader.mutate(file)}>
          {(props) => (
            <Button {...props} loading={reader.isPending} variant={reader.data ? 'default' : 'filled'}>
              {t('groups.fileChoose')}
            </Button>
          )}
        </FileButton>
        <ErrorNotice error={reader.error} />
        {reader.data && <Report report={reader.data} />}
      </Stack>
    </Modal>
  );
}

/** A file's octets in base64. */
function octetsOf(file: File): Promise<string> {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).split(',')[1] ?? '');
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(file);
  });
}

/** So many rows of a kind are shown. */
const shown = 100;

function Report({ report }: { report: Output<typeof readGroupFile> }) {
  const named = ({ row, email }: { row: number; email: string }) => t('groups.fileRowEmail', { row, email });
  const parts = [
    [t('groups.fileUnseen', { count: report.unseen.length }), report.unseen.map(named)],
    [t('groups.fileAmbiguous', { count: report.ambiguous.length }), report.ambiguous.map(named)],
    [
      t('groups.fileWithout', { count: report.without.length }),
      report.without.map((row) => t('groups.fileRow', { row })),
    ],
  ] as const;
  return (
    <div role="status">
      <p>{t('groups.added', { count: report.added, already: report.already })}</p>
      {parts
        .filter(([, rows]) => rows.length > 0)
        .map(([title, rows]) => (
          <details key={title}>
            <summary>{title}</summary>
            <ul className={classes.rows}>
              {rows.slice(0, shown).map((row) => (
                <li key={row}>{row}</li>
              ))}
              {rows.length > shown && <li>{t('groups.fileMore', { count: rows.length - shown })}</li>}
            </ul>
          </details>
        ))}
    </div>
  );
}
