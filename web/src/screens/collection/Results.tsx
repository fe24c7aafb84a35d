import { useQuery } from '@tanstack/react-query';
import { fewest, type Mechanism, type Results as Shown } from '../../../../server/collection/contract.ts';
import { longDate, money, number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { Section } from '../../ui/Section.tsx';
import classes from './Collection.module.css';
import { resultsQuery } from './queries.ts';
import { hundredths, withInterval } from './words.ts';

/** What a test has shown: both halves side by side, then what follows, each with how sure it is. */
export function Results({ mechanism }: { mechanism: Mechanism }) {
  const { data } = useQuery(resultsQuery(mechanism.id));
  const results = data?.results;
  if (!results) return null;
  const { since, until } = results;
  return (
    <Section
      title={t('collection.results')}
      lead={
        until
          ? t('collection.results.over', { from: longDate(since), to: longDate(until) })
          : t('collection.results.since', { from: longDate(since) })
      }
    >
      <Halves results={results} />
      <Sentences results={results} />
      <p className={classes.quiet}>{t('collection.results.how', { fewest })}</p>
    </Section>
  );
}

function Halves({ results: { asked, control } }: { results: Shown }) {
  const rows = [
    ['collection.results.sent', (one: Shown['asked']) => number(one.sent)],
    ['collection.results.confirmed', (one: Shown['asked']) => number(one.confirmed)],
    [
      'collection.results.filled',
      (one: Shown['asked']) =>
        one.rate ? withInterval(one.rate) : `${number(one.filled)} (${t('collection.results.few')})`,
    ],
    [
      'collection.results.optedOut',
      (one: Shown['asked']) => (one.optedOut ? withInterval(one.optedOut) : t('collection.results.few')),
    ],
  ] as const;
  return (
    <table className={classes.results}>
      <thead>
        <tr>
          <td />
          <th scope="col">{t('collection.results.asked')}</th>
          <th scope="col">{t('collection.results.control')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([key, of]) => (
          <tr key={key}>
            <th scope="row">{t(key)}</th>
            <td>{of(asked)}</td>
            <td>{of(control)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Sentences({ results }: { results: Shown }) {
  const { gain, optOut, askedShare, quality, eurosPerValue } = results;
  const sure = (share: { low: number; high: number }) => share.low > 0 || share.high < 0;
  return (
    <ul>
      {gain && (
        <li>
          {t(sure(gain) ? 'collection.results.gain' : 'collection.results.gainUnsure', {
            value: hundredths(gain.value),
            low: hundredths(gain.low),
            high: hundredths(gain.high),
          })}
        </li>
      )}
      {optOut && <li>{t('collection.results.optOut', { interval: withInterval(optOut) })}</li>}
      {askedShare && (
        <li>
          {t(askedShare.high < 50 ? 'collection.results.driven' : 'collection.results.even', {
            interval: withInterval(askedShare),
          })}
        </li>
      )}
      {quality.firstTry && <li>{t('collection.results.firstTry', { interval: withInterval(quality.firstTry) })}</li>}
      {quality.standing && <li>{t('collection.results.standing', { interval: withInterval(quality.standing) })}</li>}
      {eurosPerValue !== null && (
        <li>
          {t('collection.results.cost', { cost: money({ cents: Math.round(eurosPerValue * 100), currency: 'EUR' }) })}
        </li>
      )}
    </ul>
  );
}
