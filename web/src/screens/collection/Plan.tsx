import { ActionIcon, Button } from '@mantine/core';
import { IconPencil, IconPlus, IconTargetArrow } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { getPlan } from '../../../../server/collection/contract.ts';
import {
  countNow,
  type Item,
  type Mechanism,
  type Need,
  type Touchpoint,
} from '../../../../server/collection/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { sayError } from '../../ui/undo.tsx';
import classes from './Collection.module.css';
import { ItemForm, NeedForm, TouchpointForm } from './PlanForms.tsx';
import { Progress } from './Progress.tsx';
import { Propose } from './Propose.tsx';
import { planQuery, refreshPlan } from './queries.ts';
import { fillingOf, nameOf } from './words.ts';

type Whole = Output<typeof getPlan>;
/** What is open beside the plan. */
type Open =
  | { what: 'need'; need?: Need }
  | { what: 'item' }
  | { what: 'touchpoint'; touchpoint?: Touchpoint }
  | { what: 'progress'; item: Item }
  | { what: 'propose'; item: Item; touchpoint: Touchpoint };

/** What the company wants to know of its contacts, what for, and where it asks. */
export function Plan() {
  const me = useMe();
  const plans = me.role === 'admin' || me.role === 'marketing';
  const { data, error, refetch } = useQuery(planQuery);
  const [open, setOpen] = useState<Open | null>(null);
  const add = (what: 'need' | 'item' | 'touchpoint') => (
    <Button
      key={what}
      variant="default"
      leftSection={<IconPlus size={18} aria-hidden />}
      onClick={() => setOpen({ what })}
    >
      {t(`collection.add.${what}`)}
    </Button>
  );
  const empty = data && data.needs.length + data.items.length + data.touchpoints.length === 0;
  return (
    <Page title={t('collection.title')} lead={t('collection.lead')}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={6} />}
      {plans && data && <div className={classes.acts}>{(['item', 'touchpoint', 'need'] as const).map(add)}</div>}
      {empty && (
        <EmptyState
          icon={<IconTargetArrow size={40} stroke={1.4} />}
          title={t('collection.none')}
          text={t('collection.none.text')}
        />
      )}
      {data && !empty && (
        <>
          <Board plan={data} plans={plans} onOpen={setOpen} />
          <Needs plan={data} plans={plans} onOpen={setOpen} />
        </>
      )}
      {open && data && <Beside open={open} plan={data} onClose={() => setOpen(null)} />}
    </Page>
  );
}

function Beside({ open, plan, onClose }: { open: Open; plan: Whole; onClose: () => void }) {
  if (open.what === 'need') return <NeedForm need={open.need} items={plan.items} onClose={onClose} />;
  if (open.what === 'item') return <ItemForm items={plan.items} onClose={onClose} />;
  if (open.what === 'touchpoint') return <TouchpointForm touchpoint={open.touchpoint} onClose={onClose} />;
  if (open.what === 'progress') return <Progress item={open.item} onClose={onClose} />;
  return <Propose item={open.item} touchpoint={open.touchpoint} onClose={onClose} />;
}

interface PartProps {
  plan: Whole;
  plans: boolean;
  onOpen: (open: Open) => void;
}

