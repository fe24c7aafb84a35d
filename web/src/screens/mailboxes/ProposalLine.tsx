import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import {
  acceptProposal,
  declineProposal,
  type Proposal,
  reopenProposal,
} from '../../../../server/correspondents/contract.ts';
import { call } from '../../api.ts';
import { ago, percent } from '../../format.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { Why } from '../../ui/Why.tsx';
import classes from './Mailboxes.module.css';
import { refreshMail } from './queries.ts';

/** What one message says of somebody: all of it is accepted at one word, or only what stays ticked. */
export function ProposalLine({ proposal }: { proposal: Proposal }) {
  const { id: proposalId, card, values, writtenAt } = proposal;
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  const [busy, setBusy] = useState(false);
  const who = nameOf(proposal);
  const decide = async (accept: boolean) => {
    setBusy(true);
    try {
      const chosen = values.map(({ no }) => no).filter((no) => !left.has(no));
      if (accept) await call(acceptProposal, { proposalId, ...(left.size > 0 && { values: chosen }) });
      else await call(declineProposal, { proposalId });
      const done = accept ? (card ? 'changed' : 'made') : 'declined';
      offerUndo(t(`mailboxes.done.${done}`, { who }), async () => {
        await call(reopenProposal, { proposalId });
        await refreshMail();
      });
    } catch (error) {
      sayError(error);
    }
    await refreshMail();
    setBusy(false);
  };
  return (
    <li className={classes.proposal}>
      <div className={classes.who}>
        {card ? (
          <TextLink to="/people/$personId" params={{ personId: card.id }}>
            {who}
          </TextLink>
        ) : (
          <strong>{who}</strong>
        )}
        <span className={classes.quiet}>
          {t(`mailboxes.said.${proposal.kind}`, { when: ago(writtenAt), of: proposal.of ?? '', email: proposal.email })}
          {' · '}
          {t(card ? 'mailboxes.changesCard' : 'mailboxes.makesCard')}
        </span>
      </div>
      <ul className={classes.values}>
        {values.map((value) => (
          <li key={value.no} className={classes.value}>
            <Checkbox
              checked={!left.has(value.no)}
              disabled={values.length === 1}
              onChange={() => setLeft(toggled(left, value.no))}
              label={
                <span className={classes.display}>
                  <span className={classes.kind}>{t(`contacts.kind.${value.kind}`)}</span>
                  <span>
                    {value.replaces === null
                      ? value.display
                      : t('mailboxes.instead', { value: value.display, before: value.replaces })}
                  </span>
                </span>
              }
            />
            <Why what={t(`contacts.kind.${value.kind}`)}>
              <p>{t('mailboxes.why', { percent: percent(value.confidence) })}</p>
              <blockquote className={classes.quote}>{value.line}</blockquote>
            </Why>
          </li>
        ))}
      </ul>
      <div className={classes.acts}>
        <Button
          variant="light"
          disabled={busy || left.size === values.length}
          onClick={() => void decide(true)}
          aria-label={t('mailboxes.acceptOne', { who })}
        >
          {t(card ? 'mailboxes.accept' : 'mailboxes.acceptNew')}
        </Button>
        <Button
          variant="subtle"
          disabled={busy}
          onClick={() => void decide(false)}
          aria-label={t('mailboxes.declineOne', { who })}
        >
          {t('mailboxes.decline')}
        </Button>
      </div>
    </li>
  );
}

/** The card's name, else the one that the message gives, else the address. */
function nameOf({ card, name, email, values }: Proposal): string {
  const said = values.find(({ kind }) => kind === 'name')?.display;
  return card?.name || said || name || email;
}

function toggled(set: ReadonlySet<number>, no: number): Set<number> {
  const next = new Set(set);
  if (!next.delete(no)) next.add(no);
  return next;
}
