import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment, lazy, Suspense, useState } from 'react';
import type { Person } from '../../../../server/cards/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { type GroupPerson, listGroupsOf } from '../../../../server/relations/contract.ts';
import { spoken, t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { TextLink } from '../../ui/links.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import classes from './Groups.module.css';
import { listOf, membershipWord, whenOf, withRole } from './groupWords.ts';

const PutInGroup = lazy(() => import('./PutInGroup.tsx'));

/** The groups of a person, who else belongs to them of those that I see, and which of us do. */
export function GroupsOf({ person }: { person: Pick<Person, 'id' | 'name'> }) {
  const [adding, add] = useState(false);
  const { data } = useQuery(reading(listGroupsOf, { personId: person.id }));
  if (!data) return null;
  return (
    <section aria-label={t('groups.of')} className={classes.part}>
      <div className={classes.head}>
        <h2 className={classes.title}>{t('groups.of')}</h2>
        <Button className="no-print" variant="subtle" size="compact-md" onClick={() => add(true)}>
          {t('groups.putIn')}
        </Button>
      </div>
      {data.items.length === 0 ? (
        <p className={classes.quiet}>{t('groups.ofNone', { name: person.name || t('contacts.nameless') })}</p>
      ) : (
        <ul className={classes.list}>
          {data.items.map((item) => (
            <li key={item.group.id}>
              <One item={item} />
            </li>
          ))}
        </ul>
      )}
      <Suspense>
        {adding && (
          <PutInGroup
            title={t('groups.putInOne', { name: person.name })}
            find={async () => [person.id]}
            onClose={() => add(false)}
          />
        )}
      </Suspense>
    </section>
  );
}

type Item = Output<typeof listGroupsOf>['items'][number];

function One({ item: { group, memberships, labelled, fellows, colleagues } }: { item: Item }) {
  const words = [
    t(`groups.kind.${group.kind}`),
    // Their own days say more than those of the group.
    memberships.some(({ since, until }) => since ?? until) ? '' : whenOf(group),
    labelled ? t('groups.byOwnLabel') : '',
    ...memberships.map((one) => membershipWord(one, false)),
  ].filter(Boolean);
  return (
    <>
      <TextLink to="/groups/$groupId" params={{ groupId: group.id }} fw={600}>
        {group.name}
      </TextLink>
      <span className={classes.quiet}>{words.join(' · ')}</span>
      <span>
        <Sentence
          of="groups.fellows"
          values={{ count: fellows.count, others: fellows.count - fellows.some.length }}
          blanks={{ names: <Names people={fellows.some} /> }}
        />
      </span>
      {colleagues.length > 0 && (
        <span>
          {t('groups.introducers', {
            names: listOf(colleagues.map(({ name, me, role }) => withRole(me ? t('groups.you') : name, role))),
          })}
        </span>
      )}
    </>
  );
}

/** Names one after the other, each leading to its person. */
function Names({ people }: { people: readonly GroupPerson[] }) {
  const marks = new Intl.ListFormat(spoken(), { type: 'unit' }).formatToParts(people.map((_one, at) => String(at)));
  return marks.map(({ type, value }) => {
    const person = type === 'element' ? people[Number(value)] : undefined;
    return person ? (
      <TextLink key={person.id} to="/people/$personId" params={{ personId: person.id }} underline="always">
        {person.name || t('contacts.nameless')}
      </TextLink>
    ) : (
      <Fragment key={value}>{value}</Fragment>
    );
  });
}
