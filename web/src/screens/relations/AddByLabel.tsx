import { Button, Modal, Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { addLabelled, type Group, listLabels } from '../../../../server/relations/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from './Groups.module.css';
import { sayPut } from './putting.ts';

/** Adds those who have a label now. */
export function AddByLabel({ group, onClose }: { group: Group; onClose: () => void }) {
  const [label, choose] = useState<string | null>(null);
  const { data } = useQuery(reading(listLabels, {}));
  const form = useForm({}, async () => {
    await sayPut(group.id, await call(addLabelled, { groupId: group.id, label: label! }));
    onClose();
  });
  return (
    <Modal opened onClose={onClose} title={t('groups.byLabel')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <Select
            data-autofocus
            label={t('groups.label')}
            searchable
            maxDropdownHeight={240}
            value={label}
            data={(data?.items ?? []).map((one) => ({
              value: one.label,
              label: t('groups.labelOption', { label: one.label, count: one.cards }),
            }))}
            onChange={choose}
          />
          {label !== null && <p className={classes.quiet}>{t('groups.labelOnceText', { label })}</p>}
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending} disabled={label === null}>
            {t('groups.addOne')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
