import { ActionIcon, Button, Group, UnstyledButton } from '@mantine/core';
import { IconUnlink } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { detach, type PersonFact } from '../../../../server/facts/contract.ts';
import { call } from '../../api.ts';
import { ago, longDate, longInstant, number } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { say, sayError } from '../../ui/undo.tsx';
import { Why } from '../../ui/Why.tsx';
import classes from './Facts.module.css';
import { factsQuery, refreshFactsOf, summaryQuery } from './queries.ts';
import { fieldName, kindName, money, valueWords } from './words.ts';

/** What a person did and what happened to them: how much of each kind, and the very facts. Nothing while nothing is known. */
export function FactsOf({ personId }: { personId: string }) {
  const kinds = useQuery(summaryQuery(personId)).data?.items ?? [];
  const [kind, choose] = useState('');
  const facts = useInfiniteQuery({ ...factsQuery(personId, kind), enabled: kinds.length > 0 });
  if (kinds.length === 0) return null;
  const items = facts.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-label={t('facts.of')} className={classes.of}>
      <h2 className={classes.title}>{t('facts.of')}</h2>
      <ul className={classes.kindsOf}>
        {kinds.map((one) => (
          <li key={one.kind.key}>
            <UnstyledButton
              className={classes.kindOf}
              aria-pressed={kind === one.kind.key}
              onClick={() => choose(kind === one.kind.key ? '' : one.kind.key)}
            >
              <strong>{kindName(one.kind)}</strong>
              <span>{[number(one.count), ...one.sums.map(money)].join(' · ')}</span>
              <span className={classes.quiet}>{ago(one.last)}</span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
      <ul className={classes.facts}>
        {items.map((fact) => (
          <Line key={fact.id} personId={personId} fact={fact} />
        ))}
      </ul>
      {facts.hasNextPage && (
        <Button variant="subtle" size="compact-sm" onClick={() => void facts.fetchNextPage()}>
          {t('home.more')}
        </Button>
      )}
    </section>
  );
}

const sourceOf = ({ kind, name }: PersonFact['source']): string =>
  kind === 'product' ? (told(`facts.part.${name}`) ?? name) : name;

function Line({ personId, fact }: { personId: string; fact: PersonFact }) {
  const { kind, at, amount, props, source, recognised } = fact;
  return (
    <li className={classes.fact}>
      <div className={classes.words}>
        <span>
          <strong>{kindName(kind)}</strong>
          {amount && ` · ${money(amount)}`}
        </span>
        {props.length > 0 && (
          <dl className={classes.props}>
            {props.map((one) => (
              <div key={one.key}>
                <dt>{fieldName(one)}</dt>
                <dd dir="auto">{valueWords(one.value, one.unit)}</dd>
              </div>
            ))}
          </dl>
        )}
      </div>
      <Group gap={4} wrap="nowrap" align="center">
        <time dateTime={at} title={longInstant(at)} className={classes.quiet}>
          {longDate(at)}
        </time>
        <Why what={kindName(kind)}>
          <p>{t(`facts.why.${source.kind}`, { source: sourceOf(source) })}</p>
          {recognised && <p>{t('facts.why.recognised')}</p>}
          <p>{t('facts.why.seen')}</p>
        </Why>
        {recognised && <NotThem personId={personId} fact={fact} />}
      </Group>
    </li>
  );
}

/** It was somebody else at that browser, or under that number. */
function NotThem({ personId, fact }: { personId: string; fact: PersonFact }) {
  const { role } = useMe();
  if (role !== 'admin' && role !== 'marketing') return null;
  const undo = () =>
    call(detach, { personId, factId: fact.id })
      .then(async ({ moved }) => {
        await refreshFactsOf();
        say(t('facts.detached', { count: moved }));
      })
      .catch(sayError);
  return (
    <ActionIcon
      className="no-print"
      aria-label={t('facts.detach')}
      title={t('facts.detach')}
      onClick={() => void undo()}
    >
      <IconUnlink size={16} aria-hidden />
    </ActionIcon>
  );
}
