import type { MapPerson } from '../../../../server/maps/contract.ts';
import { t } from '../../i18n.ts';
import { Section } from '../../ui/Section.tsx';
import { scaleWord } from '../relations/words.ts';
import { influences } from './board.ts';
import { nameOf } from './chartDrawing.ts';
import classes from './Maps.module.css';
import { howOf } from './mapDrawing.ts';
import type { PowerMap } from './queries.ts';

interface MapListProps {
  map: PowerMap;
  onOpen: (id: string) => void;
}

/** The map as lists, those of most influence first: on a phone, and for whoever hears the page. */
export function MapList({ map, onOpen }: MapListProps) {
  const drawn = map.people.filter((one) => one.drawn);
  return (
    <div className={classes.lists}>
      <p className={classes.quiet}>{t('maps.people', { count: drawn.length })}</p>
      {influences.map((influence) => {
        const people = drawn
          .filter((one) => one.influence === influence)
          .sort((a, b) => (b.stance ?? -9) - (a.stance ?? -9) || a.name.localeCompare(b.name));
        const word = scaleWord('influence', influence).toLowerCase();
        if (people.length === 0) return null;
        return (
          <Section
            key={influence}
            title={influence === null ? t('maps.influenceUnsettled') : t('maps.influenceRow', { word })}
          >
            <ul className={classes.branch}>
              {people.map((one) => (
                <li key={one.id}>
                  <Line map={map} person={one} onOpen={onOpen} />
                </li>
              ))}
            </ul>
          </Section>
        );
      })}
    </div>
  );
}

function Line({ map, person, onOpen }: MapListProps & { person: MapPerson }) {
  const { id, name, title, stance, influenceBy, stanceBy, roles, access, left } = person;
  const listens = map.lines.filter(({ toId }) => toId === id).map(({ fromId }) => fromId);
  const best = access[0];
  return (
    <button type="button" className={classes.line} onClick={() => onOpen(id)}>
      <strong>{nameOf(name)}</strong>
      {title && <span className={classes.quiet}>{title}</span>}
      <span>{scaleWord('stance', stance)}</span>
      {roles.length > 0 && <span>{roles.map((role) => t(`relations.role.${role}`)).join(', ')}</span>}
      {listens.length > 0 && (
        <span className={classes.quiet}>
          {t('maps.listensTo')}{' '}
          {listens.map((one) => nameOf(map.people.find((other) => other.id === one)?.name ?? '')).join(', ')}
        </span>
      )}
      {best ? (
        <span className={classes.ground}>
          {t('maps.accessBy', { name: best.member.name, how: t('maps.accessHow', { how: howOf(best) }) })}
        </span>
      ) : (
        <span className={classes.doubt}>{t('maps.accessNone')}</span>
      )}
      {(influenceBy === 'spread' || stanceBy === 'spread') && (
        <span className={classes.doubt}>{t('maps.by', { by: 'spread' })}</span>
      )}
      {left && <span className={classes.doubt}>{t('maps.left')}</span>}
    </button>
  );
}
