import { Progress, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Estimate, Numbers, Outcome, Results, Sending, WhyNot } from '../../../../server/campaigns/contract.ts';
import { ago, number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { Why } from '../../ui/Why.tsx';
import { EstimateLines } from '../outreach/EstimateLines.tsx';
import { answerWords, reasonWhy } from '../outreach/words.ts';
import classes from './Campaigns.module.css';
import { Changed } from './Changed.tsx';
import { People } from './People.tsx';
import { resultsQuery, type Which } from './queries.ts';
import { Variants } from './Variants.tsx';
import { isOfGate, whyWords } from './words.ts';

const shown: Outcome[] = ['waiting', 'sent', 'inDoubt', 'failed', 'refused', 'aside', 'stopped', 'held'];

/** What became of everybody, in numbers that each open their list, and why. */
export function Progressing({
  campaignId,
  numbers,
  running,
  sending,
}: {
  campaignId: string;
  sending: Sending;
  numbers: Numbers;
  running: boolean;
}) {
  const { results } = useQuery(resultsQuery(campaignId, running)).data ?? { results: null };
  const [open, show] = useState<{ which: Which; title: string } | null>(null);
  const { planned, waiting } = numbers;
  const done = planned === 0 ? 100 : ((planned - waiting) / planned) * 100;
  const opening = (title: string, which: Which) => () => show({ which, title });
  return (
    <>
      {running && (
        <Progress.Root size="lg" role="group" aria-label={t('campaigns.progress')}>
          <Progress.Section
            value={done}
            aria-label={t('campaigns.progress.of', { done: planned - waiting, planned })}
          />
        </Progress.Root>
      )}
      <ul className={classes.numbers} aria-label={t('campaigns.results')}>
        <li>
          <div className={classes.number}>
            <span>{t('campaigns.number.planned')}</span>
            <strong>{number(planned)}</strong>
          </div>
        </li>
        {shown.map((outcome) => {
          const title = t(`campaigns.number.${outcome}`);
          if (numbers[outcome] === 0 && outcome !== 'sent') return null;
          return <Count key={outcome} title={title} value={numbers[outcome]} onOpen={opening(title, { outcome })} />;
        })}
        {(['replied', 'unsubscribed', 'bounced'] as const).map(
          (outcome) =>
            results !== null &&
            (results[outcome] ?? 0) > 0 && (
              <Count
                key={outcome}
                title={t(`campaigns.number.${outcome}`)}
                value={results[outcome] ?? 0}
                onOpen={opening(t(`campaigns.number.${outcome}`), { outcome })}
              />
            ),
        )}
        {(results?.heardFrom ?? 0) > 0 && (
          <li>
            <div className={classes.number}>
              <span>{t('campaigns.number.heardFrom')}</span>
              <strong>{number(results?.heardFrom ?? 0)}</strong>
            </div>
          </li>
        )}
      </ul>
      {results?.seen && <p className={classes.quiet}>{t('campaigns.seen', results.seen)}</p>}
      {results && <Causes numbers={numbers} results={results} onOpen={(which, title) => show({ which, title })} />}
      {sending.variants.length > 0 && (
        <Variants campaignId={campaignId} sending={sending} onOpen={(which, title) => show({ which, title })} />
      )}
      <Changed campaignId={campaignId} />
      {numbers.inDoubt > 0 && <p className={classes.problem}>{t('campaigns.doubts')}</p>}
      {open && <People campaignId={campaignId} {...open} onClose={() => show(null)} />}
    </>
  );
}

function Count({ title, value, onOpen }: { title: string; value: number; onOpen: () => void }) {
  return (
    <li>
      <UnstyledButton className={classes.number} onClick={onOpen} disabled={value === 0}>
        <span>{title}</span>
        <strong>{number(value)}</strong>
      </UnstyledButton>
    </li>
  );
}

function Causes({
  numbers,
  results,
  onOpen,
}: {
  numbers: Numbers;
  results: Results;
  onOpen: (which: Which, title: string) => void;
}) {
  const several = (outcome: 'refused' | 'aside') =>
    results[outcome].reduce((all, { people }) => all + people, 0) > numbers[outcome];
  return (
    <>
      {(['refused', 'aside'] as const).map(
        (outcome) =>
          results[outcome].length > 0 && (
            <section key={outcome} aria-label={t(`campaigns.why.${outcome}`)}>
              <p className={classes.quiet}>{t(`campaigns.why.${outcome}`)}</p>
              <ul className={classes.reasons}>
                {results[outcome].map(({ reason, people }) => (
                  <li key={reason}>
                    <span>{number(people)}</span>
                    <UnstyledButton onClick={() => onOpen({ outcome, reason }, whyWords(reason))}>
                      {whyWords(reason)}
                    </UnstyledButton>
                    <More reason={reason} />
                  </li>
                ))}
              </ul>
              {several(outcome) && <p className={classes.quiet}>{t('pressure.several')}</p>}
            </section>
          ),
      )}
      {results.failed.length > 0 && (
        <ul className={classes.reasons} aria-label={t('campaigns.number.failed')}>
          {results.failed.map(({ answer, people }) => (
            <li key={answer}>
              <span>{number(people)}</span>
              <span>{answerWords(answer)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const More = ({ reason }: { reason: WhyNot }) =>
  isOfGate(reason) ? <Why what={whyWords(reason)}>{reasonWhy(reason as Parameters<typeof reasonWhy>[0])}</Why> : null;

/** What the gate said when it was asked, in numbers. */
export function Estimated({ estimate }: { estimate: Estimate }) {
  return (
    <section aria-label={t('campaigns.estimate')}>
      <EstimateLines estimate={estimate} />
      <p className={classes.quiet}>{t('campaigns.estimate.at', { when: ago(estimate.at) })}</p>
    </section>
  );
}
