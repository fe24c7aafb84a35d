import { Checkbox } from '@mantine/core';
import type { listArchived, listDead } from '../../../../server/cards/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import classes from './Archive.module.css';

export type DeadCard = Output<typeof listDead>['items'][number];
export type ArchivedCard = Output<typeof listArchived>['items'][number];

/** A card that looks dead, with why. */
export function DeadLine({ item, chosen, onToggle }: { item: DeadCard; chosen: boolean; onToggle: () => void }) {
  const name = item.name || t('contacts.nameless');
  return (
    <li className={classes.line} data-left={!chosen || undefined}>
      <Checkbox checked={chosen} onChange={onToggle} aria-label={t('quality.dead.choose', { name })} />
      <div className={classes.main}>
        <TextLink to="/people/$personId" params={{ personId: item.card.id }}>
          {name}
        </TextLink>
        <span>{[...reasonsOf(item), t('quality.dead.since', { date: longDate(item.quietSince) })].join(' · ')}</span>
        <span className={classes.quiet}>{briefOf(item)}</span>
      </div>
    </li>
  );
}

/** Why a card looks dead, in words. */
export function reasonsOf({ card, reasons }: DeadCard | ArchivedCard): string[] {
  return reasons.map((reason) => t(`quality.dead.reason.${reason}`, { source: card.source.name }));
}

/** What a card still says, and where it stands, in one line. */
export function briefOf({ card, values }: DeadCard | ArchivedCard): string {
  const kinds = ['email', 'phone', 'organization', 'title'];
  const said = values.filter(({ kind }) => kinds.includes(kind)).map(({ display }) => display);
  return [...new Set(said), card.book.name].slice(0, 4).join(' · ');
}
