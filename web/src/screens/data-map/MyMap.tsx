import { useRouter } from '@tanstack/react-router';
import type { MouseEvent } from 'react';
import type { Figures, getMyMap } from '../../../../server/data-map/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { Lines } from '../../ui/Lines.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import classes from './DataMap.module.css';
import { type Box, boxWidth, draw, type Placed } from './picture.ts';

type OwnMap = Output<typeof getMyMap>;

const cardsOf = (count: number): string => t('dataMap.cards', { count, text: number(count) });
const nameOf = ({ kind, name }: OwnMap['audiences'][number]): string =>
  kind === 'workspace' ? t('dataMap.everybody') : name;

/** A picture one can read, and lists that say the same: each part opens what is behind it. */
export function MyMap({ map }: { map: OwnMap }) {
  const { sources, books, audiences, feeds, people } = map;
  const bookNames = new Map(books.map(({ id, name }) => [id, name]));
  return (
    <>
      <p className={classes.people}>
        {t('dataMap.people', {
          total: people.total,
          totalText: number(people.total),
          only: people.onlyMine,
          onlyText: number(people.onlyMine),
        })}
      </p>
      <Drawn map={map} />
      <Section title={t('dataMap.sources')}>
        <Lines>
          {sources.map((source) => (
            <li key={source.id} className={classes.line}>
              <TextLink to="/people" search={{ sourceId: source.id }} fw={600}>
                {source.name}
              </TextLink>
              <span>{cardsOf(source.cards)}</span>
              <span className={classes.quiet}>{figuresOf('dataMap.figures', source)}</span>
              <span className={classes.quiet}>
                {t('dataMap.feeds', {
                  books: feeds
                    .filter(({ sourceId }) => sourceId === source.id)
                    .map(({ bookId, cards }) => `${bookNames.get(bookId) ?? ''} (${number(cards)})`)
                    .join(', '),
                })}
              </span>
            </li>
          ))}
        </Lines>
      </Section>
      <Section title={t('dataMap.books')}>
        <Lines>
          {books.map((book) => (
            <li key={book.id} className={classes.line}>
              <TextLink to="/people" search={{ bookId: book.id }} fw={600}>
                {book.name}
              </TextLink>
              <span>{cardsOf(book.cards)}</span>
              <span className={classes.quiet}>{figuresOf('dataMap.figuresOfBook', book)}</span>
              <TextLink to="/delegations" size="sm">
                {t('dataMap.lentTo', { names: lentTo(map, book.id) })}
              </TextLink>
            </li>
          ))}
        </Lines>
      </Section>
      {audiences.length > 0 && (
        <Section title={t('dataMap.audiences')}>
          <Lines>
            {audiences.map((audience) => (
              <li key={audience.id} className={classes.line}>
                <TextLink to="/delegations" fw={600}>
                  {nameOf(audience)}
                </TextLink>
                <span>{cardsOf(audience.cards)}</span>
              </li>
            ))}
          </Lines>
        </Section>
      )}
    </>
  );
}

function lentTo({ audiences, loans }: OwnMap, bookId: string): string {
  const ids = new Set(loans.filter((loan) => loan.bookId === bookId).map(({ audienceId }) => audienceId));
  return (
    audiences
      .filter(({ id }) => ids.has(id))
      .map(nameOf)
      .join(', ') || t('dataMap.nobody')
  );
}

const figuresOf = (key: 'dataMap.figures' | 'dataMap.figuresOfBook', { complete, fresh, elsewhere }: Figures): string =>
  t(key, { complete: number(complete), fresh: number(fresh), elsewhere: number(elsewhere) });

/** Those to whom nothing of a book is lent. */
const nobody = 'nobody';

function Drawn({ map: { sources, books, audiences, feeds, loans } }: { map: OwnMap }) {
  const kept = books.filter(({ lent }) => !lent);
  const columns: [Box[], Box[], Box[]] = [
    sources.map(({ id, name, cards }) => ({ id, label: name, cards })),
    books.map(({ id, name, cards }) => ({ id, label: name, cards })),
    [
      ...audiences.map((audience) => ({ id: audience.id, label: nameOf(audience), cards: audience.cards })),
      ...(kept.length > 0
        ? [{ id: nobody, label: t('dataMap.nobody'), cards: kept.reduce((sum, { cards }) => sum + cards, 0) }]
        : []),
    ],
  ];
  const cardsIn = new Map(books.map(({ id, cards }) => [id, cards]));
  const picture = draw(columns, [
    ...feeds.map(({ sourceId, bookId, cards }) => ({ from: sourceId, to: bookId, cards })),
    ...loans.map(({ bookId, audienceId }) => ({ from: bookId, to: audienceId, cards: cardsIn.get(bookId) ?? 0 })),
    ...kept.map(({ id, cards }) => ({ from: id, to: nobody, cards })),
  ]);
  const [first, second, third] = picture.columns;
  return (
    <svg className={classes.picture} viewBox={`0 -28 ${picture.width} ${picture.height + 30}`}>
      <title>{t('dataMap.picture', { sources: sources.length, books: books.length })}</title>
      {(['sources', 'books', 'audiences'] as const).map((column, at) => (
        <text key={column} x={(at * (picture.width - boxWidth)) / 2} y={-10} className={classes.columnTitle}>
          {t(`dataMap.${column}`)}
        </text>
      ))}
      {picture.bands.map(({ key, path, width }) => (
        <path key={key} d={path} className={classes.band} strokeWidth={width} />
      ))}
      {first.map((box) => (
        <DrawnBox key={box.id} box={box} to={`/people?sourceId=${box.id}`} />
      ))}
      {second.map((box) => (
        <DrawnBox key={box.id} box={box} to={`/people?bookId=${box.id}`} />
      ))}
      {third.map((box) => (
        <DrawnBox key={box.id} box={box} to="/delegations" />
      ))}
    </svg>
  );
}

/** As much of a name as fits into its box; the whole of it is read on hovering and by those who hear the page. */
const fits = 28;

function DrawnBox({ box: { x, y, height, label, cards }, to }: { box: Placed; to: string }) {
  const router = useRouter();
  const go = (event: MouseEvent) => {
    event.preventDefault();
    void router.history.push(to);
  };
  const whole = `${label}, ${cardsOf(cards)}`;
  return (
    <a href={to} onClick={go} aria-label={whole} className={classes.box}>
      <title>{whole}</title>
      <rect x={x} y={y} width={boxWidth} height={height} rx={8} />
      <text x={x + 14} y={y + height / 2 - 4} className={classes.label}>
        {label.length > fits ? `${label.slice(0, fits - 1)}…` : label}
      </text>
      <text x={x + 14} y={y + height / 2 + 15} className={classes.count}>
        {cardsOf(cards)}
      </text>
    </a>
  );
}
