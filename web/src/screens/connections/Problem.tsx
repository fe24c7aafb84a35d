import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { problemCode } from '../../../../server/connectors/contract.ts';
import { ApiError } from '../../api.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { problemOf } from './sentences.ts';

/** Why an account cannot be connected: what the service would not do, in words that say what to try. */
export function Problem({ error }: { error: unknown }) {
  const said = error instanceof ApiError && error.code === 'connection_failed' ? error.fields.problem : undefined;
  const code = problemCode.options.find((one) => one === said);
  if (!code) return <ErrorNotice error={error} />;
  return (
    <Alert color="yellow" variant="light" icon={<IconAlertTriangle aria-hidden />} role="alert">
      {problemOf(code)}
    </Alert>
  );
}
