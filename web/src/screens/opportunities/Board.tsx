import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type DragEvent, useState } from 'react';
import type { Opportunity, Stage } from '../../../../server/opportunities/contract.ts';
import { money } from '../../format.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import classes from './Opportunities.module.css';
import { type Filter, moveTo, opportunitiesQuery } from './queries.ts';
import { byCurrency, countOf, type Sum } from './Sums.tsx';
import { isLate, stageName, whenOf, worthOf } from './words.ts';

interface BoardProps {
  filter: Filter;
  stages: Stage[];
  sums: readonly Sum[];
}

/** A column for each stage; those that are ended only while something stands there. */
export function Board({ filter, stages, sums }: BoardProps) {
  const shown = stages.filter((stage) => !stage.ended || sums.some(({ stageId }) => stageId === stage.id));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a board wider than a screen is moved by the keyboard too (axe: scrollable-region-focusable)
    <section aria-label={t('opportunities.view.board')} className={classes.board} tabIndex={0}>
      {shown.map((stage) => (
        <Column
          key={stage.id}
          stage={stage}
          stages={stages}
          filter={filter}
          sums={sums.filter(({ stageId }) => stageId === stage.id)}
        />
      ))}
    </section>
  );
}

/** What is being dragged, by this page alone. */
let dragged: Opportunity | undefined;

function Column({ stage, stages, filter, sums }: BoardProps & { stage: Stage }) {
  const list = useInfiniteQuery({ ...opportunitiesQuery({ ...filter, stageId: stage.id }), enabled: sums.length > 0 });
  const items = sums.length === 0 ? [] : (list.data?.pages.flatMap((page) => page.items) ?? []);
  const [over, setOver] = useState(false);
  const name = stageName(stage);
  const takes = () => dragged !== undefined && dragged.stageId !== stage.id && !stage.ended;
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (dragged && takes()) void moveTo(dragged, stage.id, stages);
    dragged = undefined;
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging is a second way; the menu of each opportunity moves it by keyboard
    <div
      className={classes.column}
      data-over={over || undefined}
      onDragOver={(event) => {
        if (!takes()) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <h2 className={classes.stage}>
        {name} {stage.ended && <span className={classes.quiet}>({t('opportunities.ended')})</span>}
        <span className={classes.quiet}>{countOf(sums)}</span>
      </h2>
      <p className={classes.columnSum}>
        {byCurrency(sums)
          .map((sum) => money(sum))
          .join(' · ') || '\u00a0'}
      </p>
      {sums.length === 0 ? (
        <p className={classes.emptyStage}>{t('opportunities.emptyStage')}</p>
      ) : (
        <ul aria-label={name} className={classes.cards}>
          {items.map((one) => (
            <Card key={one.id} one={one} stages={stages} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button
          variant="subtle"
          size="compact-md"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('opportunities.more')}
        </Button>
      )}
    </div>
  );
}

function Card({ one, stages }: { one: Opportunity; stages: Stage[] }) {
  return (
    <li
      className={classes.card}
      draggable
      onDragStart={(event) => {
        dragged = one;
        event.dataTransfer.effectAllowed = 'move';
      }}
      onDragEnd={() => {
        dragged = undefined;
      }}
    >
      <div className={classes.cardHead}>
        <TextLink to="/opportunities/$opportunityId" params={{ opportunityId: one.id }} fw={600} draggable={false}>
          {one.name}
        </TextLink>
        <MoveMenu one={one} stages={stages} />
      </div>
      {one.organization.name !== '' && one.organization.name !== one.name && <span>{one.organization.name}</span>}
      <span className={classes.cardFacts}>
        <span className="tabular">{worthOf(one)}</span>
        <span className={isLate(one) ? classes.late : classes.quiet}>{whenOf(one)}</span>
      </span>
      <span className={classes.quiet}>{one.owner.name}</span>
    </li>
  );
}

function MoveMenu({ one, stages }: { one: Opportunity; stages: Stage[] }) {
  const others = stages.filter(({ id, ended }) => id !== one.stageId && !ended);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t('opportunities.move', { name: one.name })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('opportunities.moveTo')}</Menu.Label>
        {others.map((stage) => (
          <Menu.Item key={stage.id} onClick={() => void moveTo(one, stage.id, stages)}>
            {stageName(stage)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
