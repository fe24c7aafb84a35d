import { Button, Checkbox, Select, Stack } from '@mantine/core';
import { addVacancy, type ChartPerson, endVacancy } from '../../../../server/maps/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { nameOf, vacancyKey } from './chartDrawing.ts';
import classes from './Maps.module.css';
import { type Chart, move, ownWord, refreshChart } from './queries.ts';

interface ChartPanelProps {
  chart: Chart;
  id: string;
  /** It was opened to move the person. */
  moving: boolean;
  /** Whether what is said here is said for others. */
  shared: boolean;
  onOpen: (id: string) => void;
  onClose: () => void;
}

/** Somebody of the chart, or a vacant position: why they stand there, and how to put them elsewhere. */
export function ChartPanel({ chart, id, ...rest }: ChartPanelProps) {
  const person = chart.people.find((one) => one.id === id);
  const vacancy = chart.vacancies.find((one) => vacancyKey(one.id) === id);
  const label = person ? nameOf(person.name) : (vacancy?.title ?? '');
  if (!person && !vacancy) return null;
  return (
    <SidePanel label={label} onClose={rest.onClose}>
      <div className={classes.panel}>
        <h2 className={classes.name}>{label}</h2>
        {person && <Someone chart={chart} person={person} {...rest} />}
        {vacancy && <Vacant chart={chart} vacancy={vacancy} onClose={rest.onClose} />}
      </div>
    </SidePanel>
  );
}

function Someone({ chart, person, moving, shared, onOpen }: Omit<ChartPanelProps, 'id'> & { person: ChartPerson }) {
  const { id, title, titles } = person;
  const reports = chart.people.filter(({ chiefId }) => chiefId === id);
  return (
    <Stack gap="md">
      <div>
        {title && <p className={classes.role}>{title}</p>}
        <TextLink to="/people/$personId" params={{ personId: id }}>
          {t('maps.toContact')}
        </TextLink>
      </div>
      {titles.length > 0 && (
        <div>
          <h3 className={classes.part}>{t('maps.titles')}</h3>
          <ul className={classes.plain}>
            {titles.map(({ title: said, source, seenAt }) => (
              <li key={said + source + seenAt}>
                {t('maps.titleBy', { title: said, source })} <span className={classes.quiet}>{longDate(seenAt)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      <Line chart={chart} person={person} onOpen={onOpen} />
      <Moving chart={chart} person={person} moving={moving} shared={shared} />
      {reports.length > 0 && (
        <div>
          <h3 className={classes.part}>{t('maps.reports', { count: reports.length })}</h3>
          <ul className={classes.plain}>
            {reports.map((one) => (
              <li key={one.id}>
                <button type="button" className={classes.link} onClick={() => onOpen(one.id)}>
                  {nameOf(one.name)}
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Stack>
  );
}

/** To whom they report, who says so, and what else is said or could be. */
function Line({ chart, person, onOpen }: Pick<ChartPanelProps, 'chart' | 'onOpen'> & { person: ChartPerson }) {
  const { chiefId, line, statements, inferred, contradicted } = person;
  const named = (id: string | null) => nameOf(chart.people.find((one) => one.id === id)?.name ?? '');
  return (
    <div>
      <h3 className={classes.part}>{t('maps.reportsTo')}</h3>
      <p className={classes.chief}>
        {chiefId ? (
          <button type="button" className={classes.link} onClick={() => onOpen(chiefId)}>
            {named(chiefId)}
          </button>
        ) : (
          t(line === 'open' || line === 'cut' ? 'maps.placeUnknown' : 'maps.reportsToNobody')
        )}
      </p>
      {line === 'inferred' && inferred && (
        <p className={classes.quiet}>
          {t('maps.because', { reason: inferred.reason })}{' '}
          {inferred.between.length > 0 && t('maps.between', { names: inferred.between.map(named).join(', ') })}
        </p>
      )}
      {line === 'cut' && <p className={classes.doubt}>{t('maps.lineOf', { line })}</p>}
      {contradicted && <p className={classes.doubt}>{t('maps.contradicted')}</p>}
      {statements.length > 0 && (
        <ul className={classes.plain} aria-label={t('maps.whatPeopleSay')}>
          {statements.map((one) => {
            const member = one.mine ? t('maps.me') : one.member.name;
            const name = named(one.chiefId);
            return (
              <li key={one.member.id + one.kind + one.chiefId}>
                {one.chiefId === null
                  ? t('maps.sayTop', { member })
                  : t(one.kind === 'assists' ? 'maps.sayAssists' : 'maps.sayLine', { member, name })}
                <span className={classes.quiet}>
                  {longDate(one.at)}
                  {one.mine && !one.shared && ` · ${t('maps.onlyMe')}`}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}

/** Puts the person under somebody else, or takes back what I said. */
function Moving({
  chart,
  person,
  moving,
  shared,
}: Pick<ChartPanelProps, 'chart' | 'moving' | 'shared'> & { person: ChartPerson }) {
  const { organization, people } = chart;
  const mine = ownWord(person);
  return (
    <Stack gap="xs" className="no-print">
      <Select
        searchable
        autoFocus={moving}
        defaultDropdownOpened={moving}
        label={t('maps.moveUnder')}
        value={null}
        data={[
          { value: organization.id, label: t('maps.topOf', { name: organization.name }) },
          ...people
            .filter(({ id }) => id !== person.id)
            .map(({ id, name, title }) => ({ value: id, label: [nameOf(name), title].filter(Boolean).join(', ') })),
        ]}
        onChange={(chief) => chief && void move(chart, person.id, chief, shared || (mine?.shared ?? false))}
      />
      {mine && (
        <>
          <Checkbox
            label={t('maps.share')}
            checked={mine.shared}
            onChange={(event) =>
              void move(chart, person.id, mine.chiefId ?? organization.id, event.currentTarget.checked)
            }
          />
          <Button
            variant="subtle"
            color="gray"
            w="fit-content"
            onClick={() => void move(chart, person.id, null, false)}
          >
            {t('maps.takeBack')}
          </Button>
        </>
      )}
    </Stack>
  );
}

function Vacant({
  chart,
  vacancy,
  onClose,
}: {
  chart: Chart;
  vacancy: Chart['vacancies'][number];
  onClose: () => void;
}) {
  const { id: vacancyId, title, chiefId, shared, mine, member, at } = vacancy;
  const chief = chart.people.find(({ id }) => id === chiefId);
  const end = async () => {
    try {
      await call(endVacancy, { vacancyId });
      onClose();
      await refreshChart();
      offerUndo(t('maps.vacancyEnded', { title }), async () => {
        await call(addVacancy, { organizationId: chart.organization.id, title, chiefId, shared });
        await refreshChart();
      });
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Stack gap="sm">
      <p className={classes.doubt}>{t('maps.vacant')}</p>
      {chief && <p className={classes.chief}>{t('maps.under', { name: nameOf(chief.name) })}</p>}
      <p className={classes.quiet}>
        {t('maps.vacantSince', { member: member.name, day: longDate(at) })}
        {mine && !shared && ` ${t('maps.onlyMe')}`}
      </p>
      {mine && (
        <Button variant="default" w="fit-content" onClick={() => void end()}>
          {t('maps.endVacancy')}
        </Button>
      )}
    </Stack>
  );
}
