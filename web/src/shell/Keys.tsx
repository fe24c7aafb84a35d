import { Kbd, Modal, Table } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import { type MessageKey, t } from '../i18n.ts';

type Keyed = [MessageKey, string[]][];

const everywhere: Keyed = [
  ['shell.key.palette', ['Ctrl K']],
  ['shell.key.help', ['?']],
];
const inLists: Keyed = [
  ['shell.key.search', ['/']],
  ['shell.key.move', ['j', 'k']],
  ['shell.key.open', ['↵']],
  ['shell.key.page', ['o']],
  ['shell.key.close', ['Esc']],
  ['shell.key.new', ['n']],
];

/** Where a key means another thing than in a list. */
const inTheHunt: Keyed = [
  ['quality.key.same', ['s']],
  ['quality.key.notSame', ['n']],
  ['quality.key.later', ['l']],
  ['quality.key.undo', ['u']],
  ['quality.key.move', ['←', '→']],
];

const inConversations: Keyed = [
  ['conversations.keys.next', ['j', 'k']],
  ['shell.key.search', ['/']],
  ['conversations.keys.answer', ['r', 'n']],
  ['conversations.keys.send', ['Ctrl ↵']],
  ['conversations.keys.close', ['e']],
  ['conversations.keys.take', ['a', 'z', 'u']],
];

export default function Keys({ onClose }: { onClose: () => void }) {
  const hunting = useLocation({ select: ({ pathname }) => /^\/quality\/?$/.test(pathname) });
  const talking = useLocation({ select: ({ pathname }) => pathname.startsWith('/conversations') });
  const keys = [...(hunting ? inTheHunt : talking ? inConversations : inLists), ...everywhere];
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
