import { Alert, Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { WithPassword } from '../../../../server/bi/contract.ts';
import { t } from '../../i18n.ts';
import settings from '../settings/Settings.module.css';
import classes from './Bi.module.css';
import { programs, stringFor } from './connections.ts';

/** The password, shown once, in the words that each program asks for. */
export function Connecting({ made: { access, password, place } }: { made: WithPassword }) {
  const { host, port, database } = place;
  const { login: user, schema } = access;
  return (
    <Alert color="teal" title={t('bi.ready', { name: access.name })} mb="lg" role="status">
      <p className={classes.once}>{t('bi.once')}</p>
      {programs.map((program) => {
        const text = stringFor(program, { host: host ?? 'localhost', port, database, user, password, schema });
        return (
          <section key={program} className={classes.program} aria-label={t(`bi.program.${program}`)}>
            <div className={classes.programHead}>
              <h3>{t(`bi.program.${program}`)}</h3>
              <CopyButton value={text}>
                {({ copied, copy }) => (
                  <Button
                    variant="subtle"
                    size="compact-md"
                    onClick={copy}
                    aria-label={t('bi.copy', { program: t(`bi.program.${program}`) })}
                    leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
                  >
                    {t(copied ? 'shell.copied' : 'shell.copy')}
                  </Button>
                )}
              </CopyButton>
            </div>
            <code className={settings.secret}>{text}</code>
          </section>
        );
      })}
    </Alert>
  );
}
