import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { t } from '../../i18n.ts';
import classes from './MyDepartureNotice.module.css';
import { myDepartureQuery } from './queries.ts';

/** A line above every screen of who is about to leave. */
export function MyDepartureNotice() {
  const { data } = useQuery(myDepartureQuery);
  if (!data?.departure) return null;
  return (
    <p className={`${classes.notice} no-print`}>
      {t('leaving.mine')}. <Link to="/leaving">{t('leaving.mineLink')}</Link>
    </p>
  );
}
