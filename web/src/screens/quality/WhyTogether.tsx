import { Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ago } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Why } from '../../ui/Why.tsx';
import { explanationQuery } from './queries.ts';
import classes from './Reasons.module.css';
import { byWeight, chanceShare, reasonWords, strengthOf } from './words.ts';

/** "Why are these two cards together?", asked and answered beside the pair. */
export function WhyTogether({ pair, what }: { pair: string; what: string }) {
  return (
    <Why what={what}>
      <Explanation pair={pair} />
    </Why>
  );
}

function Explanation({ pair }: { pair: string }) {
  const { data, error } = useQuery(explanationQuery(pair));
  if (error) return <ErrorNotice error={error} />;
  if (!data) return <Loader size="sm" role="status" aria-label={t('shell.loading')} />;
  const { reasons, verdicts, probability, together } = data;
  return (
    <>
      {verdicts.map((verdict) => (
        <p key={verdict.id} className={classes.strength}>
          {t('quality.why.verdict', {
            who: verdict.mine ? 'me' : (verdict.memberName ?? 'nobody'),
            same: verdict.same ? 'yes' : 'no',
            when: ago(verdict.at),
          })}
        </p>
      ))}
      <p className={classes.detail}>
        {probability === null
          ? t(together ? 'quality.why.throughOthers' : 'quality.why.apart')
          : t('quality.why.chance', { share: chanceShare(probability) })}
      </p>
      <ul className={classes.evidence}>
        {byWeight(reasons).map((reason) => (
          <li key={reason.feature}>
            {reasonWords(reason)}{' '}
            <span className={classes.word}>{t(`quality.strength.${strengthOf(reason.weight)}`)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
