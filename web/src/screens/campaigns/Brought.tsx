import { UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { attributionDays, type BroughtBy, type Sums } from '../../../../server/campaigns/brought-contract.ts';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import planClasses from '../plan/Plan.module.css';
import { People } from './People.tsx';
import { broughtQuery, type Which } from './queries.ts';
import { points } from './words.ts';

/** What left, and what followed, in this order. */
const followed = ['met', 'attended', 'answered', 'bought', 'voices'] as const;
const sums = ['sent', 'reached', 'replied', ...followed, 'unsubscribed', 'bounced', 'weight'] as const;
const columns = ['people', ...sums, 'uplift'] as const;
type Column = (typeof columns)[number];

/** What a programme brought, as far as it is measured, campaign by campaign. */
export function Brought({ programmeId }: { programmeId: string }) {
  const { data } = useQuery(broughtQuery(programmeId));
  const begun = data?.items.filter(({ sent, people }) => sent > 0 || people !== null) ?? [];
  if (!data || begun.length === 0) return null;
  return (
    <Section title={t('campaigns.brought.title')} lead={t('campaigns.brought.rule', { days: attributionDays })}>
      <BroughtTable title={t('campaigns.brought.title')} items={begun} all={data.all} />
    </Section>
  );
}

/** A number that is told; `few`: it would tell of one; `closed`: the reader may see nothing of the kind. */
type Told = number | 'few' | 'closed' | 'none';

function toldOf(one: Sums, column: (typeof sums)[number]): Told {
  if (column === 'replied') return one.replied ?? (one.sent > 0 ? 'few' : 'none');
  if (column !== 'met' && column !== 'attended' && column !== 'answered' && column !== 'bought' && column !== 'voices')
    return one[column];
  if (one.after === null) return one.sent > 0 ? 'few' : 'none';
  return one.after[column] ?? 'closed';
}

const wordsOf = (told: Told): string => {
  if (typeof told === 'number') return number(told);
  return told === 'none' ? '–' : t(`campaigns.brought.${told}`);
};

interface Listed {
  campaignId: string;
  which: Which;
  title: string;
}

/** Each number of a campaign with a list opens it; what follows stands beside the rule that is told above. */
export function BroughtTable({
  title,
  items,
  all,
}: {
  title: string;
  items: readonly BroughtBy[];
  all?: Sums | undefined;
}) {
  const [open, show] = useState<Listed | null>(null);
  return (
    <>
      <Table title={title} first={t('plan.campaign.name')} columns={columns}>
        {items.map((one) => (
          <tr key={one.campaign.id}>
            <th scope="row" dir="auto">
              <TextLink to="/plan/campaigns/$campaignId" params={{ campaignId: one.campaign.id }}>
                {one.campaign.name}
              </TextLink>
            </th>
            {columns.map((column) => (
              <td key={column}>
                <Cell one={one} column={column} onOpen={show} />
              </td>
            ))}
          </tr>
        ))}
        {all && items.length > 1 && <SumsRow name={t('campaigns.brought.all')} all={all} columns={columns} />}
      </Table>
      {open && <People {...open} onClose={() => show(null)} />}
    </>
  );
}

const listed = { sent: 'sent', replied: 'replied', unsubscribed: 'unsubscribed', bounced: 'bounced' } as const;
const hasList = (column: Column): column is keyof typeof listed => column in listed;

function Cell({ one, column, onOpen }: { one: BroughtBy; column: Column; onOpen: (listed: Listed) => void }) {
  if (column === 'uplift')
    return (
      one.uplift.map(({ deed, difference }) => `${t(`campaigns.deed.${deed}`)} ${points(difference)}`).join(', ') || '–'
    );
  if (column === 'people') return one.people === null ? '–' : number(one.people);
  const told = toldOf(one, column);
  const words = wordsOf(told);
  // A scenario's people stand with the scenario.
  if (one.campaign.kind !== 'campaign' || typeof told !== 'number' || told === 0 || !hasList(column)) return words;
  const title = t(`campaigns.brought.${column}`);
  return (
    <UnstyledButton
      className={planClasses.open}
      aria-label={t('campaigns.brought.open', { title, value: words, name: one.campaign.name })}
      onClick={() => onOpen({ campaignId: one.campaign.id, which: { outcome: listed[column] }, title })}
    >
      {words}
    </UnstyledButton>
  );
}

/** What each of several brought, and all together. */
export function SumsTable({
  title,
  rows,
  all,
}: {
  title: string;
  rows: readonly { id: string; name: string; all: Sums }[];
  all: Sums;
}) {
  return (
    <Table title={title} first={t('plan.programme')} columns={sums}>
      {rows.map((row) => (
        <tr key={row.id}>
          <th scope="row" dir="auto">
            <TextLink to="/plan/programmes/$programmeId" params={{ programmeId: row.id }}>
              {row.name}
            </TextLink>
          </th>
          {sums.map((column) => (
            <td key={column}>{wordsOf(toldOf(row.all, column))}</td>
          ))}
        </tr>
      ))}
      {rows.length > 1 && <SumsRow name={t('campaigns.brought.all')} all={all} columns={sums} />}
    </Table>
  );
}

function SumsRow({ name, all, columns: shown }: { name: string; all: Sums; columns: readonly Column[] }) {
  return (
    <tr className={planClasses.sum}>
      <th scope="row">{name}</th>
      {shown.map((column) => (
        <td key={column}>{column === 'people' || column === 'uplift' ? '' : wordsOf(toldOf(all, column))}</td>
      ))}
    </tr>
  );
}

function Table({
  title,
  first,
  columns: shown,
  children,
}: {
  title: string;
  first: string;
  columns: readonly Column[];
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than a phone is moved by the keyboard too (axe: scrollable-region-focusable)
    <section aria-label={title} className={planClasses.wide} tabIndex={0}>
      <table className={planClasses.table}>
        <thead>
          <tr>
            <th scope="col">{first}</th>
            {shown.map((column) => (
              <th key={column} scope="col">
                {t(`campaigns.brought.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
