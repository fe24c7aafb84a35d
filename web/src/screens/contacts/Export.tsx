import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { exportPath } from '../../../../server/cards/contract.ts';
import { apiBase, query } from '../../api.ts';
import { t } from '../../i18n.ts';
import type { Kind } from './queries.ts';
import type { Filter } from './search.ts';

const formats = ['vcf', 'csv', 'xlsx'] as const;

/** The list as it stands, or one's own cards, as a file. */
export function Export({ filter }: { filter: Filter & { kind: Kind } }) {
  const items = (mine: boolean) =>
    formats.map((format) => (
      <Menu.Item
        key={format}
        component="a"
        download
        href={apiBase + exportPath + query({ ...(mine ? { mine } : filter), format })}
      >
        {t(`contacts.export.${format}`)}
      </Menu.Item>
    ));
  return (
    <Menu position="bottom-end" width={280}>
      <Menu.Target>
        <Button data-compact variant="default" leftSection={<IconDownload size={18} aria-hidden />}>
          {t('contacts.export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('contacts.export.list')}</Menu.Label>
        {items(false)}
        <Menu.Label>{t('contacts.export.lent')}</Menu.Label>
        <Menu.Divider />
        <Menu.Label>{t('contacts.export.mine')}</Menu.Label>
        {items(true)}
      </Menu.Dropdown>
    </Menu>
  );
}
