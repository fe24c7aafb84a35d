import { Button } from '@mantine/core';
import { useState } from 'react';
import { type Offer, themself } from '../../../../server/cards/contract.ts';
import { ago } from '../../format.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import classes from './Offers.module.css';
import { decide } from './queries.ts';

/** A value that a colleague offers, and what one does with it. @param plain without the contact, where that is whom the page shows */
export function OfferLine({ offer, plain = false }: { offer: Offer; plain?: boolean }) {
  const { display, replaces, contact, from } = offer;
  const name = contact.name || t('contacts.nameless');
  const kind = t(`contacts.kind.${offer.kind}`);
  const what = { kind, value: display || (replaces ?? ''), name };
  const own = from.id === themself;
  const [busy, setBusy] = useState(false);
  const act = (decision: Parameters<typeof decide>[1]) => () => {
    setBusy(true);
    void decide(offer, decision).finally(() => setBusy(false));
  };
  return (
    <li className={classes.offer}>
      <div className={classes.said}>
        <span>
          {t(display === '' ? 'offers.removes' : replaces === null ? 'offers.adds' : 'offers.replaces', {
            kind,
            value: display,
            before: replaces ?? '',
          })}
        </span>
        <span className={classes.quiet}>
          {t(own ? 'offers.byThemself' : 'offers.by', { who: from.name, when: ago(offer.at) })}
          {!plain && (
            <>
              {' · '}
              <TextLink to="/people/$personId" params={{ personId: contact.id }} underline="always" size="sm">
                {name}
              </TextLink>
            </>
          )}
        </span>
      </div>
      <div className={classes.acts}>
        <Button
          variant="light"
          size="compact-md"
          aria-label={t('offers.acceptOne', what)}
          disabled={busy}
          onClick={act('accept')}
        >
          {t('offers.accept')}
        </Button>
        <Button
          variant="subtle"
          size="compact-md"
          aria-label={t('offers.ignoreOne', what)}
          disabled={busy}
          onClick={act('ignore')}
        >
          {t('offers.ignore')}
        </Button>
        {!own && (
          <Button variant="subtle" size="compact-md" disabled={busy} onClick={act('always')}>
            {t('offers.always', { who: from.name })}
          </Button>
        )}
      </div>
    </li>
  );
}
