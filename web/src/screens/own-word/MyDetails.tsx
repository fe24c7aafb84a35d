import { Button, Loader, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Output } from '../../../../server/kernel/contract.ts';
import { endOwnLink, enter, openLink, sendCode } from '../../../../server/self-update/contract.ts';
import { ApiError, call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { changeLanguage } from '../../language.ts';
import { reading } from '../../queries.ts';
import { tokenInFragment } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Door } from '../identity/Door.tsx';
import { Details } from './Details.tsx';
import { useKept, type Visit } from './draft.ts';
import classes from './OwnWord.module.css';

export type Opened = Output<typeof openLink>;

/** The page of the link that a contact was sent: without an account, on a phone as well. Opening it changes nothing. */
export function MyDetails() {
  const [token] = useState(() => tokenInFragment() ?? '');
  const opened = useQuery({ ...reading(openLink, { token }), retry: false });
  const [visit, setVisit] = useKept<Visit | null>(`visit ${token}`, null);
  const [ended, setEnded] = useKept(`ended ${token}`, false);
  const locale = opened.data?.locale;
  useEffect(() => {
    // Whose browser speaks neither of our languages reads the one they were written to in.
    if (locale && !navigator.languages.some((tag) => /^(fr|en)/.test(tag))) void changeLanguage(locale);
  }, [locale]);
  const expired = opened.error instanceof ApiError && opened.error.code === 'link_expired';
  if (ended || (expired && !visit)) {
    return (
      <Door title={t('ownWord.page.title')} foot={null}>
        <p role="status">{t(ended ? 'ownWord.page.ended' : 'ownWord.page.expired')}</p>
      </Door>
    );
  }
  const { data } = opened;
  if (!data)
    return (
      <Door title={t('ownWord.page.title')} foot={null}>
        {opened.error ? (
          <ErrorNotice error={opened.error} onRetry={() => void opened.refetch()} />
        ) : (
          <Loader size="sm" role="status" aria-label={t('shell.loading')} />
        )}
      </Door>
    );
  return (
    <Door
      title={t('ownWord.page.hello', { name: data.firstName ?? 'nobody' })}
      lead={t('ownWord.page.lead', { holder: data.holder, workspace: data.workspace })}
      foot={t('ownWord.page.until', { date: longDate(data.expiresAt) })}
      wide={visit !== null}
    >
      {visit ? (
        <Details token={token} opened={data} visit={visit} onOver={() => setVisit(null)} />
      ) : (
        <BeforeCode token={token} opened={data} onVisit={setVisit} onEnded={() => setEnded(true)} />
      )}
    </Door>
  );
}

interface BeforeCodeProps {
  token: string;
  opened: Opened;
  onVisit: (visit: Visit) => void;
  onEnded: () => void;
}

/** What everybody sees who has the link: whom it is about by first name, and how to go on. */
function BeforeCode({ token, opened, onVisit, onEnded }: BeforeCodeProps) {
  const { answeredAt, forget, firstName } = opened;
  return (
    <Stack gap="lg">
      {forget && <WhatBecame forget={forget} />}
      {answeredAt && !forget && (
        <p className={classes.quiet}>{t('ownWord.page.answered', { date: longDate(answeredAt) })}</p>
      )}
      {firstName !== null && !forget && <Code token={token} opened={opened} onVisit={onVisit} />}
      <NotMe token={token} onEnded={onEnded} />
    </Stack>
  );
}

/** One has just asked for it. */
const takesCursor = { autoFocus: true };

function Code({ token, opened, onVisit }: Omit<BeforeCodeProps, 'onEnded'>) {
  const sending = useMutation({ mutationFn: () => call(sendCode, { token }) });
  const entering = useMutation({ mutationFn: (code: string) => call(enter, { token, code }), onSuccess: onVisit });
  const [code, setCode] = useState('');
  const sent = sending.data?.sent === true;
  return (
    <Stack gap="sm">
      <p className={classes.text}>{t('ownWord.page.whyCode')}</p>
      {sending.data?.sent === false && <p role="alert">{t('ownWord.page.notSent', { holder: opened.holder })}</p>}
      {sent && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            entering.mutate(code);
          }}
        >
          <Stack gap="sm">
            <p className={classes.text} role="status">
              {t('ownWord.page.codeSent')}
            </p>
            <TextInput
              label={t('ownWord.page.code')}
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={10}
              {...takesCursor}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
            <ErrorNotice error={entering.error} />
            <Button type="submit" loading={entering.isPending} disabled={code.replaceAll(/\D/g, '').length < 6}>
              {t('ownWord.page.enter')}
            </Button>
          </Stack>
        </form>
      )}
      <ErrorNotice error={sending.error} />
      <Button variant={sent ? 'subtle' : 'filled'} loading={sending.isPending} onClick={() => sending.mutate()}>
        {t(sent ? 'ownWord.page.sendAgain' : 'ownWord.page.sendCode')}
      </Button>
    </Stack>
  );
}

function NotMe({ token, onEnded }: { token: string; onEnded: () => void }) {
  const ending = useMutation({ mutationFn: () => call(endOwnLink, { token }), onSuccess: onEnded });
  return (
    <details className={classes.more}>
      <summary>{t('ownWord.page.notMe')}</summary>
      <ErrorNotice error={ending.error} />
      <Button variant="default" mt="sm" loading={ending.isPending} onClick={() => ending.mutate()}>
        {t('ownWord.page.end')}
      </Button>
    </details>
  );
}

/** A wish to be forgotten, as far as it has come. */
function WhatBecame({ forget }: { forget: NonNullable<Opened['forget']> }) {
  const { askedAt, dueAt, waiting, outcomes, extensions } = forget;
  return (
    <div className={classes.became}>
      <p>
        {t('ownWord.forget.state', { date: longDate(askedAt) })}{' '}
        {t('ownWord.forget.waiting', { count: waiting, date: longDate(dueAt) })}
      </p>
      {extensions.map((reason) => (
        <p key={reason}>{t('ownWord.forget.extended', { reason })}</p>
      ))}
      <ul>
        {[...new Set(outcomes)].map((outcome) => (
          <li key={outcome}>{t(`ownWord.forget.outcome.${outcome}`)}</li>
        ))}
      </ul>
      <p className={classes.quiet}>{t('ownWord.forget.rights')}</p>
    </div>
  );
}
