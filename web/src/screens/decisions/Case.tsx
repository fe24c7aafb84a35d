import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { FullCase } from '../../../../server/decisions/contract.ts';
import { calendarDay, money } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { Why } from '../../ui/Why.tsx';
import { topicName } from '../voices/words.ts';
import { DecisionForm } from './DecisionForm.tsx';
import classes from './Decisions.module.css';
import { Issues } from './Issues.tsx';
import { Loop } from './Loop.tsx';
import { Quotes } from './Quotes.tsx';
import { caseQuery } from './queries.ts';
import { outcomeName, thresholdSentence } from './words.ts';

/** One topic that enough people spoke of: what is decided, what was said, who has been answered. */
export function Case() {
  const { caseId } = useParams({ from: '/members/voices/decisions/$caseId' });
  const { data, error, refetch } = useQuery(caseQuery(caseId));
  return (
    <Page
      title={data ? topicName(data.topic) : t('decisions.title')}
      lead={data && thresholdSentence(data.threshold)}
      width="reading"
    >
      <ButtonLink
        to="/voices/decisions"
        variant="subtle"
        color="gray"
        leftSection={<IconArrowLeft size={18} aria-hidden />}
      >
        {t('decisions.title')}
      </ButtonLink>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={8} />}
      {data && <Found of={data} />}
    </Page>
  );
}

function Found({ of }: { of: FullCase }) {
  return (
    <>
      <Mass of={of} />
      <Section title={t('decisions.decision')}>
        {of.proposed && <p className={classes.proposed}>{t('decisions.proposed.lead')}</p>}
        <Standing of={of} />
        {of.mayDecide && <DecisionForm key={of.version} of={of} />}
      </Section>
      <Issues of={of} />
      {of.heard > 0 ? <Loop of={of} /> : <p className={classes.small}>{t(`decisions.all.${of.allAnswered}`)}</p>}
      {of.heard > 0 && <Quotes of={of} />}
      <History of={of} />
    </>
  );
}

/** How many, as far as one hears them; who hears nobody is told that this is so. */
function Mass({ of }: { of: FullCase }) {
  const { weight, heard } = of;
  if (heard === 0) return <p className={classes.small}>{t('decisions.unheard')}</p>;
  return (
    <p>
      {weight
        ? t('decisions.mass', { people: weight.people, accounts: weight.accounts })
        : t('decisions.heard.many', { heard })}
      {weight &&
        weight.values.length > 0 &&
        ` ${t('decisions.worth', { value: weight.values.map(money).join(' · ') })}`}{' '}
      <Why what={t('decisions.mass.what')}>{t('decisions.mass.why')}</Why>
    </p>
  );
}

function Standing({ of: { outcome, words, owner, dueOn, team } }: { of: FullCase }) {
  return (
    <div className={classes.standing}>
      <p>
        <strong>{outcomeName(outcome)}</strong>
        {owner && ` – ${t('decisions.ownedBy', { name: owner.name })}`}
        {dueOn && ` ${t('decisions.dueOn', { day: calendarDay(dueOn) })}`}
        {outcome === null && ` – ${team ? t('decisions.ofTeam', { name: team.name }) : t('decisions.ofAdmins')}`}
      </p>
      {words && <p className={classes.words}>{words}</p>}
    </div>
  );
}

function History({ of: { history } }: { of: FullCase }) {
  return (
    <Section title={t('decisions.history')}>
      <ul className={classes.history}>
        {history.map((step) => (
          <li key={`${step.at} ${step.kind}`}>
            <time dateTime={step.at}>{calendarDay(step.at.slice(0, 10))}</time>{' '}
            {t(`decisions.step.${step.kind}`, {
              ...{ by: step.by ?? '', title: step.title ?? '', owner: step.owner ?? '' },
              outcome: outcomeName(step.outcome),
            })}
            {step.words && <span className={classes.small}> {step.words}</span>}
          </li>
        ))}
      </ul>
    </Section>
  );
}
