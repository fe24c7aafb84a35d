import { Button } from '@mantine/core';
import { useState } from 'react';
import { removeCard } from '../../../../server/cards/contract.ts';
import { type Correspondent, makeCard, reopenProposal, setAside } from '../../../../server/correspondents/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import classes from './Mailboxes.module.css';
import { refreshMail } from './queries.ts';
import { mailOf, meetingsOf } from './sentences.ts';

/** Somebody one exchanges mail with, and what one does about it. */
export function CorrespondentLine({ one }: { one: Correspondent }) {
  const { id: correspondentId, email, cardId } = one;
  const name = one.name || email;
  const [busy, setBusy] = useState(false);
  const act = async (work: () => Promise<void>) => {
    setBusy(true);
    await work().catch(sayError);
    await refreshMail();
    setBusy(false);
  };
  const make = () =>
    act(async () => {
      const { id, proposalId } = await call(makeCard, { correspondentId });
      offerUndo(t('mailboxes.done.made', { who: name }), async () => {
        await (proposalId ? call(reopenProposal, { proposalId }) : call(removeCard, { cardId: id }));
        await refreshMail();
      });
    });
  const leave = () =>
    act(async () => {
      await call(setAside, { correspondentId, aside: !one.setAside });
      if (one.setAside) return;
      offerUndo(t('mailboxes.done.aside', { who: name }), async () => {
        await call(setAside, { correspondentId, aside: false });
        await refreshMail();
      });
    });
  return (
    <li className={classes.line}>
      <div className={classes.main}>
        {cardId ? (
          <TextLink to="/people/$personId" params={{ personId: cardId }}>
            {name}
          </TextLink>
        ) : (
          <strong>{name}</strong>
        )}
        {one.name && <span className={classes.quiet}>{email}</span>}
        {[mailOf(one), meetingsOf(one)].filter(Boolean).map((line) => (
          <span key={line} className={classes.quiet}>
            {line}
          </span>
        ))}
        <Signs one={one} />
      </div>
      <div className={classes.acts}>
        {!cardId && !one.setAside && (
          <Button
            variant="light"
            disabled={busy}
            onClick={() => void make()}
            aria-label={t('mailboxes.makeOne', { who: name })}
          >
            {t('mailboxes.make')}
          </Button>
        )}
        {!cardId && (
          <Button
            variant="subtle"
            disabled={busy}
            onClick={() => void leave()}
            aria-label={t(one.setAside ? 'mailboxes.askAgainOne' : 'mailboxes.asideOne', { who: name })}
          >
            {t(one.setAside ? 'mailboxes.askAgain' : 'mailboxes.aside')}
          </Button>
        )}
      </div>
    </li>
  );
}

/** What their mailbox answered. */
export function Signs({ one: { awayUntil, leftAt } }: { one: Correspondent }) {
  const away = awayUntil !== null && awayUntil >= new Date().toISOString().slice(0, 10);
  if (leftAt) return <span className={classes.sign}>{t('mailboxes.left', { date: longDate(leftAt) })}</span>;
  return away ? <span className={classes.sign}>{t('mailboxes.away', { date: longDate(awayUntil) })}</span> : null;
}
