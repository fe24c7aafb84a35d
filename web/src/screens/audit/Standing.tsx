import { Alert, Button, Group } from '@mantine/core';
import { IconDownload, IconShieldCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { auditExportPath, getStanding, verify } from '../../../../server/audit/contract.ts';
import { apiBase, call } from '../../api.ts';
import { longInstant, number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import { sayError } from '../../ui/undo.tsx';
import classes from './Audit.module.css';

/** How often one looks whether a verification that was asked for is done, in milliseconds. */
const looking = 1500;

/** How far all of it is sealed, whether it still is what was sealed, and the file of it. */
export function Standing() {
  const [asked, setAsked] = useState<string | null | false>(false);
  const { data, error, refetch } = useQuery({
    ...reading(getStanding, {}),
    refetchInterval: ({ state }) =>
      asked !== false && (state.data?.verification?.at ?? null) === asked ? looking : false,
  });
  const waits = asked !== false && (data?.verification?.at ?? null) === asked;
  const start = async () => {
    try {
      await call(verify, {});
      setAsked(data?.verification?.at ?? null);
      void refetch();
    } catch (failure) {
      sayError(failure);
    }
  };
  const found = data?.verification;
  return (
    <Section title={t('audit.seals')}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data && (
        <div aria-live="polite" className={classes.standing}>
          <p>
            {data.last
              ? t('audit.sealedUntil', { when: longInstant(data.last.until), count: data.seals })
              : t('audit.notYet')}
          </p>
          {data.last && (
            <p>
              {t('audit.fingerprint')} <code className={classes.fingerprint}>{data.last.fingerprint}</code>
            </p>
          )}
          {found && found.breaks.length === 0 && (
            <p>
              {t('audit.whole', {
                when: longInstant(found.at),
                seals: found.seals,
                entries: number(found.entries),
                uses: number(found.uses),
              })}
            </p>
          )}
          {found && found.breaks.length > 0 && (
            <Alert color="red" title={t('audit.broken', { when: longInstant(found.at) })}>
              <ul className={classes.breaks}>
                {found.breaks.map(({ sealNo, problem }) => (
                  <li key={sealNo}>{t('audit.break', { no: sealNo, problem: t(`audit.problem.${problem}`) })}</li>
                ))}
              </ul>
            </Alert>
          )}
        </div>
      )}
      <Group gap={8} mt="sm">
        <Button
          variant="default"
          leftSection={<IconShieldCheck size={18} aria-hidden />}
          loading={waits}
          disabled={!data}
          onClick={() => void start()}
        >
          {t('audit.verify')}
        </Button>
        <Button
          component="a"
          download
          variant="default"
          href={apiBase + auditExportPath}
          leftSection={<IconDownload size={18} aria-hidden />}
        >
          {t('audit.export')}
        </Button>
      </Group>
    </Section>
  );
}
