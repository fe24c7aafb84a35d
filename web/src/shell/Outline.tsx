import { LoadingPage } from '../ui/Loading.tsx';
import navigation from './Navigation.module.css';
import classes from './Shell.module.css';

/** What the page will be like, while it is asked who looks at it. */
export function Outline() {
  return (
    <div className={classes.shell}>
      <div className={navigation.side} />
      <main className={classes.main}>
        <LoadingPage />
      </main>
    </div>
  );
}
