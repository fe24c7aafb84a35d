import { useQuery } from '@tanstack/react-query';
import type { Departure } from '../../../../server/leaving/contract.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { Face } from '../../ui/Face.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import classes from '../settings/Settings.module.css';
import { departuresQuery } from './queries.ts';

export const stateOf = ({ state, openedAt, doneAt }: Departure): string =>
  t(`leaving.state.${state}`, { date: longDate(doneAt ?? openedAt) });

/** Who is leaving or has left; nothing where nobody is. */
export function Departures() {
  const { data } = useQuery(departuresQuery);
  const shown = data?.items.filter(({ state }) => state !== 'cancelled' && state !== 'returned') ?? [];
  if (shown.length === 0) return null;
  return (
    <Section title={t('leaving.list')}>
      <Lines>
        {shown.map((departure) => (
          <li key={departure.id} className={classes.line}>
            <Face id={departure.member.id} name={departure.member.name} size={36} />
            <div className={classes.main}>
              <strong>{departure.member.name}</strong>
              <span className={classes.quiet}>{stateOf(departure)}</span>
            </div>
            <ButtonLink
              to="/settings/members/leaving/$departureId"
              params={{ departureId: departure.id }}
              variant="subtle"
              size="compact-md"
            >
              {t('leaving.what')}
            </ButtonLink>
          </li>
        ))}
      </Lines>
    </Section>
  );
}
