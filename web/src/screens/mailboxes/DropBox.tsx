import { Button, CopyButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Connection } from '../../../../server/connectors/contract.ts';
import { renewDropBox } from '../../../../server/correspondents/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { Lines } from '../../ui/Lines.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import classes from './Mailboxes.module.css';
import { MailboxForm } from './MailboxForm.tsx';
import { MailboxLine } from './MailboxLine.tsx';
import { dropBoxQuery, refreshMailboxes } from './queries.ts';

interface DropBoxProps {
  /** The connection behind it, for who has set it up. */
  connection: Connection | undefined;
  admin: boolean;
}

/** My address of the company's drop-box; for admins also its setting up. Nothing where there is none. */
export function DropBox({ connection, admin }: DropBoxProps) {
  const { data } = useQuery(dropBoxQuery);
  const [adding, { open, close }] = useDisclosure();
  if (!data || (data.address === null && !admin)) return null;
  return (
    <Section title={t('mailboxes.dropBox')} lead={t('mailboxes.dropBox.lead')}>
      {data.address !== null && <Address address={data.address} />}
      {connection && (
        <Lines>
          <MailboxLine connection={connection} />
        </Lines>
      )}
      {admin && data.address === null && !connection && (
        <>
          <p className={classes.kept}>{t('mailboxes.dropBox.admin')}</p>
          <Button variant="default" onClick={open}>
            {t('mailboxes.dropBox.setUp')}
          </Button>
        </>
      )}
      {adding && <MailboxForm kind="drop_box" onClose={close} />}
    </Section>
  );
}

function Address({ address }: { address: string }) {
  const renew = useMutation({
    mutationFn: async () => {
      await call(renewDropBox, {});
      await refreshMailboxes();
      say(t('mailboxes.dropBox.renewed'));
    },
    onError: sayError,
  });
  return (
    <>
      <code className={classes.address}>{address}</code>
      <div className={classes.acts}>
        <CopyButton value={address}>
          {({ copied, copy }) => (
            <Button variant="light" onClick={copy}>
              {t(copied ? 'mailboxes.copied' : 'mailboxes.copy')}
            </Button>
          )}
        </CopyButton>
        <Button variant="subtle" loading={renew.isPending} onClick={() => renew.mutate()}>
          {t('mailboxes.dropBox.renew')}
        </Button>
      </div>
      <p className={classes.kept}>{t('mailboxes.dropBox.hint')}</p>
    </>
  );
}
