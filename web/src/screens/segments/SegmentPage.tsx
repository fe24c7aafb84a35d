import { Alert, Button, Group, Menu, Modal, Stack, TextInput, VisuallyHidden } from '@mantine/core';
import { IconDots, IconDownload } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import {
  endSegment,
  explainFilter,
  type FullSegment,
  keepSnapshot,
  listPeople,
  restoreSegment,
} from '../../../../server/segments/contract.ts';
import { call } from '../../api.ts';
import { longDate, longInstant, number, shortDay } from '../../format.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { offerUndo, say, sayError } from '../../ui/undo.tsx';
import { ExportDialog } from './ExportDialog.tsx';
import { membersQuery, movementsQuery, refreshSegments, segmentQuery } from './queries.ts';
import { SegmentEditor } from './SegmentEditor.tsx';
import classes from './Segments.module.css';
import { audienceWords, countWords } from './Segments.tsx';
import { SegmentsTabs } from './SegmentsTabs.tsx';
import { problemWords } from './words.ts';

/** A segment: who is in it, how it grows and shrinks, and why somebody is in it. */
export function SegmentPage() {
  const { segmentId } = useParams({ strict: false }) as { segmentId: string };
  const me = useMe();
  const { data, error, refetch } = useQuery(segmentQuery(segmentId));
  const [editing, edit] = useState(false);
  if (!data)
    return (
      <>
        <SegmentsTabs />
        {error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Loading lines={6} />}
      </>
    );
  const lead = [t(`segments.kind.${data.kind}`), audienceWords(data.audience, me.memberId), countWords(data)].join(
    ' · ',
  );
  return (
    <>
      <SegmentsTabs />
      <Page
        title={data.name}
        lead={lead}
        width="reading"
        actions={<Actions segment={data} onEdit={() => edit(!editing)} />}
      >
        {data.problem && (
          <Alert color="yellow">{t('segments.broken.text', { what: problemWords(data.problem) })}</Alert>
        )}
        {data.narrowed && <Alert color="yellow">{t(`segments.narrowed.${data.narrowed}`)}</Alert>}
        {editing ? (
          <SegmentEditor segment={data} onDone={() => edit(false)} />
        ) : (
          <>
            {data.description !== '' && <p>{data.description}</p>}
            {data.kind === 'filter' && <p className={classes.code}>{data.filter}</p>}
          </>
        )}
        {data.days.length > 1 && <Trend segment={data} />}
        <Members segment={data} />
        {!data.narrowed && <Movements segmentId={data.id} />}
      </Page>
    </>
  );
}

function Actions({ segment, onEdit }: { segment: FullSegment; onEdit: () => void }) {
  const navigate = useNavigate();
  const [naming, name] = useState(false);
  const [taking, take] = useState(false);
  const end = async () => {
    try {
      await call(endSegment, { segmentId: segment.id });
      await refreshSegments();
      offerUndo(t('segments.ended'), async () => {
        await call(restoreSegment, { segmentId: segment.id });
        await refreshSegments();
      });
      void navigate({ to: '/knowledge/segments' });
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <>
      {segment.mine && <Button onClick={onEdit}>{t('segments.edit')}</Button>}
      {!segment.problem && (
        <Button variant="default" leftSection={<IconDownload size={18} aria-hidden />} onClick={() => take(true)}>
          {t('segments.export.open')}
        </Button>
      )}
      {(segment.mine || !segment.narrowed) && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" aria-label={t('segments.more')}>
              <IconDots size={18} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {!segment.narrowed && <Menu.Item onClick={() => name(true)}>{t('segments.snapshot')}</Menu.Item>}
            {segment.mine && <Menu.Item onClick={() => void end()}>{t('segments.end')}</Menu.Item>}
          </Menu.Dropdown>
        </Menu>
      )}
      {taking && <ExportDialog segment={segment} onClose={() => take(false)} />}
      {naming && <Snapshot segment={segment} onClose={() => name(false)} />}
    </>
  );
}

