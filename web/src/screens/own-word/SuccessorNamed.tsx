import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { decideSuccessor, type Successor } from '../../../../server/self-update/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { say, sayError } from '../../ui/undo.tsx';
import classes from './OwnWord.module.css';
import { refreshOwnWord } from './queries.ts';

/** Whom they named as who took over; the holder decides whether a card is made. */
export function SuccessorNamed({ linkId, successor }: { linkId: string; successor: Successor }) {
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const decide = (add: boolean) => async () => {
    setBusy(true);
    try {
      const { cardId } = await call(decideSuccessor, { linkId, add });
      await refreshOwnWord();
      if (cardId) {
        say(t('ownWord.successor.added'));
        await navigate({ to: '/people/$personId', params: { personId: cardId } });
      }
    } catch (error) {
      sayError(error);
    } finally {
      setBusy(false);
    }
  };
  const { name, title, email, phone } = successor;
  return (
    <div className={classes.urgent}>
      <p>{t('ownWord.successor', { who: [name, title, email, phone].filter(Boolean).join(', ') })}</p>
      <div className={classes.acts}>
        <Button size="compact-md" variant="light" disabled={busy} onClick={() => void decide(true)()}>
          {t('ownWord.successor.add')}
        </Button>
        <Button size="compact-md" variant="subtle" disabled={busy} onClick={() => void decide(false)()}>
          {t('ownWord.successor.leave')}
        </Button>
      </div>
    </div>
  );
}
