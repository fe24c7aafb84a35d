import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ImportRecord, startImport } from '../../../../server/sources/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import classes from './Imports.module.css';
import { adoptImport } from './queries.ts';
import { WhoSees } from './WhoSees.tsx';

/** One consent for all files that wait for it; they run one after the other. */
export function ImportAll({ ready }: { ready: readonly ImportRecord[] }) {
  const start = useMutation({
    mutationFn: async () => {
      for (const { id: importId } of ready) await adoptImport(await call(startImport, { importId }));
    },
  });
  const contacts = ready.reduce((sum, { preview }) => sum + (preview?.contacts ?? 0), 0);
  const files = ready.length;
  if (files < 2 && !start.isPending) return <ErrorNotice error={start.error} />;
  return (
    <div className={classes.all}>
      <div>
        <p>{t('imports.startAll.text', { files, contacts })}</p>
        <WhoSees bookIds={ready.map(({ bookId }) => bookId)} />
      </div>
      <Button onClick={() => start.mutate()} loading={start.isPending}>
        {t('imports.startAll', { files })}
      </Button>
      <ErrorNotice error={start.error} />
    </div>
  );
}
