import { Button, Group, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Dispatch, type SetStateAction, useState } from 'react';
import { listMembers } from '../../../../server/segments/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { segmentsQuery } from './queries.ts';
import classes from './Segments.module.css';

/** So many a request. */
export const mostAsked = 100;

interface SegmentPeopleProps {
  chosen: readonly string[];
  /** Of them those whom the gate lets nothing reach: they give their place to whoever is taken next. */
  refused: readonly string[];
  choose: Dispatch<SetStateAction<readonly string[]>>;
  /** Told whether some of the segment have not been taken yet. */
  onMore: (more: boolean) => void;
}

/** Takes whom one sees of a segment, as many at a time as there is room for. */
export function SegmentPeople({ chosen, refused, choose, onMore }: SegmentPeopleProps) {
  const room = mostAsked - chosen.filter((one) => !refused.includes(one)).length;
  const segments = useQuery(segmentsQuery);
  const [segmentId, setSegmentId] = useState('');
  const [after, setAfter] = useState<string | null>('');
  const [taking, setTaking] = useState(false);
  const [error, setError] = useState<unknown>();
  const ready = (segments.data?.items ?? []).filter(({ builtAt, problem }) => builtAt !== null && problem === null);
  if (ready.length === 0) return null;
  const take = async () => {
    setTaking(true);
    setError(undefined);
    try {
      const { items, next } = await call(listMembers, { segmentId, limit: room, ...(after ? { after } : {}) });
      setAfter(next);
      onMore(next !== null);
      choose((before) => [
        ...new Set([...before.filter((one) => !refused.includes(one)), ...items.map(({ id }) => id)]),
      ]);
    } catch (failed) {
      setError(failed);
    } finally {
      setTaking(false);
    }
  };
  return (
    <>
      <Group align="flex-end" gap="xs">
        <NativeSelect
          label={t('segments.fill')}
          value={segmentId}
          data={[
            { value: '', label: t('segments.fill.none') },
            ...ready.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={({ currentTarget }) => {
            setSegmentId(currentTarget.value);
            setAfter('');
          }}
        />
        <Button
          variant="default"
          disabled={segmentId === '' || room === 0 || after === null}
          loading={taking}
          onClick={() => void take()}
        >
          {after ? t('segments.fill.next') : t('segments.fill.button')}
        </Button>
      </Group>
      {after && <p className={classes.quiet}>{t('surveys.ask.more')}</p>}
      {after === null && <p className={classes.quiet}>{t('segments.fill.all')}</p>}
      <ErrorNotice error={error} />
    </>
  );
}
