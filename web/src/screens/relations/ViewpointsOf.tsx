import { Button } from '@mantine/core';
import { IconArrowsDiff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Person } from '../../../../server/cards/contract.ts';
import { type Difference, listViewpoints, type Viewpoint } from '../../../../server/relations/contract.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { PastViewpoints } from './PastViewpoints.tsx';
import { ViewpointEditor } from './ViewpointEditor.tsx';
import classes from './Viewpoints.module.css';
import { told, wordOf } from './words.ts';

interface ViewpointsOfProps {
  person: Pick<Person, 'id' | 'name'>;
  /** In one opportunity; left out: in general. */
  opportunityId?: string;
}

/** What I think of a person, beside what colleagues think who share it. */
export function ViewpointsOf({ person, opportunityId }: ViewpointsOfProps) {
  const [editing, edit] = useState(false);
  const about = { personId: person.id, ...(opportunityId ? { opportunityId } : {}) };
  const { data } = useQuery(reading(listViewpoints, about));
  if (!data) return null;
  const mine = data.items.find((one) => one.mine);
  return (
    <section aria-label={t('relations.title')} className={classes.part}>
      <div className={classes.head}>
        <h2 className={classes.title}>{t('relations.title')}</h2>
        <Button className="no-print" variant="subtle" size="compact-md" onClick={() => edit(true)}>
          {t(mine ? 'relations.change' : 'relations.say')}
        </Button>
      </div>
      {data.items.length === 0 ? (
        <p className={classes.quiet}>{t('relations.none', { name: person.name })}</p>
      ) : (
        <SideBySide viewpoints={data.items} differences={data.differences} within={opportunityId !== undefined} />
      )}
      {data.past && <PastViewpoints about={about} />}
      {editing && <ViewpointEditor person={person} about={about} mine={mine} onClose={() => edit(false)} />}
    </section>
  );
}

interface SideBySideProps {
  viewpoints: Viewpoint[];
  differences: Difference[];
  /** In one opportunity. */
  within: boolean;
}

/** A column for each of us, a row for each thing said. */
function SideBySide({ viewpoints, differences, within }: SideBySideProps) {
  const sharedWord = t(within ? 'relations.sharedMineIn' : 'relations.sharedMine');
  const rows = told.filter((key) => viewpoints.some((one) => wordOf(one, key) !== ''));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than a phone is moved by the keyboard too (axe: scrollable-region-focusable)
    <section aria-label={t('relations.title')} className={classes.wide} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <td />
            {viewpoints.map(({ member, mine, shared, since }) => (
              <th key={member.id} scope="col">
                {mine ? t('relations.mine') : member.name}
                <span className={classes.quiet}>{t('relations.since', { day: longDate(since) })}</span>
                {mine && <span className={classes.quiet}>{shared ? sharedWord : t('relations.privateMine')}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((key) => (
            <tr key={key}>
              <th scope="row">
                {t(`relations.${key}`)}
                {differences.includes(key) && (
                  <span className={classes.differ}>
                    <IconArrowsDiff size={16} aria-hidden /> {t('relations.differ')}
                  </span>
                )}
              </th>
              {viewpoints.map((one) => (
                <td key={one.member.id}>{wordOf(one, key) || '–'}</td>
              ))}
            </tr>
          ))}
          {viewpoints.some(({ note }) => note !== '') && (
            <tr>
              <th scope="row">{t('relations.note')}</th>
              {viewpoints.map(({ member, note }) => (
                <td key={member.id} className={classes.note}>
                  {note || '–'}
                </td>
              ))}
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}
