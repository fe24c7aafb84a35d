import { Button } from '@mantine/core';
import { IconEyeOff, IconRoute } from '@tabler/icons-react';
import { useState } from 'react';
import type { FoundPath, Hint } from '../../../../server/relations/paths-contract.ts';
import { t } from '../../i18n.ts';
import AskForm from '../introductions/AskForm.tsx';
import { AskAlong } from './AskAlong.tsx';
import classes from './Network.module.css';
import { PathPicture } from './PathPicture.tsx';
import { nameOf } from './words.ts';

/** A way, and the request with which it ends. */
export function WayLine({ path }: { path: FoundPath }) {
  const [asking, ask] = useState(false);
  const first = path.places[1]!;
  // To somebody whom one knows oneself nobody has to be asked.
  const direct = path.places.length === 2;
  return (
    <li className={classes.item}>
      <PathPicture path={path} />
      {direct ? (
        <p className={classes.quiet}>{t('network.direct')}</p>
      ) : (
        <Button variant="light" className="no-print" onClick={() => ask(true)}>
          {t(path.askByCard ? 'network.askColleague' : 'network.askContact', { who: nameOf(first) })}
        </Button>
      )}
      {asking && <AskAlong path={path} onClose={() => ask(false)} />}
    </li>
  );
}

interface UnnamedProps {
  sought: string;
  discoverable: number;
  hints: Hint[];
}

/** That somebody here knows contacts who may only be found: never who. */
export function Unnamed({ sought, discoverable, hints }: UnnamedProps) {
  const [asking, ask] = useState(false);
  if (discoverable === 0) return null;
  return (
    <div className={classes.unnamed}>
      <IconEyeOff size={20} aria-hidden />
      <div>
        <p>{t('network.unnamed', { count: discoverable })}</p>
        {hints.map(({ team, band }) => (
          <p key={`${team} ${band}`} className={classes.quiet}>
            {t(team ? 'network.hintTeam' : 'network.hint', { team: team ?? '', band: t(`network.band.${band}`) })}
          </p>
        ))}
      </div>
      <Button variant="default" onClick={() => ask(true)}>
        {t('introductions.ask')}
      </Button>
      {asking && <AskForm sought={sought} kind="person" onClose={() => ask(false)} />}
    </div>
  );
}

/** A house rule: who tells nothing is told nothing. */
export function Closed() {
  return (
    <p className={classes.unnamed}>
      <IconRoute size={20} aria-hidden /> {t('network.closed')}
    </p>
  );
}
