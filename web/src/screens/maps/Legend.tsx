import { roles } from '../../../../server/relations/contract.ts';
import { t } from '../../i18n.ts';
import classes from './Maps.module.css';
import { signs } from './mapDrawing.ts';

/** As many bars full as we know somebody well; amber ones when nobody does. */
function Bars({ full }: { full: number }) {
  return (
    <svg className={classes.sign} viewBox="0 0 16 16" aria-hidden="true" data-doubt={full === 0 || undefined}>
      {[0, 1, 2].map((at) => (
        <rect key={at} x={1 + at * 5} y={10 - at * 4} width={3.5} height={5 + at * 4} rx={1} data-full={at < full} />
      ))}
    </svg>
  );
}

function Sign({ d, doubt }: { d: string; doubt?: boolean }) {
  return (
    <svg className={classes.sign} viewBox="0 0 16 16" aria-hidden="true" data-doubt={doubt || undefined}>
      <path d={d} />
    </svg>
  );
}

/** What is drawn on a power map, sign by sign. */
export function Legend({ open }: { open: boolean }) {
  return (
    <details className={`${classes.legend} no-print`} open={open}>
      <summary>{t('maps.legend')}</summary>
      <ul>
        {[3, 2, 1, 0].map((full) => (
          <li key={full}>
            <Bars full={full} />
            {t('maps.legendAccess', { full })}
          </li>
        ))}
        <li>
          <span className={classes.differing} aria-hidden>
            ≠
          </span>
          {t('maps.legendDiffer')}
        </li>
        <li>
          <Sign d="M1 8 L14 8 M10 4.5 L14 8 L10 11.5" />
          {t('maps.legendLine')}
        </li>
        {roles.map((role) => (
          <li key={role}>
            <Sign d={signs[role]} doubt={role === 'opponent'} />
            {t(`relations.role.${role}`)}
          </li>
        ))}
      </ul>
    </details>
  );
}
