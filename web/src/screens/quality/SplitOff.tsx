import { Button, Checkbox, Group, Loader, Modal } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Person } from '../../../../server/cards/contract.ts';
import { previewSplit, splitPerson } from '../../../../server/matching/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Face } from '../../ui/Face.tsx';
import { offerUndo } from '../../ui/undo.tsx';
import { photoOf } from '../contacts/queries.ts';
import { chosenOf, displayOf, shownKinds } from '../contacts/values.ts';
import { takeBack } from './decisions.ts';
import { refreshReference } from './queries.ts';
import classes from './SplitOff.module.css';
import { nameOf } from './words.ts';

interface SplitOffProps {
  person: Person;
  onClose: () => void;
}

/** Cards that are somebody else: chosen, seen as two persons before it happens, and taken back afterwards if need be. */
export default function SplitOff({ person, onClose }: SplitOffProps) {
  const [cardIds, setCardIds] = useState<string[]>([]);
  const possible = cardIds.length > 0 && cardIds.length < person.cards.length;
  const split = useSplit(person, onClose);
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t('quality.split.title', { name: nameOf(person) })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <Checkbox.Group value={cardIds} onChange={setCardIds} label={t('quality.split.choose')}>
        <div className={classes.cards}>
          {person.cards.map((card) => (
            <Checkbox
              key={card.id}
              value={card.id}
              label={saidBy(person, card.id).join(' · ') || t('contacts.nameless')}
              description={`${card.source.name} · ${t('contacts.card.where', {
                book: card.book.name,
                holder: card.holder.name,
                mine: card.mine ? 'yes' : 'no',
              })}`}
            />
          ))}
        </div>
      </Checkbox.Group>
      {possible ? (
        <Preview personId={person.id} cardIds={cardIds} />
      ) : (
        <p className={classes.hint}>{t(cardIds.length === 0 ? 'quality.split.hint' : 'quality.split.all')}</p>
      )}
      <ErrorNotice error={split.error} />
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {t('shell.cancel')}
        </Button>
        <Button disabled={!possible} loading={split.isPending} onClick={() => split.mutate(cardIds)}>
          {t('quality.split.do', { count: cardIds.length })}
        </Button>
      </Group>
    </Modal>
  );
}

/** What tells a card from the others: its name, company, first address and number, as the card itself says them. */
function saidBy(person: Person, cardId: string): string[] {
  const said = (kind: Person['values'][number]['kind']) =>
    person.values.find((value) => value.kind === kind && value.provenance.some((one) => one.cardId === cardId));
  return (['name', 'organization', 'email', 'phone'] as const).flatMap((kind) => {
    const value = said(kind);
    return value ? [displayOf(value)] : [];
  });
}

function useSplit(person: Person, onClose: () => void) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (cardIds: string[]) => {
      const { staysId, verdictIds } = await call(splitPerson, { personId: person.id, cardIds });
      onClose();
      // The id may have gone with the cards that left.
      const here = location.pathname.endsWith(person.id);
      if (here && staysId !== person.id) {
        await navigate({ to: '/people/$personId', params: { personId: staysId }, replace: true });
      }
      await refreshReference();
      offerUndo(t('quality.split.done', { name: nameOf(person) }), async () => {
        await takeBack(verdictIds);
        await refreshReference();
      });
    },
  });
}

function Preview({ personId, cardIds }: { personId: string; cardIds: string[] }) {
  const { data, error } = useQuery({
    ...reading(previewSplit, { personId, cardIds: [...cardIds].sort() }),
    placeholderData: keepPreviousData,
  });
  if (error) return <ErrorNotice error={error} />;
  if (!data) return <Loader size="sm" my="md" role="status" aria-label={t('shell.loading')} />;
  return (
    <div className={classes.preview} aria-live="polite">
      <Half title={t('quality.split.stays')} person={data.stays} />
      <Half title={t('quality.split.leaves')} person={data.leaves} />
    </div>
  );
}

function Half({ title, person }: { title: string; person: Person }) {
  const kinds = shownKinds.filter((kind) => chosenOf(person, kind).length > 0);
  return (
    <section aria-label={title} className={classes.half}>
      <h3 className={classes.title}>{title}</h3>
      <div className={classes.who}>
        <Face
          id={person.id}
          name={person.name}
          photo={photoOf(person)}
          square={person.kind === 'organization'}
          size={40}
        />
        <div>
          <strong>{nameOf(person)}</strong>
          <div className={classes.quiet}>{t('contacts.cards', { count: person.cards.length })}</div>
        </div>
      </div>
      <dl>
        {kinds.map((kind) => (
          <div key={kind}>
            <dt>{t(`contacts.kind.${kind}`)}</dt>
            {chosenOf(person, kind).map((value) => (
              <dd key={value.display}>{displayOf(value)}</dd>
            ))}
          </div>
        ))}
      </dl>
    </section>
  );
}
