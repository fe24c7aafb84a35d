import { Button } from '@mantine/core';
import { listPastMeetings, settleMeeting } from '../../../../server/correspondents/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { Section } from '../../ui/Section.tsx';
import { sayError } from '../../ui/undo.tsx';
import classes from './FieldNote.module.css';

type Meeting = Output<typeof listPastMeetings>['items'][number];

interface PastMeetingsProps {
  meetings: readonly Meeting[];
  onChoose: (filled: {
    meeting: string;
    at: string;
    minutes: number;
    people: { id: string; contactPointId: string }[];
  }) => void;
}

/** Meetings of my calendars that are over: people and time are filled in. */
export function PastMeetings({ meetings, onChoose }: PastMeetingsProps) {
  if (meetings.length === 0) return null;
  const nothing = ({ meeting }: Meeting) =>
    call(settleMeeting, { meeting }).then(() => refresh(listPastMeetings), sayError);
  return (
    <Section title={t('notes.past')}>
      <ul className={classes.meetings}>
        {meetings.slice(0, 5).map((one) => (
          <li key={one.meeting} className={classes.meeting}>
            <span>
              {t('notes.pastLine', { when: longInstant(one.at), names: one.people.map(({ name }) => name).join(', ') })}
            </span>
            <span>
              <Button
                variant="default"
                size="sm"
                onClick={() =>
                  onChoose({
                    ...{ meeting: one.meeting, at: one.at, minutes: one.minutes },
                    people: one.people.slice(0, 10).map(({ id, contactPointId }) => ({ id, contactPointId })),
                  })
                }
              >
                {t('notes.write')}
              </Button>
              <Button variant="subtle" color="gray" size="sm" onClick={() => void nothing(one)}>
                {t('notes.nothing')}
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
