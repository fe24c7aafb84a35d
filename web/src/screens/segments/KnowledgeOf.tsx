import { VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { Section } from '../../ui/Section.tsx';
import { Why } from '../../ui/Why.tsx';
import { knowledgeQuery } from './queries.ts';
import classes from './Segments.module.css';
import { stageName } from './words.ts';

/** What is computed of somebody, each with its why, and the segments they are in. */
export function KnowledgeOf({ personId }: { personId: string }) {
  const { data } = useQuery(knowledgeQuery(personId));
  if (!data) return null;
  const known = data.measures.filter(({ value }) => value !== null);
  if (known.length === 0 && data.segments.length === 0 && (!data.stage || data.stage.key === 'prospect')) return null;
  return (
    <Section title={t('segments.knowledge')}>
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
              <Link to="/knowledge/segments/$segmentId" params={{ segmentId: id }}>
                {name}
              </Link>
            </span>
          ))}
        </p>
      )}
    </Section>
  );
}
