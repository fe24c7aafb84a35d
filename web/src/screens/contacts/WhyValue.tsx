import { ActionIcon, Button } from '@mantine/core';
import { IconCheck, IconPencil } from '@tabler/icons-react';
import { confirmFields, type Person, type PersonValue } from '../../../../server/cards/contract.ts';
import { call } from '../../api.ts';
import { ago, percent } from '../../format.ts';
import { t } from '../../i18n.ts';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { Why } from '../../ui/Why.tsx';
import classes from './Person.module.css';
import { refreshPerson } from './queries.ts';
import { alternativesOf, chosenOf, displayOf } from './values.ts';

interface WhyValueProps {
  person: Person;
  value: PersonValue;
  onEdit: () => void;
}

/** Why this value stands here, on whose word, and what else is said. */
export function WhyValue({ person, value, onEdit }: WhyValueProps) {
  const what = `${t(`contacts.kind.${value.kind}`)}, ${displayOf(value)}`;
  const others = alternativesOf(person, value);
  return (
    <span className={classes.acts}>
      <Why what={what}>
        <p className={classes.reason}>{reasonOf(person, value)}</p>
        <Evidence person={person} value={value} />
        <Age person={person} value={value} />
        {others.length > 0 && (
          <>
            <p className={classes.othersTitle}>{t('contacts.alternatives', { count: others.length })}</p>
            {others.map((other) => (
              <div key={other.display} className={classes.other}>
                <strong>{displayOf(other)}</strong>
                <Evidence person={person} value={other} />
              </div>
            ))}
          </>
        )}
      </Why>
      <ActionIcon className={classes.pencil} aria-label={t('contacts.edit', { what })} onClick={onEdit}>
        <IconPencil size={16} stroke={1.6} aria-hidden />
      </ActionIcon>
    </span>
  );
}

/** Of kinds that one may have several of, all are shown: then nothing was chosen, unless somebody's word set one apart. */
function reasonOf(person: Person, value: PersonValue): string {
  const count = chosenOf(person, value.kind).length;
  const setApart = ['confirmed', 'corrected', 'preferred'].includes(value.reason);
  return count > 1 && !setApart ? t('contacts.reason.among', { count }) : t(`contacts.reason.${value.reason}`);
}

/** How likely it is still right; whoever holds a card that says it can say so. */
function Age({ person, value }: { person: Person; value: PersonValue }) {
  if (!value.age) return null;
  const own = value.provenance.find(({ cardId }) => person.cards.some(({ id, mine }) => mine && id === cardId));
  const signs = value.age.signs.map((sign) => t(`contacts.age.${sign}`));
  return (
    <div className={classes.age}>
      <p>{[t('contacts.age', { percent: percent(value.age.likely) }), ...signs].join(' ')}</p>
      {own && (
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconCheck size={16} aria-hidden />}
          onClick={() => void confirm(person.id, own.cardId, own.fieldNo)}
        >
          {t('contacts.confirm')}
        </Button>
      )}
    </div>
  );
}

async function confirm(personId: string, cardId: string, fieldNo: number): Promise<void> {
  const fieldNos = [fieldNo];
  try {
    await call(confirmFields, { cardId, fieldNos });
    await refreshPerson(personId);
    offerUndo(t('contacts.confirmed'), async () => {
      await call(confirmFields, { cardId, fieldNos, confirm: false });
      await refreshPerson(personId);
    });
  } catch (error) {
    sayError(error);
  }
}

function Evidence({ person, value }: { person: Person; value: PersonValue }) {
  return (
    <ul className={classes.evidence}>
      {value.provenance.map(({ cardId, fieldNo, writtenBy, memberName, seenAt }) => {
        const card = person.cards.find(({ id }) => id === cardId);
        const when = ago(seenAt);
        return (
          <li key={`${cardId} ${fieldNo}`}>
            {t(`contacts.evidence.${writtenBy}`, {
              who: memberName ?? 'nobody',
              source: card?.source.name ?? '–',
              holder: card?.holder.name ?? '–',
              when,
            })}
          </li>
        );
      })}
    </ul>
  );
}
