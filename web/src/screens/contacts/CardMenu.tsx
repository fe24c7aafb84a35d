import { ActionIcon, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArchive, IconArrowMoveRight, IconDots, IconEyeOff, IconFileText, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import {
  archiveCards,
  countDead,
  listArchived,
  listDead,
  type Person,
  removeCard,
  restoreCard,
  unarchiveCards,
  updateCard,
} from '../../../../server/cards/contract.ts';
import { listBooks } from '../../../../server/delegation/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { Original } from './Original.tsx';
import { refreshPerson } from './queries.ts';

type Card = Person['cards'][number];
interface CardMenuProps {
  card: Card;
  person: Person;
}

/** What one can do with a card: all of it at once, all of it with a way back. */
export function CardMenu({ card, person }: CardMenuProps) {
  const [originalShown, original] = useDisclosure();
  if (!card.mine && card.original === null) return null;
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <ActionIcon className="no-print" aria-label={t('contacts.card.actions', { source: card.source.name })}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {card.original !== null && (
            <Menu.Item leftSection={<IconFileText size={18} aria-hidden />} onClick={original.open}>
              {t('contacts.card.original')}
            </Menu.Item>
          )}
          {card.mine && <MineItems card={card} person={person} />}
        </Menu.Dropdown>
      </Menu>
      {originalShown && <Original card={card} onClose={original.close} />}
    </>
  );
}

function MineItems({ card, person }: CardMenuProps) {
  const books = (useQuery(reading(listBooks, {})).data?.items ?? []).filter(
    ({ id, mine }) => mine && id !== card.book.id,
  );
  const acts = useActs(card, person);
  return (
    <>
      <Menu.Item leftSection={<IconEyeOff size={18} aria-hidden />} onClick={() => void acts.withhold(!card.withheld)}>
        {t(card.withheld ? 'contacts.card.lend' : 'contacts.card.withhold')}
      </Menu.Item>
      {books.length > 0 && <Menu.Label>{t('contacts.card.moveTo')}</Menu.Label>}
      {books.map((book) => (
        <Menu.Item
          key={book.id}
          leftSection={<IconArrowMoveRight size={18} aria-hidden />}
          onClick={() => void acts.move(book)}
        >
          {book.name}
        </Menu.Item>
      ))}
      <Menu.Divider />
      <Menu.Item leftSection={<IconArchive size={18} aria-hidden />} onClick={() => void acts.archive()}>
        {t('contacts.card.archive')}
      </Menu.Item>
      <Menu.Item
        c="var(--mantine-color-error)"
        leftSection={<IconTrash size={18} aria-hidden />}
        onClick={() => void acts.remove()}
      >
        {t('contacts.card.remove')}
      </Menu.Item>
    </>
  );
}

/** Does it, says so, and offers the way back. */
function useActs(card: Card, person: Person) {
  const navigate = useNavigate();
  const last = person.cards.length === 1;
  /** With the last card goes the page. */
  const leave = async () => {
    if (last) await navigate({ to: person.kind === 'person' ? '/people' : '/organizations', search: {} });
  };
  const act = async (work: () => Promise<string>, back: () => Promise<unknown>) => {
    try {
      const message = await work();
      await refreshPerson(person.id);
      await refresh(listDead, countDead, listArchived);
      offerUndo(message, async () => {
        await back();
        await refreshPerson(person.id);
        await refresh(listBooks, listDead, countDead, listArchived);
      });
    } catch (error) {
      sayError(error);
    }
  };
  const set = (change: { withheld?: boolean; bookId?: string }) => call(updateCard, { cardId: card.id, ...change });
  return {
    withhold: (withheld: boolean) =>
      act(
        () => set({ withheld }).then(() => t(withheld ? 'contacts.card.isWithheld' : 'contacts.card.isLent')),
        () => set({ withheld: !withheld }),
      ),
    move: (book: { id: string; name: string }) =>
      act(
        () => set({ bookId: book.id }).then(() => t('contacts.card.moved', { book: book.name })),
        () => set({ bookId: card.book.id }),
      ),
    archive: () =>
      act(
        async () => {
          await call(archiveCards, { cardIds: [card.id] });
          await leave();
          return t('contacts.card.archived');
        },
        () => call(unarchiveCards, { cardIds: [card.id] }),
      ),
    remove: () =>
      act(
        async () => {
          const { restorableUntil } = await call(removeCard, { cardId: card.id });
          await leave();
          return t('contacts.card.removed', { date: longDate(restorableUntil) });
        },
        () => call(restoreCard, { cardId: card.id }),
      ),
  };
}
