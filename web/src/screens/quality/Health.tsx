import { useQuery } from '@tanstack/react-query';
import type { Output } from '../../../../server/kernel/contract.ts';
import type { getHealth } from '../../../../server/matching/contract.ts';
import { number, percent } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { Decay } from './Decay.tsx';
import { FullRun } from './FullRun.tsx';
import classes from './Health.module.css';
import { Months } from './Months.tsx';
import { Precision } from './Precision.tsx';
import { healthQuery } from './queries.ts';

export type HealthReport = Output<typeof getHealth>;

/** How good the reference is, as far as one may see it. */
export function Health() {
  const { data, error, refetch } = useQuery(healthQuery);
  return (
    <Page title={t('quality.health.title')} lead={t('quality.health.lead')}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={5} />}
      {data && (
        <>
          <p className={classes.sum}>
            {t('quality.health.sum', { cards: data.cards, persons: data.persons, organizations: data.organizations })}{' '}
            <TextLink to="/quality" search={{}}>
              {t('quality.wait', { count: data.waiting, more: data.moreWaiting ? 'yes' : 'no' })}
            </TextLink>
          </p>
          <Section title={t('quality.months')} lead={t('quality.months.lead')}>
            <Months months={data.months} />
          </Section>
          <div className={classes.columns}>
            <Section title={t('quality.fill')} lead={t('quality.fill.lead')}>
              <Bars
                bars={data.fill.map(({ kind, share }) => ({ label: kindWord(kind), share, text: percent(share) }))}
              />
            </Section>
            <Section title={t('contacts.facet.freshness')} lead={t('quality.freshness.lead')}>
              <Bars bars={freshnessBars(data)} />
            </Section>
          </div>
          <Section title={t('quality.disagreements')} lead={t('quality.disagreements.lead')}>
            <Disagreements of={data.disagreements} />
          </Section>
          <Decay />
          <Section title={t('quality.matching')}>
            <Precision value={data.wrongPerThousand} />
            <FullRun run={data.run} />
          </Section>
        </>
      )}
    </Page>
  );
}

const kindWord = (kind: string) => told(`contacts.kind.${kind}`) ?? kind;

function freshnessBars({ freshness }: HealthReport): Bar[] {
  const all = Math.max(
    1,
    freshness.reduce((sum, { count }) => sum + count, 0),
  );
  return freshness.map(({ value, count }) => ({
    label: told(`contacts.freshness.${value}`) ?? value,
    share: count / all,
    text: number(count),
  }));
}

interface Bar {
  label: string;
  share: number;
  text: string;
}

/** The figure says it; the bar lets one compare. */
function Bars({ bars }: { bars: Bar[] }) {
  return (
    <table className={classes.bars}>
      <tbody>
        {bars.map(({ label, share, text }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td className={classes.track}>
              <span className={classes.bar} style={{ width: `${Math.round(share * 100)}%` }} />
            </td>
            <td className={classes.figure}>{text}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Disagreements({ of }: { of: HealthReport['disagreements'] }) {
  if (of.length === 0) return <p className={classes.quiet}>{t('quality.disagreements.none')}</p>;
  return (
    <ul className={classes.list}>
      {of.map(({ kind, count, examples }) => (
        <li key={kind}>
          <strong>{t('quality.disagreements.of', { kind: kindWord(kind), count })}</strong>
          <span className={classes.examples}>
            {examples.map(({ personId, name }) => (
              <TextLink key={personId} to="/people/$personId" params={{ personId }}>
                {name || t('contacts.nameless')}
              </TextLink>
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}
