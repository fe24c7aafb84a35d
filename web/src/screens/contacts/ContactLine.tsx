import { Link } from '@tanstack/react-router';
import type { MouseEvent } from 'react';
import type { Entry } from '../../../../server/cards/contract.ts';
import { ago, phoneNumber } from '../../format.ts';
import { t } from '../../i18n.ts';
import { Face } from '../../ui/Face.tsx';
import classes from './ContactGrid.module.css';
import { photoOf } from './queries.ts';
import { organizationBeside } from './values.ts';

interface ContactLineProps {
  entry: Entry;
  /** Position in the grid, from 1, head included. */
  row: number;
  active: boolean;
  open: boolean;
  narrow: boolean;
  onOpen: () => void;
}

export function ContactLine({ entry, row, active, open, narrow, onOpen }: ContactLineProps) {
  const openBeside = (event: MouseEvent) => {
    // With a modifier the link does what links do: a new tab, a new window.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    onOpen();
  };
  return (
    // biome-ignore lint/a11y: the grid has the focus, names its active row (aria-activedescendant) and answers the keys
    <div
      role="row"
      id={`line-${entry.id}`}
      aria-rowindex={row}
      aria-selected={open}
      data-active={active || undefined}
      className={classes.line}
      onClick={openBeside}
    >
      <Cell className={classes.who}>
        <Face
          id={entry.id}
          name={entry.name}
          photo={photoOf(entry)}
          square={entry.kind === 'organization'}
          size={narrow ? 40 : 30}
        />
        <span className={classes.names}>
          <Link to="/people/$personId" params={{ personId: entry.id }} tabIndex={-1} className={classes.name}>
            {entry.name || t('contacts.nameless')}
          </Link>
          {narrow && (
            <span className={classes.quiet}>
              {[entry.title, organizationBeside(entry) ?? entry.city].filter(Boolean).join(' · ')}
            </span>
          )}
        </span>
      </Cell>
      {!narrow && <Columns entry={entry} />}
    </div>
  );
}

function Cell({ className, children }: { className: string | undefined; children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y: one moves by row, and a table cannot be drawn line by line
    <div role="gridcell" className={className}>
      {children}
    </div>
  );
}

function Columns({ entry }: { entry: Entry }) {
  return (
    <>
      <Cell className={classes.work}>
        <span className={classes.cut}>{entry.kind === 'organization' ? entry.city : entry.organization}</span>
        {entry.title && <span className={classes.quiet}>{entry.title}</span>}
      </Cell>
      <Cell className={classes.email}>
        <span className={classes.cut}>{entry.email}</span>
      </Cell>
      <Cell className={classes.phone}>{entry.phone && phoneNumber(entry.phone)}</Cell>
      <Cell className={classes.cards}>{entry.cards > 1 && t('contacts.cards', { count: entry.cards })}</Cell>
      <Cell className={classes.seen}>
        <time dateTime={entry.seenAt}>{ago(entry.seenAt)}</time>
      </Cell>
    </>
  );
}
