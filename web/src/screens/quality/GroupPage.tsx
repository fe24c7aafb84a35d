import { Button, Checkbox } from '@mantine/core';
import { IconArrowLeft, IconCheck, IconEqual, IconEqualNot } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Proposal } from '../../../../server/matching/contract.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { offerUndo } from '../../ui/undo.tsx';
import bulk from './Bulk.module.css';
import { Comparison } from './Comparison.tsx';
import { type Act, carryOut } from './decisions.ts';
import classes from './Groups.module.css';
import { countsQuery, groupQuery, refreshReference } from './queries.ts';
import type { HuntFilter } from './search.ts';
import { useChosen } from './useChosen.ts';
import { chanceShare, nameOf, sentenceOf } from './words.ts';

/** How many one looks through before one decides; more follow. */
const atOnce = 50;

interface GroupPageProps {
  filter: HuntFilter;
  group: string;
}

/** The pairs of one kind: look them through, leave out what is otherwise, decide on the rest at once. */
export function GroupPage({ filter, group }: GroupPageProps) {
  const list = useQuery(groupQuery(filter, group, atOnce));
  const counted = useQuery(countsQuery(filter)).data;
  const known = counted?.groups.find((other) => other.group === group);
  const items = list.data?.items ?? [];
  const { chosen, isChosen, toggle, toggleAll, forget } = useChosen(items, ({ id }) => id);
  const decide = useMutation({
    mutationFn: async (act: Act) => {
      const back = await carryOut(act, chosen);
      forget(chosen);
      await refreshReference();
      offerUndo(t(`quality.bulk.${act}`, { count: chosen.length }), async () => {
        await back();
        await refreshReference();
      });
    },
  });
  return (
    <Page
      title={sentenceOf((known ?? list.data?.items[0])?.reasons ?? [])}
      lead={known && t('quality.groups.count', { count: known.count, more: counted?.more ? 'yes' : 'no' })}
      actions={
        <ButtonLink
          to="/quality/groups"
          search={filter}
          variant="subtle"
          color="gray"
          leftSection={<IconArrowLeft size={18} aria-hidden />}
        >
          {t('quality.groups.all')}
        </ButtonLink>
      }
    >
      <ErrorNotice error={list.error ?? decide.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={3} />}
      {list.isSuccess && items.length === 0 && (
        <EmptyState icon={<IconCheck />} title={t('quality.groups.done')} text={t('quality.groups.doneText')} />
      )}
      {items.length > 0 && (
        <>
          <p className={classes.hint}>{t('quality.bulk.hint')}</p>
          <Checkbox
            className={bulk.all}
            label={t('quality.bulk.all', { chosen: chosen.length, shown: items.length })}
            checked={chosen.length === items.length}
            indeterminate={chosen.length > 0 && chosen.length < items.length}
            onChange={toggleAll}
          />
          <Lines>
            {items.map((proposal) => (
              <PairLine
                key={proposal.id}
                proposal={proposal}
                chosen={isChosen(proposal)}
                onToggle={() => toggle(proposal)}
              />
            ))}
          </Lines>
          <DecideAll count={chosen.length} busy={decide.isPending} onAct={decide.mutate} />
        </>
      )}
    </Page>
  );
}

function PairLine({ proposal, chosen, onToggle }: { proposal: Proposal; chosen: boolean; onToggle: () => void }) {
  const { left, right, probability } = proposal;
  const [open, setOpen] = useState(false);
  const pair = t('quality.pair', { one: nameOf(left), other: nameOf(right) });
  return (
    <li className={classes.line} data-left={!chosen || undefined}>
      <Checkbox checked={chosen} onChange={onToggle} aria-label={t('quality.bulk.choose', { pair })} />
      <details className={classes.details} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span className={classes.names}>{pair}</span>
          <span className={classes.quiet}>
            {[briefOf(left, right), chanceShare(probability)].filter(Boolean).join(' · ')}
          </span>
        </summary>
        {open && <Comparison proposal={proposal} />}
      </details>
    </li>
  );
}

/** The addresses that differ or agree, in one line. */
function briefOf(...sides: Proposal['left'][]): string {
  const kinds = ['email', 'phone', 'organization'];
  const values = sides.flatMap((side) => side.values.filter(({ kind }) => kinds.includes(kind)));
  return [...new Set(values.map(({ display }) => display))].slice(0, 3).join(' · ');
}

function DecideAll({ count, busy, onAct }: { count: number; busy: boolean; onAct: (act: Act) => void }) {
  return (
    <div className={bulk.decide}>
      <Button
        size="md"
        disabled={count === 0}
        loading={busy}
        leftSection={<IconEqual size={20} aria-hidden />}
        onClick={() => onAct('same')}
      >
        {t('quality.bulk.actSame', { count })}
      </Button>
      <Button
        size="md"
        variant="default"
        disabled={count === 0 || busy}
        leftSection={<IconEqualNot size={20} aria-hidden />}
        onClick={() => onAct('notSame')}
      >
        {t('quality.bulk.actNotSame', { count })}
      </Button>
      <Button size="md" variant="subtle" color="gray" disabled={count === 0 || busy} onClick={() => onAct('later')}>
        {t('quality.act.later')}
      </Button>
    </div>
  );
}
