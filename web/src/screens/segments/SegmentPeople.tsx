import { Button, Group, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listMembers } from '../../../../server/segments/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { segmentsQuery } from './queries.ts';
import classes from './Segments.module.css';

interface SegmentPeopleProps {
  /** How many more there is room for. */
  room: number;
  /** @param more of the segment have not been taken yet */
  onTake: (personIds: readonly string[], more: boolean) => void;
}

/** Takes whom one sees of a segment, as many at a time as there is room for. */
export function SegmentPeople({ room, onTake }: SegmentPeopleProps) {
  const segments = useQuery(segmentsQuery);
  const [segmentId, choose] = useState('');
  const [after, setAfter] = useState<string | null>('');
  const [taking, setTaking] = useState(false);
  const [error, setError] = useState<unknown>();
  const ready = (segments.data?.items ?? []).filter(({ builtAt, problem }) => builtAt !== null && problem === null);
  if (ready.length === 0) return null;
  const take = async () => {
    setTaking(true);
    setError(undefined);
    try {
      const limit = Math.min(room, 100);
      const { items, next } = await call(listMembers, { segmentId, limit, ...(after ? { after } : {}) });
      setAfter(next);
      onTake(
        items.map(({ id }) => id),
        next !== null,
      );
    } catch (failed) {
      setError(failed);
    } finally {
      setTaking(false);
    }
  };
  return (
    <>
      <Group align="flex-end" gap="xs" wrap="nowrap" className={classes.take}>
        <NativeSelect
          label={t('segments.fill')}
          value={segmentId}
          data={[
            { value: '', label: t('segments.fill.none') },
            ...ready.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={({ currentTarget }) => {
            choose(currentTarget.value);
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
      {after === null && <p className={classes.quiet}>{t('segments.fill.all')}</p>}
      <ErrorNotice error={error} />
    </>
  );
}
