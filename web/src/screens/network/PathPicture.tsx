import { IconHandStop } from '@tabler/icons-react';
import { Fragment } from 'react';
import type { FoundPath, Place } from '../../../../server/relations/paths-contract.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { Face } from '../../ui/Face.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Why } from '../../ui/Why.tsx';
import classes from './Network.module.css';
import { bondBand, bondInWords, nameOf, pathInWords } from './words.ts';

/** A way to somebody: who stands on it, and how well each knows the next. */
export function PathPicture({ path }: { path: FoundPath }) {
  return (
    <div className={classes.way}>
      <ol className={classes.places} aria-label={pathInWords(path)}>
        {path.places.map((place, at) => (
          <Fragment key={place.kind === 'me' ? 'me' : place.id}>
            {at > 0 && (
              <li className={classes.bond} data-band={path.bonds[at - 1]!.band}>
                <span className={classes.line} aria-hidden />
                <span className={classes.band}>{bondBand(path.bonds[at - 1]!, path.places[at - 1]!)}</span>
              </li>
            )}
            <li className={classes.place}>
              <PlaceFace place={place} />
            </li>
          </Fragment>
        ))}
      </ol>
      <Why what={pathInWords(path)}>
        <ol className={classes.reasons}>
          {path.bonds.map((bond, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a path do not move
            <li key={at}>{bondInWords(bond, path.places[at]!, path.places[at + 1]!)}</li>
          ))}
        </ol>
        {path.bonds.some(({ band }) => band === 'weak') && <p className={classes.quiet}>{t('network.weakHelps')}</p>}
      </Why>
    </div>
  );
}

function PlaceFace({ place }: { place: Place }) {
  const me = useMe();
  const id = place.kind === 'me' ? me.memberId : place.id;
  const name = nameOf(place);
  return (
    <>
      <Face id={id} name={place.kind === 'me' ? me.name : name} size={36} />
      {place.kind === 'person' ? (
        <TextLink to="/people/$personId" params={{ personId: place.id }}>
          {name}
        </TextLink>
      ) : (
        <span>{name}</span>
      )}
      <span className={classes.quiet}>
        {place.kind === 'member' ? t('network.colleague') : place.kind === 'person' ? t('network.contact') : ''}
      </span>
      {place.kind === 'person' && place.unwilling && (
        <span className={classes.unwilling}>
          <IconHandStop size={14} aria-hidden /> {t('network.unwilling')}
        </span>
      )}
    </>
  );
}
