import { Badge, Button, UnstyledButton } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Kind } from '../../../../server/facts/contract.ts';
import type { Health } from '../../../../server/facts/sources-contract.ts';
import { ago, number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import classes from './Facts.module.css';
import { KindForm } from './KindForm.tsx';
import { healthQuery, kindsQuery } from './queries.ts';
import { kindName, purposeOf, seenBy } from './words.ts';

type Volume = Health['kinds'][number];

/** The kinds of fact, as one reads them: what for, for how long, who sees them, and how many there are. */
export function Kinds() {
  const { role } = useMe();
  const runs = role === 'admin' || role === 'marketing';
  const { data, error, refetch } = useQuery(kindsQuery);
  const health = useQuery({ ...healthQuery, enabled: runs }).data;
  const [editing, edit] = useState<Kind | 'new'>();
  const volumes = new Map(health?.kinds.map((one) => [one.kindId, one]));
  const add = role === 'admin' && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => edit('new')}>
      {t('facts.kind.add')}
    </Button>
  );
  return (
    <Page title={t('facts.title')} lead={t('facts.lead')} width="reading" actions={add}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={6} />}
      {data && (
        <Lines>
          {data.items.map((kind) => (
            <li key={kind.id}>
              {role === 'admin' ? (
                <UnstyledButton
                  className={classes.line}
                  aria-label={t('facts.kind.edit', { kind: kindName(kind) })}
                  onClick={() => edit(kind)}
                >
                  <KindLine kind={kind} volume={volumes.get(kind.id)} />
                </UnstyledButton>
              ) : (
                <div className={classes.line}>
                  <KindLine kind={kind} volume={volumes.get(kind.id)} />
                </div>
              )}
            </li>
          ))}
        </Lines>
      )}
      {editing && <KindForm kind={editing === 'new' ? undefined : editing} onClose={() => edit(undefined)} />}
    </Page>
  );
}

function KindLine({ kind, volume }: { kind: Kind; volume: Volume | undefined }) {
  return (
    <>
      <span>
        <strong>{kindName(kind)}</strong>{' '}
        {kind.asksConsent && (
          <Badge color="gray" variant="light" tt="none">
            {t('facts.kind.tracking')}
          </Badge>
        )}{' '}
        {kind.ended && (
          <Badge color="gray" variant="light" tt="none">
            {t('facts.kind.ended')}
          </Badge>
        )}
        <p>{t('facts.kind.sentence', { purpose: purposeOf(kind), months: kind.keepMonths, who: seenBy(kind) })}</p>
      </span>
      {volume && <Bars days={volume.days} />}
      {volume && (
        <span className={classes.figures}>
          {number(volume.kept)}
          <p>{volume.lastAt ? ago(volume.lastAt) : t('facts.never')}</p>
        </span>
      )}
    </>
  );
}

/** How many came on each of the last thirty days. */
function Bars({ days }: { days: readonly number[] }) {
  const most = Math.max(...days, 1);
  const total = days.reduce((sum, one) => sum + one, 0);
  return (
    <svg className={classes.bars} viewBox="0 0 120 28" role="img" aria-label={t('facts.recent', { count: total })}>
      <title>{t('facts.recent', { count: total })}</title>
      {days.map((one, at) => {
        const height = one === 0 ? 1 : Math.max(2, (one / most) * 28);
        // biome-ignore lint/suspicious/noArrayIndexKey: a day is its place
        return <rect key={at} x={at * 4} y={28 - height} width={3} height={height} opacity={one === 0 ? 0.25 : 1} />;
      })}
    </svg>
  );
}
