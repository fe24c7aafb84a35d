import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Filling, type Item, setEnded } from '../../../../server/collection/contract.ts';
import { call } from '../../api.ts';
import { calendarDay } from '../../format.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import classes from './Collection.module.css';
import { progressQuery, refreshPlan } from './queries.ts';
import { fillingOf, nameOf } from './words.ts';

/** How full a data item has got: a line, and the same in words. */
export function Progress({ item, onClose }: { item: Item; onClose: () => void }) {
  const me = useMe();
  const { data, error } = useQuery(progressQuery(item.id));
  const end = async (ended: boolean) => {
    await call(setEnded, { part: 'item', id: item.id, ended });
    await refreshPlan();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('collection.progressOf', { name: nameOf(item) })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <p>{fillingOf(item.filling)}</p>
      <ErrorNotice error={error} />
      {data && data.items.length > 1 && <Line days={data.items} />}
      <p className={classes.quiet}>{t('collection.progress.who')}</p>
      {(me.role === 'admin' || me.role === 'marketing') && (
        <Button
          mt="md"
          variant="subtle"
          color="red"
          onClick={() =>
            void end(true).then(() => {
              onClose();
              offerUndo(t('collection.ended', { name: nameOf(item) }), () => end(false));
            }, sayError)
          }
        >
          {t('collection.end')}
        </Button>
      )}
    </Modal>
  );
}

function Line({ days }: { days: Filling[] }) {
  const [first, last] = [days[0]!, days.at(-1)!];
  const [from, to] = [Date.parse(first.day), Date.parse(last.day)];
  const points = days.map(({ day, share }) => {
    const x = to === from ? 0 : ((Date.parse(day) - from) / (to - from)) * 100;
    return `${x.toFixed(2)},${(100 - (share ?? 0)).toFixed(2)}`;
  });
  return (
    <figure style={{ margin: '0 0 12px' }}>
      <svg className={classes.chart} viewBox="0 0 100 100" preserveAspectRatio="none" role="presentation">
        <line x1="0" y1="100" x2="100" y2="100" />
        <line x1="0" y1="0" x2="100" y2="0" />
        <polyline points={points.join(' ')} />
      </svg>
      <figcaption className={classes.quiet}>
        {t('collection.progress.line', {
          from: `${calendarDay(first.day)} (${fillingOf(first)})`,
          to: `${calendarDay(last.day)} (${fillingOf(last)})`,
        })}
      </figcaption>
    </figure>
  );
}
