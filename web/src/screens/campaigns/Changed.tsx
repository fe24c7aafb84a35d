import { useQuery } from '@tanstack/react-query';
import type { Change } from '../../../../server/campaigns/contract.ts';
import { longDate, percent } from '../../format.ts';
import { t } from '../../i18n.ts';
import classes from './Campaigns.module.css';
import { changeQuery } from './queries.ts';
import { points } from './words.ts';

/** What people did since, those it was for beside those held back, and whether the difference tells anything. */
export function Changed({ campaignId }: { campaignId: string }) {
  const { data } = useQuery(changeQuery(campaignId));
  if (!data?.until) return null;
  const shown = data.changes.filter(({ meant, held }) => meant.did + held.did > 0);
  const compared = data.changes.some(({ uplift }) => uplift !== null);
  return (
    <section aria-label={t('campaigns.change')}>
      <h3>{t('campaigns.change')}</h3>
      <p className={classes.quiet}>
        {t(compared ? 'campaigns.change.lead' : 'campaigns.change.alone', { day: longDate(data.until) })}
      </p>
      {shown.length === 0 ? (
        <p className={classes.quiet}>{t('campaigns.change.none')}</p>
      ) : (
        <ul className={classes.reasons}>
          {shown.map((change) => (
            <li key={change.deed} className={classes.change}>
              <strong>{t(`campaigns.deed.${change.deed}`)}</strong>
              <span>{sharesOf(change)}</span>
              {change.uplift && <span>{wordsOf(change.uplift)}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const share = ({ did, people }: Change['meant']): number => (people === 0 ? 0 : did / people);

function sharesOf({ meant, held, uplift }: Change): string {
  const values = { did: meant.did, people: meant.people, share: percent(share(meant), 1) };
  if (!uplift) return t('campaigns.change.share', values);
  return t('campaigns.change.shares', {
    ...values,
    heldDid: held.did,
    held: held.people,
    heldShare: percent(share(held), 1),
  });
}

/** An interval that holds nought says nothing. */
function wordsOf({ difference, from, to }: NonNullable<Change['uplift']>): string {
  const values = { difference: points(difference), from: points(from), to: points(to) };
  if (from <= 0 && to >= 0) return t('campaigns.uplift.open', values);
  return t(from > 0 ? 'campaigns.uplift.more' : 'campaigns.uplift.less', values);
}
