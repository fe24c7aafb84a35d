import { IconCheck, IconDeviceMobile, IconFileImport, IconHeartHandshake } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { t } from '../../i18n.ts';
import { Lines } from '../../ui/Lines.tsx';
import { Section } from '../../ui/Section.tsx';
import classes from './Home.module.css';
import { returnQuery } from './queries.ts';

const steps = [
  { to: '/imports', step: 'bring', Icon: IconFileImport },
  { to: '/delegations', step: 'lend', Icon: IconHeartHandshake },
  { to: '/settings/devices', step: 'phone', Icon: IconDeviceMobile },
] as const;

/** For who lends nothing yet: what there is to do, in the order in which it makes sense. */
export function FirstSteps() {
  const { data } = useQuery(returnQuery);
  if (!data || data.lent > 0) return null;
  const brought = data.private > 0;
  return (
    <Section title={t('home.first')}>
      <Lines>
        {steps.map(({ to, step, Icon }) => (
          <li key={step}>
            <Link to={to} className={classes.step}>
              {step === 'bring' && brought ? (
                <IconCheck size={22} stroke={1.6} aria-label={t('home.first.done')} className={classes.stepIcon} />
              ) : (
                <Icon size={22} stroke={1.6} aria-hidden className={classes.stepIcon} />
              )}
              <span className={classes.said}>
                <strong>{t(`home.first.${step}`)}</strong>
                <span className={classes.quiet}>{t(`home.first.${step}Text`)}</span>
              </span>
            </Link>
          </li>
        ))}
      </Lines>
    </Section>
  );
}
