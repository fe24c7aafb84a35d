import { Kbd, Modal, Table } from '@mantine/core';
import { type MessageKey, t } from '../i18n.ts';

const keys: [MessageKey, string[]][] = [
  ['shell.key.palette', ['Ctrl K']],
  ['shell.key.help', ['?']],
  ['shell.key.search', ['/']],
  ['shell.key.move', ['j', 'k']],
  ['shell.key.open', ['↵']],
  ['shell.key.page', ['o']],
  ['shell.key.close', ['Esc']],
  ['shell.key.new', ['n']],
];

export default function Keys({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={t('shell.keysHelp')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <Table variant="vertical" withRowBorders={false}>
        <Table.Tbody>
          {keys.map(([key, strokes]) => (
            <Table.Tr key={key}>
              <Table.Td>{t(key)}</Table.Td>
              <Table.Td ta="right">
                {strokes.map((stroke) => (
                  <Kbd key={stroke} ml={6}>
                    {stroke}
                  </Kbd>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
