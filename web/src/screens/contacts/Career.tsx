import { useQuery } from '@tanstack/react-query';
import type { listEmployments, listStaff, Person } from '../../../../server/cards/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { monthOf } from '../../format.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import classes from './Career.module.css';
import { employmentsQuery, staffQuery } from './queries.ts';

/** Where a person is and was; of an organisation, who is and was there. Nothing while nothing is known. */
export function Career({ person }: { person: Person }) {
  return person.kind === 'person' ? <Employments personId={person.id} /> : <Staff personId={person.id} />;
}

type Employment = Output<typeof listEmployments>['items'][number];

function Employments({ personId }: { personId: string }) {
  const { data } = useQuery(employmentsQuery(personId));
  if (data === undefined || data.items.length === 0) return null;
  return (
    <section aria-label={t('contacts.career')} className={classes.career}>
      <h2 className={classes.title}>{t('contacts.career')}</h2>
      <ul className={classes.list}>
        {data.items.map((item) => (
          <li key={`${item.organization} ${item.title} ${item.since}`} data-past={item.until ? true : undefined}>
            <Line item={item} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Line({ item: { organization, organizationId, title, since, until } }: { item: Employment }) {
  const name =
    organizationId === null ? (
      organization
    ) : (
      <TextLink to="/people/$personId" params={{ personId: organizationId }} underline="always">
        {organization}
      </TextLink>
    );
  const values = { title: title ?? '', titled: title ? 'yes' : 'no', month: monthOf(until ?? since) };
  return (
    <Sentence
      of={until === null ? 'contacts.career.now' : 'contacts.career.before'}
      blanks={{ organization: name }}
      values={values}
    />
  );
}

type Colleague = Output<typeof listStaff>['now'][number];

/** So many names are shown; the list of contacts has them all. */
const shownFirst = 50;

function Staff({ personId }: { personId: string }) {
  const { data } = useQuery(staffQuery(personId));
  if (data === undefined || data.now.length + data.before.length === 0) return null;
  return (
    <section aria-label={t('contacts.staff')} className={classes.career}>
      <h2 className={classes.title}>{t('contacts.staff')}</h2>
      <People title={t('contacts.staff.now', { count: data.now.length })} people={data.now} />
      <People title={t('contacts.staff.before', { count: data.before.length })} people={data.before} />
      {(data.more || Math.max(data.now.length, data.before.length) > shownFirst) && (
        <p className={classes.quiet}>{t('contacts.staff.more')}</p>
      )}
    </section>
  );
}

function People({ title, people }: { title: string; people: Colleague[] }) {
  if (people.length === 0) return null;
  return (
    <>
      <h3 className={classes.sub}>{title}</h3>
      <ul className={classes.list} aria-label={title}>
        {people.slice(0, shownFirst).map(({ personId, name, title: role, until }) => (
          <li key={personId} data-past={until ? true : undefined}>
            <TextLink to="/people/$personId" params={{ personId }} underline="always">
              {name || t('contacts.nameless')}
            </TextLink>
            {role && `, ${role}`}
            {until && `, ${t('contacts.staff.until', { month: monthOf(until) })}`}
          </li>
        ))}
      </ul>
    </>
  );
}
