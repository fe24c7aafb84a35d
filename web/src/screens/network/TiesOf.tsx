import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Person } from '../../../../server/cards/contract.ts';
import { declareTie, endTie, listTies, type Tie } from '../../../../server/relations/paths-contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { TextLink } from '../../ui/links.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { Why } from '../../ui/Why.tsx';
import classes from './Network.module.css';
import { TieEditor } from './TieEditor.tsx';
import { bandWord, groundsInWords, isUnsaid } from './words.ts';

/** Who here knows a person, and with whom they are tied. */
export function TiesOf({ person }: { person: Pick<Person, 'id' | 'name'> }) {
  const [adding, add] = useState(false);
  const { data } = useQuery(reading(listTies, { personId: person.id }));
  if (!data) return null;
  return (
    <section aria-label={t('network.tiesOf')} className={classes.part}>
      <div className={classes.head}>
        <h2 className={classes.title}>{t('network.tiesOf')}</h2>
        <Button className="no-print" variant="subtle" size="compact-md" onClick={() => add(true)}>
          {t('network.addTie')}
        </Button>
      </div>
      <ul className={classes.ties}>
        {data.knownBy.map(({ member, mine, strength, band, grounds }) => (
          <li key={member.id} className={classes.tie}>
            <span>
              {t(mine ? 'network.iKnow' : 'network.knows', { who: member.name })}{' '}
              <Why what={t('network.tieTo', { name: person.name })}>
                {t('network.why.known', { strength, grounds: groundsInWords(grounds) })}
              </Why>
            </span>
            <span className={classes.quiet}>
              {!mine && isUnsaid(grounds) ? t('network.band.unsaid') : bandWord(band)}
            </span>
          </li>
        ))}
        {data.items.map((tie) => (
          <TieLine key={tie.id} tie={tie} person={person} />
        ))}
      </ul>
      {data.knownBy.length + data.items.length === 0 && <p className={classes.quiet}>{t('network.noTies')}</p>}
      {adding && <TieEditor person={person} onClose={() => add(false)} />}
    </section>
  );
}

function TieLine({ tie, person }: { tie: Tie; person: Pick<Person, 'id' | 'name'> }) {
  const { id: tieId, kind, forward, other, author, mine, declared, shared, note, strength, seenAt } = tie;
  const end = async () => {
    try {
      await call(endTie, { tieId });
      await refresh(listTies);
      const again = { personId: person.id, otherId: other.id, kind: kind as Exclude<Tie['kind'], 'met' | 'copied'> };
      offerUndo(t('network.tieEnded'), async () => {
        await call(declareTie, { ...again, backward: !forward, strength, shared, note });
        await refresh(listTies);
      });
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <li className={classes.tie}>
      <span>
        {t(`network.tie.${kind}`, { forward: String(forward) })}{' '}
        <TextLink to="/people/$personId" params={{ personId: other.id }}>
          {other.name || t('contacts.nameless')}
        </TextLink>{' '}
        <Why what={t('network.tieTo', { name: other.name })}>
          {t(declared ? 'network.why.declared' : kind === 'copied' ? 'network.why.copied' : 'network.why.met', {
            author: author.name,
            mine: String(mine),
            seen: String(seenAt !== null),
            day: seenAt ? longDate(seenAt) : '',
            strength,
          })}
        </Why>
        {note !== '' && <span className={classes.quiet}>{note}</span>}
        {mine && declared && (
          <span className={classes.quiet}>{t(shared ? 'relations.sharedMine' : 'relations.privateMine')}</span>
        )}
      </span>
      {mine && declared && (
        <Button className="no-print" variant="subtle" size="compact-sm" onClick={() => void end()}>
          {t('relations.end')}
        </Button>
      )}
    </li>
  );
}
