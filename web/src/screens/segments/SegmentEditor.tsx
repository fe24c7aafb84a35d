import { Button, Group, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { listTeams } from '../../../../server/identity/contract.ts';
import { type Audience, addSegment, changeSegment, type FullSegment } from '../../../../server/segments/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Page } from '../../ui/Page.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { Builder } from './Builder.tsx';
import { Live } from './Live.tsx';
import { languageQuery, refreshSegments } from './queries.ts';
import { SegmentsTabs } from './SegmentsTabs.tsx';

/** Makes a segment or a list. */
export function NewSegment() {
  const navigate = useNavigate();
  return (
    <>
      <SegmentsTabs />
      <Page title={t('segments.new')} width="reading">
        <SegmentEditor
          onDone={(id) =>
            void navigate(
              id ? { to: '/knowledge/segments/$segmentId', params: { segmentId: id } } : { to: '/knowledge/segments' },
            )
          }
        />
      </Page>
    </>
  );
}

const audienceOf = (chosen: string): Audience =>
  chosen === 'mine' || chosen === 'workspace' ? { kind: chosen } : { kind: 'team', id: chosen };

const chosenOf = ({ audience }: FullSegment): string =>
  audience.kind === 'member' ? 'mine' : audience.kind === 'team' ? audience.id : 'workspace';

interface Draft {
  name: string;
  description: string;
  kind: 'filter' | 'list';
  filter: string;
  audience: string;
  shownTo: string;
}

/** @param onDone gets the id of what was made; nothing where it was given up */
export function SegmentEditor({ segment, onDone }: { segment?: FullSegment; onDone: (id: string | null) => void }) {
  const me = useMe();
  const before: Draft = {
    ...{ name: segment?.name ?? '', description: segment?.description ?? '', kind: segment?.kind ?? 'filter' },
    filter: segment?.filter ?? '',
    audience: segment ? chosenOf(segment) : me.role === 'admin' || me.role === 'marketing' ? 'workspace' : 'mine',
    shownTo: segment?.shownTo[0]?.kind === 'workspace' ? 'workspace' : (segment?.shownTo[0]?.id ?? ''),
  };
  const form = useForm(before, async ({ shownTo, ...said }) => {
    const shown = shownTo === '' ? [] : [audienceOf(shownTo)];
    const filter = said.kind === 'filter' ? { filter: said.filter.trim() || 'everyone' } : {};
    const { name, description, kind } = said;
    const id = segment
      ? await call(changeSegment, {
          segmentId: segment.id,
          version: segment.version,
          name,
          description,
          ...filter,
          shownTo: shown,
        }).then(() => segment.id)
      : (
          await call(addSegment, {
            name,
            description,
            kind,
            audience: audienceOf(said.audience),
            shownTo: shown,
            ...filter,
          })
        ).id;
    await refreshSegments();
    say(t('segments.saved'));
    onDone(id);
  });
  const { values, set } = form;
  const audience = audienceOf(values.audience);
  const language = useQuery(languageQuery(audience)).data;
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack gap="md">
        <TextInput
          name="name"
          required
          withAsterisk={false}
          maxLength={120}
          label={t('segments.name')}
          value={values.name}
          error={form.problem('name')}
          onChange={({ currentTarget }) => set('name', currentTarget.value)}
        />
        <Who values={values} set={set} fixed={segment !== undefined} />
        {values.kind === 'filter' && language && (
          <>
            <Builder language={language} text={values.filter} onChange={(filter) => set('filter', filter)} />
            <Live filter={values.filter} audience={audience} />
          </>
        )}
        {values.kind === 'list' && <p>{t('segments.list.hint')}</p>}
        <Textarea
          autosize
          maxLength={1000}
          label={t('segments.description')}
          value={values.description}
          onChange={({ currentTarget }) => set('description', currentTarget.value)}
        />
        <ErrorNotice error={form.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={() => onDone(null)}>
            {t('shell.cancel')}
          </Button>
          <Button type="submit" loading={form.sending}>
            {t('segments.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface WhoProps {
  values: Draft;
  set: <K extends keyof Draft>(key: K, value: Draft[K]) => void;
  fixed: boolean;
}

/** What it is, with whose grants, and who else may see it. */
function Who({ values, set, fixed }: WhoProps) {
  const me = useMe();
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const [more, showMore] = useState(values.shownTo !== '');
  const addresses = me.role === 'admin' || me.role === 'marketing';
  const own = teams.filter(({ members }) => members.some((one) => one.id === me.memberId));
  const teamOptions = (list: typeof teams) => list.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Group gap="sm" align="flex-end">
      {!fixed && (
        <NativeSelect
          label={t('segments.sortOf')}
          value={values.kind}
          onChange={({ currentTarget }) => set('kind', currentTarget.value as 'list')}
          data={[
            { value: 'filter', label: t('segments.kind.filter') },
            { value: 'list', label: t('segments.kind.list') },
          ]}
        />
      )}
      <NativeSelect
        label={t('segments.with')}
        disabled={fixed}
        value={values.audience}
        onChange={({ currentTarget }) => set('audience', currentTarget.value)}
        data={[
          ...(addresses || values.audience === 'workspace'
            ? [{ value: 'workspace', label: t('segments.with.workspace') }]
            : []),
          ...teamOptions(own).map((one) => ({ ...one, label: t('segments.with.team', { name: one.label }) })),
          { value: 'mine', label: t('segments.with.mine') },
        ]}
      />
      {more ? (
        <NativeSelect
          label={t('segments.shownTo')}
          value={values.shownTo}
          onChange={({ currentTarget }) => set('shownTo', currentTarget.value)}
          data={[
            { value: '', label: t('segments.shownTo.none') },
            { value: 'workspace', label: t('segments.shownTo.workspace') },
            ...teamOptions(teams),
          ]}
        />
      ) : (
        values.audience !== 'workspace' && (
          <Button variant="subtle" onClick={() => showMore(true)}>
            {t('segments.share')}
          </Button>
        )
      )}
    </Group>
  );
}
