import { t } from '../i18n.ts';
import classes from './Loading.module.css';

/** Widths that look like words, the same each time. */
const widths = [42, 58, 35, 50, 64, 38, 55, 46];

interface LoadingProps {
  lines?: number;
  /** As the list of contacts: closer, with faces, without a frame. */
  dense?: boolean;
}

/** The shape of lines that are on their way. */
export function Loading({ lines = 3, dense = false }: LoadingProps) {
  return (
    <div aria-hidden className={`${classes.loading} ${classes.lines} ${dense ? classes.dense : ''}`}>
      {Array.from({ length: lines }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they never move
        <div key={at} className={classes.line}>
          {dense && <div className={classes.face} />}
          <div className={classes.words}>
            <div className={classes.word} style={{ width: `${widths[at % widths.length]! / (dense ? 2.4 : 1.6)}%` }} />
            {!dense && <div className={classes.word} style={{ width: `${widths[(at + 3) % widths.length]}%` }} />}
          </div>
        </div>
      ))}
    </div>
  );
}

/** The shape of a contact. */
export function LoadingContact() {
  return (
    <div role="status" aria-label={t('shell.loading')} className={classes.loading}>
      <div className={classes.contact}>
        <div className={classes.face} />
        <div className={classes.words}>
          <div className={classes.word} style={{ width: '38%', height: 16 }} />
          <div className={classes.word} style={{ width: '54%' }} />
        </div>
      </div>
      <Loading lines={5} />
    </div>
  );
}

/** A page of which nothing is there yet, its code included. */
export function LoadingPage() {
  return (
    <div aria-hidden className={`${classes.loading} ${classes.page}`}>
      <div className={`${classes.word} ${classes.title}`} />
      <Loading lines={4} />
    </div>
  );
}
