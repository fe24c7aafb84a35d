import type { Output } from '../../../../server/kernel/contract.ts';
import type { getDeparture } from '../../../../server/leaving/contract.ts';
import { t } from '../../i18n.ts';
import { Lines } from '../../ui/Lines.tsx';
import { Section } from '../../ui/Section.tsx';
import classes from '../settings/Settings.module.css';

/** Book by book, in numbers, what stays and what goes. */
export function WhatHappens({ departure }: { departure: Output<typeof getDeparture> }) {
  const { books, orphaned, onLeaving } = departure;
  const holding = books.filter(({ stays, goes }) => stays + goes > 0);
  return (
    <>
      <Section title={t('leaving.what')} lead={t(`leaving.rule.${onLeaving}`)}>
        {holding.length === 0 ? (
          <p>{t('leaving.none')}</p>
        ) : (
          <Lines>
            {holding.map(({ id, name, stays, goes }) => (
              <li key={id} className={classes.line}>
                <div className={classes.main}>
                  <strong>{name ?? t('leaving.books.private')}</strong>
                </div>
                <span className={classes.quiet}>
                  {[t('leaving.stays', { count: stays }), t('leaving.goes', { count: goes })].join(' · ')}
                </span>
              </li>
            ))}
          </Lines>
        )}
      </Section>
      {orphaned.length > 0 && (
        <Section title={t('leaving.orphaned')}>
          <Lines>
            {orphaned.map(({ id, name }) => (
              <li key={id} className={classes.line}>
                {name}
              </li>
            ))}
          </Lines>
        </Section>
      )}
    </>
  );
}
