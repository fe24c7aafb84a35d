import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import {
  closeRequest,
  eraseAll,
  extendRequest,
  type PrivacyRequest,
  refuseRequest,
  type Step,
  sendAnswer,
} from '../../../../server/compliance/contract.ts';
import { call } from '../../api.ts';
import { calendarDay, longInstant } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { RemoveDialog } from '../../ui/RemoveDialog.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { Facts, whose } from './Desk.tsx';
import classes from './Privacy.module.css';
import { refreshDesk, requestQuery } from './queries.ts';

/** A request of a person: how far it is, what the desk can do now, and the proof. */
export function RequestPage() {
  const { requestId } = useParams({ from: '/members/settings/privacy/$requestId' });
  const { role } = useMe();
  const { data, error, refetch } = useQuery({ ...requestQuery(requestId), refetchInterval: 5000 });
  const title = data ? t(`privacy.kind.${data.kind}`) : t('privacy.title');
  return (
    <Page
      title={title}
      width="reading"
      lead={
        <TextLink to="/settings/privacy" size="sm">
          {t('privacy.back')}
        </TextLink>
      }
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={4} />}
      {data && (
        <Stack gap="lg">
          <div>
            <strong>{whose(data)}</strong> · {t(`privacy.state.${data.state}`)}
            <Facts request={data} />
          </div>
          {role === 'admin' && data.state === 'asking' && <Acts request={data} />}
          <Section title={t('privacy.proof')} lead={t('privacy.proofLead')}>
            <ul className={classes.steps}>
              {data.steps.map((step) => (
                <StepLine key={`${step.at} ${step.kind}`} step={step} />
              ))}
            </ul>
          </Section>
        </Stack>
      )}
    </Page>
  );
}

function StepLine({ step: { kind, by, at, counts, reason } }: { step: Step }) {
  const tables = Object.values(counts);
  const count = tables.reduce((sum, one) => sum + one, 0);
  return (
    <li>
      <strong>{told(`privacy.step.${kind}`) ?? kind}</strong>
      <div className={classes.facts}>
        <span>{longInstant(at)}</span>
        {by && <span>{t('privacy.by', { name: by })}</span>}
        {kind === 'erased' && <span>{t('privacy.rows', { count, tables: tables.length })}</span>}
      </div>
      {reason && <p className={classes.reason}>{reason}</p>}
    </li>
  );
}

function Acts({ request }: { request: PrivacyRequest }) {
  const { id: requestId, kind, ready, extended, dueOn } = request;
  const [dialog, setDialog] = useState<'erase' | 'extend' | 'refuse' | null>(null);
  const [busy, setBusy] = useState(false);
  const go = async (work: () => Promise<string>) => {
    setBusy(true);
    try {
      say(await work());
      await refreshDesk();
    } catch (error) {
      sayError(error);
    } finally {
      setBusy(false);
    }
  };
  const send = () =>
    go(async () => t((await call(sendAnswer, { requestId })).sent ? 'privacy.sent' : 'privacy.notSent'));
  const close = () =>
    go(async () => t((await call(closeRequest, { requestId })).sent ? 'privacy.closedNow' : 'privacy.closedUntold'));
  const answered = kind === 'access' || kind === 'portability';
  const text = answered ? 'privacy.sendText' : kind === 'erasure' ? 'privacy.eraseText' : 'privacy.closeText';
  const inTime = dueOn >= new Date().toISOString().slice(0, 10);
  return (
    <div>
      <p>{t(ready ? text : 'privacy.waiting')}</p>
      <Group gap="xs">
        {answered && (
          <Button disabled={!ready} loading={busy} onClick={() => void send()}>
            {t('privacy.send')}
          </Button>
        )}
        {kind === 'erasure' && (
          <Button color="red" disabled={!ready} onClick={() => setDialog('erase')}>
            {t('privacy.erase')}
          </Button>
        )}
        {!answered && kind !== 'erasure' && (
          <Button disabled={!ready} loading={busy} onClick={() => void close()}>
            {t('privacy.close')}
          </Button>
        )}
        {!extended && inTime && (
          <Button variant="default" onClick={() => setDialog('extend')}>
            {t('privacy.extend')}
          </Button>
        )}
        <Button variant="default" onClick={() => setDialog('refuse')}>
          {t('privacy.refuse')}
        </Button>
      </Group>
      {dialog === 'erase' && (
        <RemoveDialog
          title={t('privacy.erase')}
          text={t('privacy.eraseText')}
          action={t('privacy.eraseSure')}
          done={t('privacy.erasing')}
          remove={() => call(eraseAll, { requestId }).then(() => refreshDesk())}
          onClose={() => setDialog(null)}
        />
      )}
      {(dialog === 'extend' || dialog === 'refuse') && (
        <WithReason requestId={requestId} what={dialog} onClose={() => setDialog(null)} />
      )}
    </div>
  );
}

/** What the person reads. */
function WithReason({
  requestId,
  what,
  onClose,
}: {
  requestId: string;
  what: 'extend' | 'refuse';
  onClose: () => void;
}) {
  const form = useForm({ reason: '' }, async ({ reason }) => {
    if (what === 'extend') {
      const { sent, dueOn } = await call(extendRequest, { requestId, reason });
      say(sent ? t('privacy.extendDone', { date: calendarDay(dueOn) }) : t('privacy.notSent'));
    } else {
      const { sent } = await call(refuseRequest, { requestId, reason });
      say(t(sent ? 'privacy.closedNow' : 'privacy.closedUntold'));
    }
    await refreshDesk();
    onClose();
  });
  return (
    <Modal opened onClose={onClose} title={t(`privacy.${what}`)} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <p>{t(`privacy.${what}Text`)}</p>
          <Textarea
            data-autofocus
            name="reason"
            label={t('privacy.reason')}
            required
            withAsterisk={false}
            minLength={10}
            maxLength={2000}
            autosize
            minRows={3}
            value={form.values.reason}
            error={form.problem('reason')}
            onChange={({ currentTarget }) => form.set('reason', currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t(`privacy.${what}`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
