import type { ChartPerson } from '../../../../server/maps/contract.ts';
import { monthOf } from '../../format.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import { nameOf, vacancyKey } from './chartDrawing.ts';
import classes from './Maps.module.css';
import type { Chart } from './queries.ts';

interface ChartListProps {
  chart: Chart;
  onOpen: (id: string) => void;
}

/** The chart as lists within lists: on a phone, and for whoever hears the page. */
export function ChartList({ chart, onOpen }: ChartListProps) {
  const { people, vacancies, before, organization } = chart;
  const below = Map.groupBy(people, ({ chiefId }) => chiefId ?? '');
  const chiefs = new Set(people.map(({ chiefId }) => chiefId));
  const roots = people.filter(({ id, chiefId, line }) => chiefId === null && (line !== 'open' || chiefs.has(id)));
  const open = people.filter(({ id, line }) => line === 'open' && !chiefs.has(id));
  const branch = { below, vacancies, onOpen };
  return (
    <div className={classes.lists}>
      <p className={classes.quiet}>{t('maps.listLead')}</p>
      <Branch {...branch} people={roots} label={organization.name} of={null} />
      {open.length > 0 && (
        <Section title={t('maps.openPlaces')}>
          <ul className={classes.branch}>
            {open.map((one) => (
              <li key={one.id}>
                <Line person={one} onOpen={onOpen} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      {before.length > 0 && (
        <Section title={t('maps.before')}>
          <Former before={before} />
        </Section>
      )}
    </div>
  );
}

/** Who were there before. */
export function Former({ before }: Pick<Chart, 'before'>) {
  return (
    <ul className={classes.branch}>
      {before.map(({ id, name, title, until }) => (
        <li key={id} className={classes.past}>
          <TextLink to="/people/$personId" params={{ personId: id }} underline="always">
            {nameOf(name)}
          </TextLink>
          {title && `, ${title}`}, {t('maps.until', { month: monthOf(until) })}
        </li>
      ))}
    </ul>
  );
}

interface BranchProps {
  people: readonly ChartPerson[];
  below: ReadonlyMap<string, ChartPerson[]>;
  vacancies: Chart['vacancies'];
  onOpen: (id: string) => void;
  label: string;
  /** Under whom; null: at the top. */
  of: string | null;
}

function Branch({ people, below, vacancies, onOpen, label, of }: BranchProps) {
  const vacant = vacancies.filter(({ chiefId }) => chiefId === of);
  if (people.length + vacant.length === 0) return null;
  return (
    <ul className={classes.branch} aria-label={label}>
      {people.map((one) => (
        <li key={one.id}>
          <Line person={one} onOpen={onOpen} />
          <Branch
            {...{ below, vacancies, onOpen }}
            people={below.get(one.id) ?? []}
            label={nameOf(one.name)}
            of={one.id}
          />
        </li>
      ))}
      {vacant.map(({ id, title }) => (
        <li key={id}>
          <button type="button" className={classes.line} onClick={() => onOpen(vacancyKey(id))}>
            <em>{title}</em>
            <span className={classes.doubt}>{t('maps.vacant')}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Line({ person, onOpen }: { person: ChartPerson; onOpen: (id: string) => void }) {
  const { id, name, title, line, contradicted, titles } = person;
  const doubt = [
    contradicted && t('maps.contradictedShort'),
    line === 'cut' && t('maps.lineOf', { line }),
    titles.length > 0 && t('maps.titlesDiffer'),
  ].filter(Boolean);
  return (
    <button type="button" className={classes.line} onClick={() => onOpen(id)}>
      <strong>{nameOf(name)}</strong>
      {title && <span className={classes.quiet}>{title}</span>}
      {line === 'said' && <span className={classes.ground}>{t('maps.lineOf', { line })}</span>}
      {doubt.length > 0 && <span className={classes.doubt}>{doubt.join(' · ')}</span>}
    </button>
  );
}
