import { Button } from '@mantine/core';
import { IconUserCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Person } from '../../../../server/cards/contract.ts';
import { endLink, type Link } from '../../../../server/self-update/contract.ts';
import { call } from '../../api.ts';
import { ago, longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { say, sayError } from '../../ui/undo.tsx';
import { AskThem } from './AskThem.tsx';
import { ForgetAsked } from './ForgetAsked.tsx';
import classes from './OwnWord.module.css';
import { linksQuery, refreshOwnWord } from './queries.ts';
import { SuccessorNamed } from './SuccessorNamed.tsx';

/** The addresses that stand on cards of mine: to these a link can go. */
function addressesOf({ values, cards }: Person): { id: string; address: string }[] {
  const mine = new Set(cards.filter((card) => card.mine && card.source.kind !== 'self').map(({ id }) => id));
  return values.flatMap(({ kind, display, contactPoint, provenance }) =>
    kind === 'email' && contactPoint && provenance.some(({ cardId }) => mine.has(cardId))
      ? [{ id: contactPoint.id, address: display }]
      : [],
  );
}

/** What a person says of themself: links that I sent, who took over, and whether they want to be forgotten. */
export function OwnWordOf({ person }: { person: Person }) {
  const { data } = useQuery(linksQuery(person.id));
  const [asking, ask] = useState(false);
  const addresses = addressesOf(person);
  const forgets = data?.forgets.filter(({ outcome }) => outcome === null) ?? [];
  if (person.kind !== 'person' || (addresses.length === 0 && !data?.links.length && forgets.length === 0)) return null;
  return (
    <section aria-label={t('ownWord.of')} className={`${classes.part} no-print`}>
      <h2 className={classes.partTitle}>{t('ownWord.of')}</h2>
      {forgets.map((forget) => (
        <ForgetAsked key={forget.id} forget={forget} />
      ))}
      {data?.links.slice(0, 3).map((link) => (
        <LinkState key={link.id} link={link} />
      ))}
      {addresses.length > 0 && forgets.length === 0 && (
        <Button
          variant="subtle"
          size="compact-md"
          leftSection={<IconUserCheck size={16} aria-hidden />}
          onClick={() => ask(true)}
        >
          {t('ownWord.ask')}
        </Button>
      )}
      {asking && <AskThem person={person} addresses={addresses} onClose={() => ask(false)} />}
    </section>
  );
}

function LinkState({ link }: { link: Link }) {
  const { id: linkId, state, createdAt, expiresAt, answeredAt, endedBy, successor } = link;
  const end = async () => {
    try {
      await call(endLink, { linkId });
      await refreshOwnWord();
      say(t('ownWord.endedLink'));
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <div className={classes.state}>
      <p>
        {t(`ownWord.state.${state}`, {
          when: ago(createdAt),
          until: longDate(expiresAt),
          answered: answeredAt ? ago(answeredAt) : '',
          by: endedBy ?? 'holder',
        })}
      </p>
      {successor && <SuccessorNamed linkId={linkId} successor={successor} />}
      {(state === 'open' || state === 'answered') && (
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => void end()}>
          {t('ownWord.endLink')}
        </Button>
      )}
    </div>
  );
}
