import { Checkbox, SegmentedControl, Switch } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Input } from '../../../../server/kernel/contract.ts';
import { type NoticeSettings as Settings, updateSettings, type Way } from '../../../../server/notices/contract.ts';
import { ApiError, call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { canPush, isPushed, startPush, stopPush } from '../../push.ts';
import { queryClient } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { sayError, sayProblem } from '../../ui/undo.tsx';
import classes from './Notices.module.css';
import { settingsQuery } from './queries.ts';

type Change = Input<typeof updateSettings>;

/** What I am told, by which ways, and how often the digest comes. */
export function NoticeSettings() {
  const { data, error, refetch } = useQuery(settingsQuery);
  const change = useMutation({
    mutationFn: (input: Change) => call(updateSettings, input),
    onSuccess: (after) => queryClient.setQueryData(settingsQuery.queryKey, after),
    onError: sayError,
  });
  return (
    <Page title={t('notices.settings')} width="reading" lead={t('notices.settingsLead')}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={5} />}
      {data && (
        <>
          {!data.mail && <p>{t('notices.noMail')}</p>}
          <Lines as="div">
            <Switches settings={data} change={change.mutate} />
          </Lines>
          {canPush() && <ThisDevice />}
          <Digest settings={data} change={change.mutate} />
        </>
      )}
    </Page>
  );
}

interface PartProps {
  settings: Settings;
  change: (input: Change) => void;
}

/** Pushed ones are a matter of browsers that can show them. */
const ways: Way[] = canPush() ? ['app', 'push', 'mail'] : ['app', 'mail'];

function Switches({ settings, change }: PartProps) {
  return (
    <div className={classes.scroll}>
      <table className={classes.switches}>
        <thead>
          <tr>
            <th scope="col">{t('notices.kind')}</th>
            {ways.map((way) => (
              <th key={way} scope="col">
                {t(`notices.way.${way}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {settings.kinds.map(({ kind, ways: wanted }) => (
            <tr key={kind}>
              <th scope="row">{t(`notices.kind.${kind}`)}</th>
              {ways.map((way) => (
                <td key={way}>
                  <Checkbox
                    aria-label={t('notices.switch', {
                      kind: t(`notices.kind.${kind}`),
                      way: t(`notices.way.${way}`),
                    })}
                    checked={wanted[way]}
                    onChange={(event) => change({ switches: [{ kind, way, wanted: event.currentTarget.checked }] })}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ThisDevice() {
  const [on, setOn] = useState(isPushed);
  const switching = useMutation({
    mutationFn: (wanted: boolean) => (wanted ? startPush() : stopPush()),
    onSuccess: () => setOn(isPushed()),
    onError: (error) => (error instanceof ApiError ? sayError(error) : sayProblem(t('notices.device.denied'))),
  });
  return (
    <Section title={t('notices.device.title')} lead={t('notices.device.lead')}>
      <Switch
        label={t('notices.device.on')}
        checked={on}
        disabled={switching.isPending}
        onChange={(event) => switching.mutate(event.currentTarget.checked)}
      />
    </Section>
  );
}

function Digest({ settings, change }: PartProps) {
  return (
    <Section title={t('notices.digest')} lead={t('notices.digestLead')}>
      <SegmentedControl
        aria-label={t('notices.digest')}
        value={settings.digest}
        onChange={(digest) => change({ digest: digest as Settings['digest'] })}
        data={(['day', 'week', 'never'] as const).map((value) => ({ value, label: t(`notices.digest.${value}`) }))}
      />
    </Section>
  );
}
