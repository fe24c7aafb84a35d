import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { IconLayoutList, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import {
  type Audience,
  addContent,
  type Content,
  kindOfReady,
  type ReadyKey,
  readyKeys,
} from '../../../../server/content/contract.ts';
import { type Kind, kinds } from '../../../../server/content/kinds-contract.ts';
import { call } from '../../api.ts';
import { ago } from '../../format.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { useForm } from '../../ui/useForm.ts';
import { AudienceChoice } from './AudienceChoice.tsx';
import classes from './Content.module.css';
import { ContentTabs } from './ContentTabs.tsx';
import { contentsQuery, refreshContents } from './queries.ts';

/** What is written to many. */
export function Contents() {
  const { data, error, refetch } = useQuery(contentsQuery);
  const [making, make] = useState(false);
  const button = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => make(true)}>
      {t('content.new')}
    </Button>
  );
  return (
    <>
      <ContentTabs />
      <Page title={t('content.title')} lead={t('content.lead')} actions={data?.items.length ? button : undefined}>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={4} />}
        {data?.items.length === 0 && (
          <EmptyState
            icon={<IconLayoutList size={40} stroke={1.4} />}
            title={t('content.none')}
            text={t('content.none.text')}
            action={button}
          />
        )}
        {data && data.items.length > 0 && (
          <Lines>
            {data.items.map((content) => (
              <li key={content.id}>
                <ContentLine content={content} />
              </li>
            ))}
          </Lines>
        )}
        {making && <NewContent onClose={() => make(false)} />}
      </Page>
    </>
  );
}

function ContentLine({ content }: { content: Content }) {
  const { id, name, kind, audience, languages, changedAt, changedBy } = content;
  const seen = audience.kind === 'team' ? audience.name : t(`content.audience.${audience.kind}`);
  return (
    <Link to="/plan/content/$contentId" params={{ contentId: id }} className={classes.line}>
      <span>
        <strong dir="auto">{name}</strong>
        <span className={classes.quiet}>
          {' '}
          {[t(`content.kind.${kind}`), languages.map((one) => one.toUpperCase()).join(', '), seen]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <span className={classes.quiet}>{t('content.changed', { name: changedBy, when: ago(changedAt) })}</span>
    </Link>
  );
}

function NewContent({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const begin: { name: string; kind: Kind; ready: ReadyKey | ''; audience: Audience } = {
    ...{ name: '', kind: 'email', ready: '', audience: { kind: 'mine' } },
  };
  const form = useForm(begin, async ({ name, kind, ready, audience }) => {
    const { id } = await call(addContent, { name, kind, audience, ...(ready ? { ready } : {}) });
    await refreshContents();
    void navigate({ to: '/plan/content/$contentId', params: { contentId: id } });
  });
  const { values, set } = form;
  return (
    <Modal opened onClose={onClose} title={t('content.new')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <NativeSelect
            label={t('content.kind')}
            description={t('content.kind.help')}
            value={values.kind}
            data={kinds.map((value) => ({ value, label: t(`content.kind.${value}`) }))}
            onChange={({ currentTarget }) => {
              set('kind', currentTarget.value as Kind);
              set('ready', '');
            }}
          />
          <NativeSelect
            label={t('content.from')}
            value={values.ready}
            data={[
              { value: '', label: t('content.from.nothing') },
              ...readyKeys
                .filter((key) => kindOfReady(key) === values.kind)
                .map((key) => ({ value: key, label: t(`content.ready.${key}`) })),
            ]}
            onChange={({ currentTarget }) => {
              const ready = currentTarget.value as ReadyKey | '';
              set('ready', ready);
              if (ready && values.name.trim() === '') set('name', t(`content.ready.${ready}`));
            }}
          />
          <TextInput
            name="name"
            required
            withAsterisk={false}
            maxLength={120}
            label={t('content.name')}
            value={values.name}
            error={form.problem('name')}
            onChange={({ currentTarget }) => set('name', currentTarget.value)}
          />
          <AudienceChoice value={values.audience} onChange={(audience) => set('audience', audience)} />
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('content.begin')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
