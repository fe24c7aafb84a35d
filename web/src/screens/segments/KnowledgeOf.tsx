import { Button, Menu, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listPeople, type Segment } from '../../../../server/segments/contract.ts';
import { call } from '../../api.ts';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { Why } from '../../ui/Why.tsx';
import { knowledgeQuery, refreshSegments, segmentsQuery } from './queries.ts';
import classes from './Segments.module.css';
import { stageName } from './words.ts';

/** What is computed of somebody, each with its why, and the segments they are in. */
export function KnowledgeOf({ personId }: { personId: string }) {
  const { data } = useQuery(knowledgeQuery(personId));
  const segments = useQuery(segmentsQuery).data;
  if (!data) return null;
  const known = data.measures.filter(({ value }) => value !== null);
  const lists = (segments?.items ?? []).filter(
    ({ kind, members, id }) => kind === 'list' && members !== null && !data.segments.some((one) => one.id === id),
  );
  if (
    known.length === 0 &&
    data.segments.length === 0 &&
    lists.length === 0 &&
    (!data.stage || data.stage.key === 'prospect')
  )
    return null;
  return (
    <Section title={t('segments.knowledge')} actions={lists.length > 0 && <ToList personId={personId} lists={lists} />}>
      <ul className={classes.why}>
        {data.stage && (
          <li>
            <span className={classes.quiet}>{t('segments.field.stage')}</span> <strong>{stageName(data.stage)}</strong>
          </li>
        )}
        {known.map(({ id, name, value, unit, why }) => (
          <li key={id}>
            <span className={classes.quiet}>{name}</span>{' '}
            <span>
              <strong className={classes.count}>{number(Math.round(value! * 100) / 100)}</strong> {unit}{' '}
              {why.length > 0 && (
                <Why what={name}>
                  <ul className={classes.why}>
                    {why.map(({ points, text, holds }) => (
                      <li key={`${points} ${text}`}>
                        <span className={classes.held}>
                          <span aria-hidden>{holds ? '✓' : '–'}</span>
                          <VisuallyHidden>{t(holds ? 'segments.holds' : 'segments.holdsNot')}</VisuallyHidden>
                        </span>
                        <span>
                          {points > 0 ? '+' : ''}
                          {number(points)} {text}
                        </span>
                      </li>
                    ))}
                  </ul>
                </Why>
              )}
            </span>
          </li>
        ))}
      </ul>
      {data.segments.length > 0 && (
        <p>
          {t('segments.inSegments')}{' '}
          {data.segments.map(({ id, name }, at) => (
            <span key={id}>
              {at > 0 && ', '}
              <TextLink to="/knowledge/segments/$segmentId" params={{ segmentId: id }}>
                {name}
              </TextLink>
            </span>
          ))}
        </p>
      )}
    </Section>
  );
}

/** Puts them into a list. */
function ToList({ personId, lists }: { personId: string; lists: readonly Segment[] }) {
  const add = async ({ id: segmentId, name }: Segment) => {
    try {
      await call(listPeople, { segmentId, add: [personId] });
      await refreshSegments();
      offerUndo(t('segments.put', { name }), async () => {
        await call(listPeople, { segmentId, remove: [personId] });
        await refreshSegments();
      });
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button className="no-print" variant="subtle" size="compact-md">
          {t('segments.toList')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {lists.map((list) => (
          <Menu.Item key={list.id} onClick={() => void add(list)}>
            {list.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
