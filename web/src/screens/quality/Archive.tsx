import { Button, Checkbox } from '@mantine/core';
import { IconArchive, IconCheck } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { archiveCards, keepCards, unarchiveCards } from '../../../../server/cards/contract.ts';
import { call } from '../../api.ts';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { BlankChoice } from '../../ui/Blank.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import { offerUndo } from '../../ui/undo.tsx';
import classes from './Archive.module.css';
import { Archived } from './Archived.tsx';
import bulk from './Bulk.module.css';
import { type DeadCard, DeadLine } from './DeadLine.tsx';
import { deadCountQuery, deadQuery, refreshReference } from './queries.ts';
import { type ArchiveSearch, deadReasons, quietFor } from './search.ts';
import { useChosen } from './useChosen.ts';

/** Cards that look dead, to be archived or kept; and those that are archived. */
export function Archive() {
  const search = useSearch({ from: '/members/quality/archive' });
  return search.shown === 'archived' ? <Archived /> : <Dead search={search} />;
}

function Dead({ search }: { search: ArchiveSearch }) {
  const list = useQuery(deadQuery(search));
  const archived = useQuery(deadCountQuery(search)).data?.archived ?? 0;
  const items = list.data?.items ?? [];
  const { chosen, isChosen, toggle, toggleAll, forget } = useChosen(items, ({ card }) => card.id);
  const act = useMutation({
    mutationFn: async (what: 'archive' | 'keep') => {
      await carryOut(what, chosen, search);
      forget(chosen);
    },
  });
  return (
    <Page
      title={t('quality.dead.title')}
      lead={t('quality.dead.lead')}
      actions={
        <ButtonLink to="/quality/archive" search={{ shown: 'archived' }} variant="default">
          {t('quality.archived.open', { count: archived })}
        </ButtonLink>
      }
    >
      <Question search={search} />
      <ErrorNotice error={list.error ?? act.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={3} />}
      {list.isSuccess && items.length === 0 && (
        <EmptyState icon={<IconCheck />} title={t('quality.dead.none')} text={t('quality.dead.noneText')} />
      )}
      {items.length > 0 && (
        <>
          <Checkbox
            className={bulk.all}
            label={t('quality.bulk.all', { chosen: chosen.length, shown: items.length })}
            checked={chosen.length === items.length}
            indeterminate={chosen.length > 0 && chosen.length < items.length}
            onChange={toggleAll}
          />
          <Lines>
            {items.map((item) => (
              <DeadLine key={item.card.id} item={item} chosen={isChosen(item)} onToggle={() => toggle(item)} />
            ))}
          </Lines>
          {list.data?.next && <p className={classes.quiet}>{t('quality.dead.more')}</p>}
          <Act count={chosen.length} busy={act.isPending} onAct={act.mutate} />
        </>
      )}
    </Page>
  );
}

/** Which cards are asked for: a sentence with two blanks. */
function Question({ search }: { search: ArchiveSearch }) {
  const navigate = useNavigate({ from: '/quality/archive' });
  const counts = useQuery(deadCountQuery(search)).data;
  const change = (next: ArchiveSearch) => void navigate({ search: next, replace: true });
  const countOf = (count: number | undefined) =>
    count === undefined ? '' : ` (${number(count)}${counts?.more ? '+' : ''})`;
  const reason = (
    <BlankChoice
      label={t('quality.dead.reasonLabel')}
      value={search.reason ?? ''}
      choices={[
        { value: '', label: t('quality.dead.any') + countOf(counts?.total) },
        ...deadReasons.map((value) => ({
          value,
          label: t(`quality.dead.which.${value}`) + countOf(counts?.reasons.find((one) => one.reason === value)?.count),
        })),
      ]}
      onChange={(value) => {
        const { reason: _before, ...rest } = search;
        const chosen = deadReasons.find((known) => known === value);
        change(chosen ? { ...rest, reason: chosen } : rest);
      }}
    />
  );
  const months = (
    <BlankChoice
      label={t('quality.dead.monthsLabel')}
      value={search.months ?? '12'}
      choices={quietFor.map((value) => ({ value, label: t('quality.dead.for', { years: Math.floor(+value / 12) }) }))}
      onChange={(value) => change({ ...search, months: value })}
    />
  );
  return (
    <p className={classes.question}>
      <Sentence of="quality.dead.question" blanks={{ reason, months }} />
    </p>
  );
}

function Act({ count, busy, onAct }: { count: number; busy: boolean; onAct: (what: 'archive' | 'keep') => void }) {
  return (
    <div className={bulk.decide}>
      <Button
        size="md"
        disabled={count === 0}
        loading={busy}
        leftSection={<IconArchive size={20} aria-hidden />}
        onClick={() => onAct('archive')}
      >
        {t('quality.dead.archive', { count })}
      </Button>
      <Button size="md" variant="default" disabled={count === 0 || busy} onClick={() => onAct('keep')}>
        {t('quality.dead.keep', { count })}
      </Button>
    </div>
  );
}

async function carryOut(what: 'archive' | 'keep', items: readonly DeadCard[], { months }: ArchiveSearch) {
  const cardIds = items.map(({ card }) => card.id);
  if (what === 'archive') await call(archiveCards, { cardIds, ...(months && { months }) });
  else await call(keepCards, { cardIds });
  await refreshReference();
  offerUndo(t(`quality.dead.done.${what}`, { count: items.length }), async () => {
    if (what === 'archive') await call(unarchiveCards, { cardIds });
    else await call(keepCards, { cardIds, keep: false });
    await refreshReference();
  });
}
