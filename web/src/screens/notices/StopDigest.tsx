import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { stopDigest } from '../../../../server/notices/contract.ts';
import { ApiError, call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { tokenInFragment } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useTitle } from '../../ui/Page.tsx';
import classes from './Notices.module.css';

/** The page of the link in a digest. Opening it ends nothing yet. */
export function StopDigest() {
  const [token] = useState(() => tokenInFragment() ?? '');
  const stopping = useMutation({ mutationFn: () => call(stopDigest, { token }) });
  useTitle(t('digest.stop.title'));
  const { error } = stopping;
  const expired = error instanceof ApiError && error.code === 'link_expired';
  return (
    <main className={classes.door}>
      <h1>{t('digest.stop.title')}</h1>
      {stopping.isSuccess ? (
        <p role="status">{t('digest.stop.done')}</p>
      ) : (
        <>
          <p>{t(expired ? 'digest.stop.expired' : 'digest.stop.text')}</p>
          {!expired && <ErrorNotice error={error} />}
          <Button loading={stopping.isPending} disabled={expired} onClick={() => stopping.mutate()}>
            {t('digest.stop.button')}
          </Button>
        </>
      )}
    </main>
  );
}