/** Data by touchpoints, each cell with its mechanisms. */
function Board({ plan, plans, onOpen }: PartProps) {
  const { items, touchpoints, mechanisms } = plan;
  const counting = useMutation({
    mutationFn: () => call(countNow, {}),
    onSuccess: refreshPlan,
    onError: sayError,
  });
  return (
    <Section
      title={t('collection.board')}
      lead={t('collection.board.lead')}
      actions={
        plans && (
          <Button variant="subtle" size="compact-md" loading={counting.isPending} onClick={() => counting.mutate()}>
            {t('collection.countNow')}
          </Button>
        )
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than a phone is moved by the keyboard too (axe: scrollable-region-focusable) */}
      <section aria-label={t('collection.board')} className={classes.wide} tabIndex={0}>
        <table className={classes.matrix}>
          <thead>
            <tr>
              <th scope="col">{t('collection.item')}</th>
              {touchpoints.map((touchpoint) => (
                <th key={touchpoint.id} scope="col">
                  <span dir="auto">{touchpoint.name}</span>
                  {plans && (
                    <ActionIcon
                      size="sm"
                      aria-label={t('collection.change', { name: touchpoint.name })}
                      onClick={() => onOpen({ what: 'touchpoint', touchpoint })}
                    >
                      <IconPencil size={16} aria-hidden />
                    </ActionIcon>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={item.id}>
                <th scope="row">
                  <Filled item={item} onOpen={() => onOpen({ what: 'progress', item })} />
                </th>
                {touchpoints.map((touchpoint) => (
                  <td key={touchpoint.id}>
                    <Cell
                      item={item}
                      touchpoint={touchpoint}
                      here={mechanisms.filter((one) => one.itemId === item.id && one.touchpointId === touchpoint.id)}
                      onPropose={() => onOpen({ what: 'propose', item, touchpoint })}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Section>
  );
}

function Filled({ item, onOpen }: { item: Item; onOpen: () => void }) {
  const share = item.filling?.share ?? null;
  return (
    <button type="button" className={classes.item} onClick={onOpen}>
      <strong dir="auto">{nameOf(item)}</strong>
      {share !== null && (
        <span className={classes.bar} style={{ display: 'block' }} aria-hidden>
          <span style={{ width: `${Math.max(1, share)}%` }} />
        </span>
      )}
      <span className={classes.quiet} style={{ display: 'block' }}>
        {fillingOf(item.filling)}
      </span>
    </button>
  );
}

interface CellProps {
  item: Item;
  touchpoint: Touchpoint;
  here: Mechanism[];
  onPropose: () => void;
}

function Cell({ item, touchpoint, here, onPropose }: CellProps) {
  return (
    <div className={classes.chips}>
      {here.map(({ id, kind, state, idea }) => (
        <Link
          key={id}
          to="/knowledge/collection/$mechanismId"
          params={{ mechanismId: id }}
          className={classes.chip}
          data-state={state}
          title={idea}
        >
          {t(`collection.kind.${kind}`)}
          <span className={classes.quiet}> · {t(`collection.state.${state}`)}</span>
        </Link>
      ))}
      <ActionIcon
        aria-label={t('collection.proposeAt', { item: nameOf(item), touchpoint: touchpoint.name })}
        onClick={onPropose}
      >
        <IconPlus size={18} aria-hidden />
      </ActionIcon>
    </div>
  );
}

function Needs({ plan: { needs, items }, plans, onOpen }: PartProps) {
  if (needs.length === 0) return null;
  const names = new Map(items.map((item) => [item.id, nameOf(item)]));
  return (
    <Section title={t('collection.needs')} lead={t('collection.needs.lead')}>
      <ul className={classes.needs}>
        {needs.map((need) => (
          <li key={need.id}>
            <div>
              <strong dir="auto">{need.name}</strong>{' '}
              <span className={classes.quiet}>{t(`collection.needKind.${need.kind}`)}</span>
              <p className={classes.quiet}>
                {need.itemIds.flatMap((itemId) => names.get(itemId) ?? []).join(', ') || t('collection.needs.nothing')}
              </p>
              {need.wanted !== null && (
                <p className={classes.quiet}>{t('collection.need.wants', { wanted: need.wanted })}</p>
              )}
              {need.why !== '' && <p style={{ margin: '4px 0 0' }}>{need.why}</p>}
              {need.link && (
                <a href={need.link} rel="noreferrer" className={classes.link}>
                  {t('collection.link')}
                </a>
              )}
            </div>
            {plans && (
              <ActionIcon
                aria-label={t('collection.change', { name: need.name })}
                onClick={() => onOpen({ what: 'need', need })}
              >
                <IconPencil size={18} aria-hidden />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
