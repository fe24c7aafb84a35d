import { Alert, Badge, Button, Code, CopyButton, Group, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Output } from '../../../../server/kernel/contract.ts';
import {
  checkMailDomain,
  confirmSigningKey,
  type DomainCheck,
  getMailDomain,
  makeSigningKey,
  removeSigningKey,
  type SigningKey,
} from '../../../../server/outreach/domain-contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import { sayError } from '../../ui/undo.tsx';
import classes from './Outreach.module.css';

type Checked = Output<typeof checkMailDomain>;

/** Whether receivers can tell that our mail is ours: what the domain name system says, and the key that mail is signed with. */
export function MailDomain() {
  const { data, error, refetch } = useQuery(reading(getMailDomain, {}));
  const check = useMutation({ mutationFn: () => call(checkMailDomain, {}), onSuccess: () => refresh(getMailDomain) });
  if (!data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data.domain) return null;
  return (
    <Section title={t('domain.title')} lead={t('domain.lead', { domain: data.domain })}>
      <Stack gap="md">
        <Key held={data.key} domain={data.domain} />
        <Group>
          <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
            {t('domain.check')}
          </Button>
        </Group>
        <ErrorNotice error={check.error} />
        {check.data && <Checks checks={check.data.checks} />}
      </Stack>
    </Section>
  );
}

function Key({ held, domain }: { held: SigningKey | null; domain: string }) {
  const act = async (what: typeof makeSigningKey | typeof confirmSigningKey | typeof removeSigningKey) => {
    try {
      await call(what, {});
      await refresh(getMailDomain);
    } catch (error) {
      sayError(error);
    }
  };
  if (!held || held.domain !== domain)
    return (
      <div>
        <p className={classes.quiet}>
          {t(held ? 'domain.key.other' : 'domain.key.none', { domain: held?.domain ?? '' })}
        </p>
        <Button variant="default" onClick={() => void act(makeSigningKey)}>
          {t('domain.key.make')}
        </Button>
      </div>
    );
  const seen = held.seenAt === null ? null : longInstant(held.seenAt);
  return (
    <div>
      <p className={classes.quiet}>
        {seen !== null
          ? t('domain.key.seen', { when: seen })
          : t(held.confirmed ? 'domain.key.confirmed' : 'domain.key.unseen')}
      </p>
      {seen === null && <Publish name={held.record.name} value={held.record.value} pieces={held.record.pieces} />}
      <Group mt="sm">
        {!held.signs && (
          <Button variant="subtle" onClick={() => void act(confirmSigningKey)}>
            {t('domain.key.confirm')}
          </Button>
        )}
        <Button variant="subtle" onClick={() => void act(makeSigningKey)}>
          {t('domain.key.renew')}
        </Button>
        <Button variant="subtle" color="red" onClick={() => void act(removeSigningKey)}>
          {t('domain.key.remove')}
        </Button>
      </Group>
    </div>
  );
}

/** A record to be published, to be taken to wherever the domain is looked after. */
function Publish({ name, value, pieces }: { name: string; value: string; pieces?: string }) {
  return (
    <div>
      <p className={classes.quiet}>{t('domain.publish', { name })}</p>
      <Code block className={classes.record}>
        {value}
      </Code>
      <Group gap="xs" mt={4}>
        <Copy value={name} label={t('domain.copyName')} />
        <Copy value={value} label={t('domain.copyValue')} />
        {pieces && value.length > 255 && <Copy value={pieces} label={t('domain.copyPieces')} />}
      </Group>
    </div>
  );
}

const Copy = ({ value, label }: { value: string; label: string }) => (
  <CopyButton value={value}>
    {({ copied, copy }) => (
      <Button variant="default" size="xs" onClick={copy}>
        {copied ? t('domain.copied') : label}
      </Button>
    )}
  </CopyButton>
);

const colors = { good: 'teal', warning: 'yellow', bad: 'red', unknown: 'gray' } as const;

const Checks = ({ checks }: { checks: Checked['checks'] }) => (
  <Stack gap="sm" role="status">
    {checks.map((one) => (
      <Check key={one.kind} check={one} />
    ))}
  </Stack>
);

const Check = ({ check }: { check: DomainCheck }) => (
  <Alert
    variant="light"
    color={colors[check.state]}
    title={
      <>
        {t(`domain.${check.kind}`)} <Badge color={colors[check.state]}>{t(`domain.state.${check.state}`)}</Badge>
      </>
    }
  >
    <p>{told(`domain.${check.kind}.${check.code}`, check.about)}</p>
    {check.record && (
      <Code block className={classes.record}>
        {check.record}
      </Code>
    )}
    {check.publish && <Publish {...check.publish} />}
  </Alert>
);
