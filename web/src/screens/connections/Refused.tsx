import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { RefusedCode } from '../../../../server/connectors/contract.ts';
import { t } from '../../i18n.ts';

/** Why a service's page brought no account. */
export function Refused({ code, onClose }: { code: RefusedCode; onClose: () => void }) {
  return (
    <Alert
      color="yellow"
      mb="md"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      withCloseButton
      closeButtonLabel={t('shell.close')}
      onClose={onClose}
    >
      {t(`connections.refused.${code}`)}
    </Alert>
  );
}
