import { ActionIcon } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import type { Person, PersonValue } from '../../../../server/cards/contract.ts';
import { ago } from '../../format.ts';
import { t } from '../../i18n.ts';
import { Why } from '../../ui/Why.tsx';
import classes from './Person.module.css';
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
  const setApart = ['corrected', 'preferred'].includes(value.reason);
  return count > 1 && !setApart ? t('contacts.reason.among', { count }) : t(`contacts.reason.${value.reason}`);
}

function Evidence({ person, value }: { person: Person; value: PersonValue }) {
  return (
    <ul className={classes.evidence}>
      {value.provenance.map(({ cardId, fieldNo, writtenBy, memberName, seenAt }) => {
        const card = person.cards.find(({ id }) => id === cardId);
        const when = ago(seenAt);
        return (
          <li key={`${cardId} ${fieldNo}`}>
            {writtenBy === 'member'
              ? t('contacts.evidence.member', { who: memberName ?? 'nobody', when })
              : t('contacts.evidence.source', {
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
