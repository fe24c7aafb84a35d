import { useQuery } from '@tanstack/react-query';
import type { BroughtBy } from '../../../../server/campaigns/contract.ts';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import planClasses from '../plan/Plan.module.css';
import classes from './Campaigns.module.css';
import { broughtQuery } from './queries.ts';
import { points } from './words.ts';

const columns = [
  'people',
  'sent',
  'replied',
  'attended',
  'answered',
  'bought',
  'unsubscribed',
  'bounced',
  'weight',
  'uplift',
] as const;

/** What a programme brought, as far as it is measured, campaign by campaign. */
export function Brought({ programmeId }: { programmeId: string }) {
  const { data } = useQuery(broughtQuery(programmeId));
  const begun = data?.items.filter(({ sent, people }) => sent > 0 || people !== null) ?? [];
  if (begun.length === 0) return null;
  return (
    <Section title={t('campaigns.brought.title')}>
      <p className={classes.quiet}>{t('campaigns.brought.lead')}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than a phone is moved by the keyboard too (axe: scrollable-region-focusable) */}
      <section aria-label={t('campaigns.brought.title')} className={planClasses.wide} tabIndex={0}>
        <table className={planClasses.table}>
          <thead>
            <tr>
              <th scope="col">{t('plan.campaign.name')}</th>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {t(`campaigns.brought.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {begun.map((one) => (
              <tr key={one.campaign.id}>
                <th scope="row" dir="auto">
                  <TextLink to="/plan/campaigns/$campaignId" params={{ campaignId: one.campaign.id }}>
                    {one.campaign.name}
                  </TextLink>
                </th>
                {columns.map((column) => (
                  <td key={column}>{cellOf(one, column)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Section>
  );
}

function cellOf(one: BroughtBy, column: (typeof columns)[number]): string {
  if (column === 'uplift')
    return (
      one.uplift.map(({ deed, difference }) => `${t(`campaigns.deed.${deed}`)} ${points(difference)}`).join(', ') || '–'
    );
  if (column === 'attended' || column === 'answered' || column === 'bought')
    return one.deeds ? number(one.deeds[column]) : '–';
  if (column === 'replied') return one.replied === null ? t('campaigns.brought.few') : number(one.replied);
  const value = one[column];
  return value === null ? '–' : number(value);
}
