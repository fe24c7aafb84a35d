import type { LineProblem } from '../../../../server/opportunities/contract.ts';
import { t } from '../../i18n.ts';
import classes from './ImportOpportunities.module.css';

/** What was not understood, by line of the file. */
export function Problems({ problems, count }: { problems: readonly LineProblem[]; count: number }) {
  if (problems.length === 0) return null;
  return (
    <details className={classes.problems}>
      <summary>{t('opportunities.import.problems', { count })}</summary>
      <p className={classes.quiet}>{t('opportunities.import.problemsLead')}</p>
      <ul>
        {problems.map(({ line, code, text }) => (
          <li key={`${line} ${code} ${text}`}>
            {t('opportunities.import.problem', { line, problem: t(`opportunities.import.problem.${code}`) })}
            <span className={classes.text}>{text}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
