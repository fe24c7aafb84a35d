import { ActionIcon, Button, Kbd } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowLeft,
  IconArrowRight,
  IconClock,
  IconEqual,
  IconEqualNot,
} from '@tabler/icons-react';
import { t } from '../../i18n.ts';
import type { Act } from './decisions.ts';
import classes from './Hunt.module.css';
import type { HuntState } from './Hunt.tsx';
import { nameOf } from './words.ts';

const icon = { size: 20, 'aria-hidden': true } as const;
const acts: { act: Act; key: string; icon: React.ReactNode }[] = [
  { act: 'same', key: 'S', icon: <IconEqual {...icon} /> },
  { act: 'notSame', key: 'N', icon: <IconEqualNot {...icon} /> },
  { act: 'later', key: 'L', icon: <IconClock {...icon} /> },
];

/** The decision, always under the thumb, and the way back from the last one. */
export function Decide({ hunt }: { hunt: HuntState }) {
  const { current, act, move, ahead, behind } = hunt;
  return (
    <div className={classes.decide}>
      <Last hunt={hunt} />
      {current && (
        <div className={classes.buttons}>
          <ActionIcon size="lg" disabled={behind === 0} onClick={() => move(-1)} aria-label={t('quality.previous')}>
            <IconArrowLeft {...icon} />
          </ActionIcon>
          {acts.map((one) => (
            <Button
              key={one.act}
              size="md"
              variant={one.act === 'same' ? 'filled' : 'default'}
              className={classes.act}
              data-act={one.act}
              leftSection={one.icon}
              rightSection={
                <Kbd size="xs" aria-hidden>
                  {one.key}
                </Kbd>
              }
              aria-keyshortcuts={one.key}
              onClick={() => act(one.act)}
            >
              {t(`quality.act.${one.act}`, { kind: current.kind })}
            </Button>
          ))}
          <ActionIcon size="lg" disabled={ahead <= 0} onClick={() => move(1)} aria-label={t('quality.next')}>
            <IconArrowRight {...icon} />
          </ActionIcon>
        </div>
      )}
    </div>
  );
}

/** What was decided last. Here rather than floating: a notice would hide what comes next, twenty times a minute. */
function Last({ hunt: { steps, undo } }: { hunt: HuntState }) {
  const last = steps.at(-1);
  return (
    <div className={classes.last}>
      <span role="status">
        {last &&
          t(`quality.done.${last.act}`, {
            one: nameOf(last.proposal.left),
            other: nameOf(last.proposal.right),
          })}
      </span>
      {last && (
        <Button
          variant="light"
          size="compact-md"
          className={classes.undo}
          leftSection={<IconArrowBackUp size={18} aria-hidden />}
          rightSection={
            <Kbd size="xs" aria-hidden>
              U
            </Kbd>
          }
          aria-keyshortcuts="U"
          onClick={undo}
        >
          {t('shell.undo')}
        </Button>
      )}
    </div>
  );
}
