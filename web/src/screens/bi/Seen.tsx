import { useQuery } from '@tanstack/react-query';
import { seeAccess } from '../../../../server/bi/contract.ts';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import classes from './Bi.module.css';

/** What the program sees: its tables, what each column means, and the first persons in them. */
export function Seen({ accessId, grantee }: { accessId: string; grantee: string }) {
  const { data, error, refetch } = useQuery(reading(seeAccess, { accessId }));
  if (!data)
    return (
      <div className={classes.seen}>
        {error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Loading lines={4} />}
      </div>
    );
  return (
    <div className={classes.seen}>
      <p>{t('bi.seenAs', { name: grantee })}</p>
      {data.sample.length > 0 ? (
        <p className={classes.sample}>
          {t('bi.sample')}{' '}
          {data.sample.map(({ id, name, organisation }, at) => (
            <span key={id}>
              {at > 0 && ', '}
              <TextLink to="/people/$personId" params={{ personId: id }}>
                {name || t('contacts.nameless')}
              </TextLink>
              {organisation && organisation !== name && ` (${organisation})`}
            </span>
          ))}
        </p>
      ) : (
        <p>{t('bi.sampleNone')}</p>
      )}
      {data.tables.map(({ name, meaning, rows, columns }) => (
        <details key={name}>
          <summary>
            <code>{name}</code> · {t('bi.rows', { count: rows, text: number(rows) })}
          </summary>
          <p>{meaning}</p>
          <dl className={classes.columns}>
            {columns.map((column) => (
              <div key={column.name}>
                <dt>
                  <code>{column.name}</code> <span className={classes.type}>{column.type}</span>
                </dt>
                <dd>{column.meaning}</dd>
              </div>
            ))}
          </dl>
        </details>
      ))}
    </div>
  );
}