function Snapshot({ segment, onClose }: { segment: FullSegment; onClose: () => void }) {
  const navigate = useNavigate();
  const [name, set] = useState(
    t('segments.snapshot.name', { name: segment.name, day: longDate(new Date().toISOString()) }),
  );
  const keep = useMutation({
    mutationFn: () => call(keepSnapshot, { segmentId: segment.id, name }),
    onSuccess: async ({ id }) => {
      await refreshSegments();
      say(t('segments.saved'));
      onClose();
      void navigate({ to: '/knowledge/segments/$segmentId', params: { segmentId: id } });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('segments.snapshot')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <Stack gap="sm">
        <p className={classes.quiet}>{t('segments.snapshot.text')}</p>
        <TextInput
          label={t('segments.name')}
          maxLength={120}
          value={name}
          onChange={({ currentTarget }) => set(currentTarget.value)}
        />
        <ErrorNotice error={keep.error} />
        <Group justify="flex-end">
          <Button loading={keep.isPending} disabled={name.trim() === ''} onClick={() => keep.mutate()}>
            {t('segments.save')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

const width = 600;
const height = 90;

/** How many were in it, day by day. */
function Trend({ segment: { days } }: { segment: FullSegment }) {
  const most = Math.max(1, ...days.map(({ members }) => members));
  const x = (at: number) => (at / Math.max(1, days.length - 1)) * width;
  const y = (members: number) => height - 6 - (members / most) * (height - 12);
  const line = days
    .map(({ members }, at) => `${at === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(members).toFixed(1)}`)
    .join('');
  return (
    <Section title={t('segments.trend')} lead={t('segments.trend.lead', { most: number(most) })}>
      <svg className={classes.trend} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        <path
          d={line}
          fill="none"
          stroke="var(--mantine-primary-color-filled)"
          strokeWidth="2"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      <details>
        <summary>{t('segments.trend.table')}</summary>
        <table className={classes.tenths}>
          <thead>
            <tr>
              {(['day', 'members', 'entered', 'left'] as const).map((key) => (
                <th key={key} scope="col">
                  {t(`segments.trend.${key}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map(({ day, members, entered, left }) => (
              <tr key={day}>
                <th scope="row">{shortDay(day)}</th>
                <td>{number(members)}</td>
                <td>{number(entered)}</td>
                <td>{number(left)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </Section>
  );
}

function Members({ segment }: { segment: FullSegment }) {
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(membersQuery(segment.id));
  const people = data?.pages.flatMap(({ items }) => items) ?? [];
  const remove = async (personId: string) => {
    try {
      await call(listPeople, { segmentId: segment.id, remove: [personId] });
      await refreshSegments();
      offerUndo(t('segments.taken'), async () => {
        await call(listPeople, { segmentId: segment.id, add: [personId] });
        await refreshSegments();
      });
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Section title={t('segments.members')}>
      {data && people.length === 0 && <p className={classes.quiet}>{t('segments.members.none')}</p>}
      {people.length > 0 && (
        <Lines>
          {people.map((person) => (
            <li key={person.id} className={classes.line}>
              <span>
                <TextLink to="/people/$personId" params={{ personId: person.id }}>
                  {person.name}
                </TextLink>{' '}
                <span className={classes.quiet}>{[person.title, person.organization].filter(Boolean).join(', ')}</span>
              </span>
              <Group gap="xs">
                {person.since && (
                  <span className={classes.quiet}>{t('segments.since', { day: longDate(person.since) })}</span>
                )}
                {segment.kind === 'filter' && !segment.narrowed && (
                  <Explanation segment={segment} personId={person.id} name={person.name} />
                )}
                {segment.kind === 'list' && segment.mine && (
                  <Button variant="subtle" size="compact-sm" onClick={() => void remove(person.id)}>
                    {t('segments.take')}
                  </Button>
                )}
              </Group>
            </li>
          ))}
        </Lines>
      )}
      {hasNextPage && (
        <Button variant="default" mt="sm" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('segments.members.more')}
        </Button>
      )}
    </Section>
  );
}

function Explanation({ segment, personId, name }: { segment: FullSegment; personId: string; name: string }) {
  const audience =
    segment.audience.kind === 'team'
      ? ({ kind: 'team', id: segment.audience.id } as const)
      : ({ kind: segment.audience.kind === 'member' ? 'mine' : 'workspace' } as const);
  const why = useMutation({ mutationFn: () => call(explainFilter, { filter: segment.filter, audience, personId }) });
  return (
    <>
      <Button
        variant="subtle"
        size="compact-sm"
        aria-label={t('shell.whyOf', { what: name })}
        onClick={() => why.mutate()}
      >
        {t('shell.why')}
      </Button>
      <Modal
        opened={why.isSuccess || why.isError}
        onClose={() => why.reset()}
        title={t('segments.whyIn', { name })}
        closeButtonProps={{ 'aria-label': t('shell.close') }}
      >
        <ErrorNotice error={why.error} />
        <ul className={classes.why}>
          {why.data?.parts.map((part, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a part is known by its place.
            <li key={at} style={{ paddingInlineStart: part.depth * 16 }}>
              <span className={classes.held}>
                <span aria-hidden>{part.holds ? '✓' : '✗'}</span>
                <VisuallyHidden>{t(part.holds ? 'segments.holds' : 'segments.holdsNot')}</VisuallyHidden>
              </span>
              <span>
                <span className={classes.code}>{part.text}</span>
                {part.known !== null && (
                  <span className={classes.quiet}> {t('segments.is', { value: part.known })}</span>
                )}
              </span>
            </li>
          ))}
        </ul>
      </Modal>
    </>
  );
}

function Movements({ segmentId }: { segmentId: string }) {
  const { data } = useQuery(movementsQuery(segmentId));
  if (!data || data.items.length === 0) return null;
  return (
    <Section title={t('segments.movements')}>
      <Lines>
        {data.items.map(({ id, name, entered, at }) => (
          <li key={`${id} ${at}`} className={classes.line}>
            <span>
              <TextLink to="/people/$personId" params={{ personId: id }}>
                {name}
              </TextLink>{' '}
              {t(entered ? 'segments.entered' : 'segments.left')}
            </span>
            <span className={classes.quiet}>{longInstant(at)}</span>
          </li>
        ))}
      </Lines>
    </Section>
  );
}
