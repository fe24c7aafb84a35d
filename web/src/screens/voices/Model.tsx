import { Button, Code, Group, NativeSelect, NumberInput, PasswordInput, Stack, Switch, TextInput } from '@mantine/core';
import { IconArrowLeft, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  getModel,
  type Model,
  previewRequest,
  removeModel,
  setModel,
} from '../../../../server/voices/model-contract.ts';
import { ApiError, call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { type MessageKey, t, told } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from './Voices.module.css';

/** A model of the company's choice that reads what is unclear: off until an admin sets it up; everybody sees what leaves. */
export function ModelPage() {
  const { data, error, refetch } = useQuery(reading(getModel, {}));
  const [editing, edit] = useState(false);
  const admin = useMe().role === 'admin';
  return (
    <Page title={t('voices.model')} lead={t('voices.model.lead')} width="reading">
      <ButtonLink
        to="/voices/topics"
        variant="subtle"
        color="gray"
        leftSection={<IconArrowLeft size={18} aria-hidden />}
      >
        {t('voices.topics')}
      </ButtonLink>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={4} />}
      {data && !editing && <State model={data.model} />}
      {data && admin && !editing && (
        <Group mt="md">
          <Button
            variant={data.model ? 'default' : 'filled'}
            leftSection={!data.model && <IconPlus size={18} aria-hidden />}
            onClick={() => edit(true)}
          >
            {t(data.model ? 'voices.model.change' : 'voices.model.setUp')}
          </Button>
          {data.model && (
            <Button variant="subtle" color="red" onClick={() => void remove()}>
              {t('voices.model.remove')}
            </Button>
          )}
        </Group>
      )}
      {data && editing && <ModelForm model={data.model} onClose={() => edit(false)} />}
      {data && <Leaves name={data.model?.name ?? 'model'} />}
    </Page>
  );
}

async function remove(): Promise<void> {
  try {
    await call(removeModel, {});
    await refresh(getModel);
    say(t('voices.model.removed'));
  } catch (error) {
    sayError(error);
  }
}

function State({ model }: { model: Model | null }) {
  if (!model) return <p>{t('voices.model.off')}</p>;
  const problem = model.problem && told(`connections.problem.${model.problem.code}`);
  return (
    <div>
      <p>
        <strong>{model.name}</strong> · {new URL(model.url).host}
        <br />
        {t(model.state === 'paused' ? 'voices.model.paused' : `voices.model.asks.${model.asks}.now`)}
        {model.state === 'working' && model.suggests && ` ${t('voices.model.suggests.now')}`}
      </p>
      <p className={classes.small}>
        {t('voices.model.count', { today: model.today, most: model.mostADay, all: model.asked })}
        <br />
        {t('voices.model.by', { name: model.changedBy || 'nobody', when: longInstant(model.changedAt) })}
      </p>
      {problem && <p role="alert">{t('voices.model.problem', { problem, when: longInstant(model.problem!.since) })}</p>}
    </div>
  );
}

function ModelForm({ model, onClose }: { model: Model | null; onClose: () => void }) {
  const start = {
    ...{ url: model?.url ?? '', name: model?.name ?? '', key: '', asks: model?.asks ?? ('unclear' as Model['asks']) },
    ...{ mostADay: model?.mostADay ?? 1000, on: model?.state !== 'paused', suggests: model?.suggests ?? false },
  };
  const form = useForm(start, async ({ key, on, ...said }) => {
    await call(setModel, { ...said, ...(key ? { key } : {}), state: on ? 'working' : 'paused' });
    await refresh(getModel);
    say(t('voices.model.saved'));
    onClose();
  });
  const refused =
    form.error instanceof ApiError && form.error.code === 'connection_failed' ? form.error.fields.problem : undefined;
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack gap="sm" mt="md">
        <TextInput
          data-autofocus
          name="url"
          type="url"
          required
          withAsterisk={false}
          label={t('voices.model.url')}
          description={t('voices.model.url.lead')}
          placeholder="https://models.example.com/v1"
          value={form.values.url}
          error={form.problem('url')}
          onChange={({ currentTarget }) => form.set('url', currentTarget.value)}
        />
        <TextInput
          name="name"
          required
          withAsterisk={false}
          label={t('voices.model.name')}
          value={form.values.name}
          error={form.problem('name')}
          onChange={({ currentTarget }) => form.set('name', currentTarget.value)}
        />
        <PasswordInput
          name="key"
          autoComplete="off"
          label={t('voices.model.key')}
          description={t(model ? 'voices.model.key.kept' : 'voices.model.key.lead')}
          value={form.values.key}
          error={form.problem('key')}
          onChange={({ currentTarget }) => form.set('key', currentTarget.value)}
        />
        <NativeSelect
          name="asks"
          label={t('voices.model.asks')}
          value={form.values.asks}
          data={(['unclear', 'all', 'none'] as const).map((value) => ({
            value,
            label: t(`voices.model.asks.${value}` as MessageKey),
          }))}
          onChange={({ currentTarget }) => form.set('asks', currentTarget.value as Model['asks'])}
        />
        <Switch
          label={t('voices.model.suggests')}
          description={t('voices.model.suggests.lead')}
          checked={form.values.suggests}
          onChange={({ currentTarget }) => form.set('suggests', currentTarget.checked)}
        />
        <NumberInput
          name="mostADay"
          min={1}
          max={100_000}
          allowDecimal={false}
          label={t('voices.model.mostADay')}
          value={form.values.mostADay}
          error={form.problem('mostADay')}
          onChange={(value) => form.set('mostADay', Number(value))}
        />
        <Switch
          label={t('voices.model.on')}
          checked={form.values.on}
          onChange={({ currentTarget }) => form.set('on', currentTarget.checked)}
        />
        {refused ? (
          <p role="alert">{told(`connections.problem.${refused}`) ?? refused}</p>
        ) : (
          <ErrorNotice error={form.error} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('shell.cancel')}
          </Button>
          <Button type="submit" loading={form.sending}>
            {t('shell.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What leaves for one message, octet for octet. */
function Leaves({ name }: { name: string }) {
  const { data } = useQuery(reading(previewRequest, { name }));
  return (
    <section aria-label={t('voices.model.leaves')}>
      <h2 className={classes.part}>{t('voices.model.leaves')}</h2>
      <p>{t('voices.model.leaves.lead')}</p>
      {data && (
        <Code block className={classes.request}>
          {data.body}
        </Code>
      )}
    </section>
  );
}
