import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { endHunt, type Hunt } from '../../../../server/hunting/contract.ts';
import type { FullCampaign } from '../../../../server/plan/contract.ts';
import { call } from '../../api.ts';
import { calendarDay } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { ButtonLink, TextLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { HuntForm } from './HuntForm.tsx';
import classes from './Hunting.module.css';
import { huntQuery, refreshHunts, writtenQuery } from './queries.ts';

/** The pack hunt of a campaign: opened by who leads it, who then sees how far each holder is; holders go to their list. */
export function HuntSection({ campaign }: { campaign: FullCampaign }) {
  const { data, error } = useQuery(huntQuery(campaign.id));
  const [open, setOpen] = useState(false);
  if (campaign.kind !== 'campaign' || campaign.channel !== 'email') return null;
  if (error) return <ErrorNotice error={error} />;
  if (!data) return null;
  const { hunt } = data;
  if (!hunt && !campaign.mine) return null;
  const approved = campaign.steps.some(({ step, done }) => step === 'approval' && done !== null);
  return (
    <Section
      title={t('hunting.title')}
      lead={t('hunting.lead')}
      actions={
        hunt ? (
          <ButtonLink
            className="no-print"
            variant="default"
            size="compact-md"
            to="/hunts/$huntId"
            params={{ huntId: hunt.id }}
          >
            {t('hunting.mine')}
          </ButtonLink>
        ) : (
          approved &&
          campaign.segment && (
            <Button className="no-print" size="compact-md" onClick={() => setOpen(true)}>
              {t('hunting.open')}
            </Button>
          )
        )
      }
    >
      {hunt ? (
        <Standing hunt={hunt} />
      ) : (
        <p className={classes.quiet}>
          {t(!approved ? 'hunting.needs.approval' : campaign.segment ? 'hunting.none' : 'hunting.needs.segment')}
        </p>
      )}
      {open && <HuntForm campaignId={campaign.id} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function Standing({ hunt }: { hunt: Hunt }) {
  const [changing, change] = useState(false);
  const end = async () => {
    try {
      await call(endHunt, { huntId: hunt.id });
      say(t('hunting.ended.said'));
    } catch (error) {
      sayError(error);
    }
    await refreshHunts();
  };
  return (
    <>
      <p>
        {t(hunt.ended ? 'hunting.ended' : 'hunting.until', { day: calendarDay(hunt.endsOn), name: hunt.openedBy.name })}
        {hunt.mine && hunt.unknown > 0 && ` ${t('hunting.unknown', { people: hunt.unknown })}`}
      </p>
      {hunt.mine && !hunt.ended && (
        <div className={`${classes.acts} no-print`}>
          <Button variant="default" size="compact-md" onClick={() => change(true)}>
            {t('hunting.change')}
          </Button>
          <Button variant="default" size="compact-md" onClick={() => void end()}>
            {t('hunting.end')}
          </Button>
        </div>
      )}
      <Coverage hunt={hunt} />
      {hunt.mine && <Written huntId={hunt.id} />}
      {changing && <HuntForm campaignId={hunt.campaignId} hunt={hunt} onClose={() => change(false)} />}
    </>
  );
}

const columns = ['proposed', 'contributed', 'written', 'answered', 'meetings'] as const;

/** How far holders are, in numbers alone: whom somebody has let go stays theirs to know. */
function Coverage({ hunt }: { hunt: Hunt }) {
  if (hunt.holders.length === 0) return <p className={classes.quiet}>{t('hunting.nobody')}</p>;
  return (
    // Scrolled by keyboard, too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard
    <section className={classes.scroll} tabIndex={0} aria-label={t('hunting.coverage')}>
      <table className={classes.coverage}>
        <thead>
          <tr>
            <th scope="col">{t('hunting.holder')}</th>
            {columns.map((column) => (
              <th key={column} scope="col" className={classes.number}>
                {t(`hunting.column.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hunt.holders.map(({ holder, ...counts }) => (
            <tr key={holder.id}>
              <th scope="row">{holder.name}</th>
              {columns.map((column) => (
                <td key={column} className={classes.number}>
                  {counts[column]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Written({ huntId }: { huntId: string }) {
  const list = useInfiniteQuery(writtenQuery(huntId));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) return null;
  return (
    <>
      <h3>{t('hunting.writtenTo')}</h3>
      <Lines>
        {items.map(({ personId, name, organization, holder, outcome }) => (
          <li key={personId}>
            <TextLink to="/people/$personId" params={{ personId }} dir="auto">
              {name || t('contacts.nameless')}
            </TextLink>
            <p className={classes.quiet}>
              {[organization, t('hunting.by', { name: holder.name }), outcome && t(`hunting.outcome.${outcome}`)]
                .filter(Boolean)
                .join(' · ')}
            </p>
          </li>
        ))}
      </Lines>
      {list.hasNextPage && (
        <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('surveys.answers.more')}
        </Button>
      )}
    </>
  );
}
