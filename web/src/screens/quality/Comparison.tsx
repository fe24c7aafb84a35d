import { Fragment } from 'react';
import type { Proposal } from '../../../../server/matching/contract.ts';
import { ago, birthday, longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { Face } from '../../ui/Face.tsx';
import { TextLink } from '../../ui/links.tsx';
import { align, type Mark, type Row, type RowKind, type Side } from './alignment.ts';
import classes from './Comparison.module.css';
import { nameOf } from './words.ts';

/** Two cards in one table, kind by kind; how far values agree is said by a sign and a word, not by colour alone. */
export function Comparison({ proposal: { left, right, kind, reasons } }: { proposal: Proposal }) {
  const rows = align(left, right, reasons);
  const groups = [...new Set(rows.map((row) => row.kind))].map((one) => rows.filter((row) => row.kind === one));
  const square = kind === 'organization';
  return (
    <table className={classes.table}>
      <caption className="unseen">{t('quality.comparison')}</caption>
      <thead>
        <tr>
          <td className={classes.kind} />
          <SideHead side={left} square={square} />
          <td className={classes.mark} />
          <SideHead side={right} square={square} />
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <Fragment key={group[0]?.kind}>
            {group.map((row, at) => (
              <Line key={`${row.left}\n${row.right}`} row={row} first={at === 0} />
            ))}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

function SideHead({ side, square }: { side: Side; square: boolean }) {
  const { card, personId } = side;
  return (
    <th scope="col" className={classes.side}>
      <div className={classes.who}>
        <Face id={personId} name={side.name} square={square} size={40} />
        <div className={classes.name}>
          <TextLink to="/people/$personId" params={{ personId }}>
            {nameOf(side)}
          </TextLink>
          <span className={classes.origin}>
            {card.source.name} ·{' '}
            {t('contacts.card.where', {
              book: card.book.name,
              holder: card.holder.name,
              mine: card.mine ? 'yes' : 'no',
            })}
          </span>
          <span className={classes.origin}>
            {card.endedAt === null
              ? t('contacts.card.seen', { when: ago(card.seenAt) })
              : t('contacts.card.ended', { date: longDate(card.endedAt) })}
          </span>
        </div>
      </div>
    </th>
  );
}

function Line({ row, first }: { row: Row; first: boolean }) {
  const kind = kindWord(row.kind);
  return (
    <tr data-mark={row.mark} data-first={first || undefined}>
      <th scope="row" className={classes.kind}>
        <span className={first ? undefined : 'unseen'}>{kind}</span>
      </th>
      <td className={classes.value}>{shownValue(row.kind, row.left)}</td>
      <td className={classes.mark}>
        <Sign mark={row.mark} />
      </td>
      <td className={classes.value}>{shownValue(row.kind, row.right)}</td>
    </tr>
  );
}

const signs: Record<Mark, string> = { equal: '=', near: '≈', different: '≠', alone: '·' };

function Sign({ mark }: { mark: Mark }) {
  return (
    <span className={classes.sign} data-mark={mark} title={t(`quality.mark.${mark}`)}>
      <span aria-hidden>{signs[mark]}</span>
      <span className="unseen">{t(`quality.mark.${mark}`)}</span>
    </span>
  );
}

function kindWord(kind: RowKind): string {
  if (kind === 'given' || kind === 'family') return t(`contacts.field.name.${kind}`);
  return t(`contacts.kind.${kind}`);
}

function shownValue(kind: RowKind, value: string | undefined) {
  if (value === undefined) return <span className={classes.nothing}>{t('quality.nothing')}</span>;
  return kind === 'birthday' ? birthday(value) : value;
}
