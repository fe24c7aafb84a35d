import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense, useState } from 'react';
import type { Person } from '../../../../server/cards/contract.ts';
import { ago, longDate } from '../../format.ts';
import { type MessageKey, spoken, t } from '../../i18n.ts';
import { pairOf } from '../quality/queries.ts';
import { WhyTogether } from '../quality/WhyTogether.tsx';
import { CardMenu } from './CardMenu.tsx';
import classes from './Cards.module.css';

const SplitOff = lazy(() => import('../quality/SplitOff.tsx'));

type Card = Person['cards'][number];

const shownFirst = 4;

/** The cards behind a person: the only truth, each with its source, and why they stand together. */
export function Cards({ person }: { person: Person }) {
  const [all, setAll] = useState(false);
  const shown = all ? person.cards : person.cards.slice(0, shownFirst);
  return (
    <section aria-label={t('contacts.behind', { count: person.cards.length })} className={classes.cards}>
      <h2 className={classes.title}>{t('contacts.behind', { count: person.cards.length })}</h2>
      <ul className={classes.list}>
        {shown.map((card) => (
          <li key={card.id} className={classes.card}>
            <div className={classes.head}>
              <strong>{card.source.name}</strong>
              <CardMenu card={card} person={person} />
            </div>
            <p className={classes.line}>
              {t('contacts.card.where', {
                book: card.book.name,
                holder: card.holder.name,
                mine: card.mine ? 'yes' : 'no',
              })}
            </p>
            <p className={classes.line}>
              {card.endedAt === null
                ? t('contacts.card.seen', { when: ago(card.seenAt) })
                : t('contacts.card.ended', { date: longDate(card.endedAt) })}
            </p>
            {card.withheld && <p className={classes.withheld}>{t('contacts.card.withheld')}</p>}
            {toldLinks(card, person).map((link) => (
              <Joined key={link.cardId} card={card} link={link} person={person} />
            ))}
          </li>
        ))}
      </ul>
      {shown.length < person.cards.length && (
        <Button variant="subtle" size="compact-md" mt="xs" onClick={() => setAll(true)}>
          {t('contacts.behind.others', { count: person.cards.length - shown.length })}
        </Button>
      )}
      {person.cards.length > 1 && <Split person={person} />}
    </section>
  );
}

function Split({ person }: { person: Person }) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="subtle" size="compact-md" mt="xs" className="no-print" onClick={open}>
        {t('quality.split')}
      </Button>
      <Suspense>{opened && <SplitOff person={person} onClose={close} />}</Suspense>
    </>
  );
}

/** Said once for each pair, on its first card; of many pairs, two are enough to see why. */
function toldLinks(card: Card, person: Person): Card['links'] {
  const order = person.cards.map(({ id }) => id);
  return card.links.filter(({ cardId }) => order.indexOf(cardId) > order.indexOf(card.id)).slice(0, 2);
}

function Joined({ card, link, person }: { card: Card; link: Card['links'][number]; person: Person }) {
  const other = person.cards.find(({ id }) => id === link.cardId);
  if (other === undefined) return null;
  const words = link.evidence.map((code) => evidence[code] ?? 'contacts.evidence.other').map((key) => t(key));
  const reasons = new Intl.ListFormat(spoken(), { type: 'conjunction' }).format(words);
  const what = t('quality.why.together', { one: card.source.name, other: other.source.name });
  return (
    <div className={classes.joined}>
      {t('contacts.card.joined', { source: other.source.name, reasons })}{' '}
      <WhyTogether pair={pairOf(card.id, other.id)} what={what} />
    </div>
  );
}

/** The words for the codes of a link's evidence. */
const evidence: Partial<Record<string, MessageKey>> = {
  email: 'contacts.evidence.email',
  phone: 'contacts.evidence.phone',
  uid: 'contacts.evidence.uid',
  identifier: 'contacts.evidence.uid',
  domain: 'contacts.evidence.domain',
  name: 'contacts.evidence.name',
  name_address: 'contacts.evidence.nameAddress',
  url: 'contacts.evidence.url',
  name_organization: 'contacts.evidence.nameOrganization',
  name_birthday: 'contacts.evidence.nameBirthday',
  name_city: 'contacts.evidence.nameCity',
  edited: 'contacts.evidence.edited',
  verdict: 'contacts.evidence.verdict',
};
