import { useQuery } from '@tanstack/react-query';
import { percent } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { Section } from '../../ui/Section.tsx';
import classes from './Health.module.css';
import { decayQuery } from './queries.ts';

/** How fast details change: as is usual, and as this company has seen it. */
export function Decay() {
  const { data } = useQuery(decayQuery);
  if (!data) return null;
  return (
    <Section title={t('quality.decay')} lead={t('quality.decay.lead')}>
      <div className={classes.scrolls}>
        <table className={classes.decay}>
          <thead>
            <tr>
              {(['kind', 'usual', 'measured'] as const).map((column) => (
                <th key={column} scope="col">
                  {t(`quality.decay.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.items.map((item) => (
              <tr key={item.class}>
                <th scope="row">{told(`quality.decay.class.${item.class}`) ?? item.class}</th>
                <td>{percent(item.usual)}</td>
                <td>{item.measured === null ? '–' : percent(item.measured)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
