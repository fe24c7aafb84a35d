import { ActionIcon, Button, Group, NativeSelect, Select, Stack } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { MapPerson } from '../../../../server/maps/contract.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { scales, scaleWord } from '../relations/words.ts';
import { nameOf } from './chartDrawing.ts';
import { type Editor, handOf } from './editing.ts';
import { lineWords, personName, placeWords } from './MapPage.tsx';
import classes from './Maps.module.css';
import { howOf } from './mapDrawing.ts';

interface MapPanelProps {
  editor: Editor;
  person: MapPerson;
  /** The map is shown as it is now, and can be changed. */
  now: boolean;
  onOpen: (id: string) => void;
  /** Draws a line from the person on the drawing; none: there is no drawing. */
  onDraw: (() => void) | undefined;
  onClose: () => void;
}

/** Somebody on a map: where they stand and why, who listens to them, and who of us knows them. */
export function MapPanel({ editor, person, now, onOpen, onDraw, onClose }: MapPanelProps) {
  const { id, name, title, left, elsewhere, roles, rolesBy } = person;
  return (
    <SidePanel label={nameOf(name)} onClose={onClose}>
      <div className={classes.panel}>
        <h2 className={classes.name}>{nameOf(name)}</h2>
        <Stack gap="md">
          <div>
            {title && <p className={classes.role}>{title}</p>}
            {rolesBy === 'opportunity' && (
              <p className={classes.role}>
                {t('maps.rolesHere', {
                  roles: roles.map((role) => t(`relations.role.${role}`).toLowerCase()).join(', '),
                })}
              </p>
            )}
            {elsewhere && <p className={classes.quiet}>{t('maps.elsewhere', { kind: editor.map.subject.kind })}</p>}
            {left && <p className={classes.doubt}>{t('maps.left')}</p>}
            <TextLink to="/people/$personId" params={{ personId: id }}>
              {t('maps.toContact')}
            </TextLink>
          </div>
          <Placing editor={editor} person={person} now={now} />
          <Thoughts person={person} />
          <Access person={person} />
          <LinesOf editor={editor} person={person} now={now} onOpen={onOpen} onDraw={onDraw} />
        </Stack>
      </div>
    </SidePanel>
  );
}

function Placing({ editor, person, now }: Pick<MapPanelProps, 'editor' | 'person' | 'now'>) {
  const hand = handOf(person) ?? { influence: null, stance: null, leftOut: !person.drawn };
  const put = (place: typeof hand) =>
    editor.place(person, place, placeWords(person, place.influence ?? person.influence, place.stance ?? person.stance));
  const scale = (of: 'influence' | 'stance') => (
    <NativeSelect
      label={t(`maps.${of}`)}
      disabled={!now}
      value={hand[of] ?? ''}
      data={[
        { value: '', label: t('maps.asThought', { word: hand[of] === null ? scaleWord(of, person[of]) : '…' }) },
        ...scales[of].map((value) => ({ value: String(value), label: scaleWord(of, value) })),
      ]}
      onChange={({ currentTarget: { value } }) =>
        put({ ...hand, leftOut: false, [of]: value === '' ? null : Number(value) })
      }
    />
  );
  return (
    <Stack gap="xs">
      {scale('influence')}
      {scale('stance')}
      {person.placedBy && <p className={classes.quiet}>{t('maps.placedBy', { name: person.placedBy.name })}</p>}
      {now && (
        <Group gap="xs">
          {person.placedBy && person.drawn && (
            <Button
              variant="subtle"
              size="compact-md"
              onClick={() => editor.place(person, null, t('maps.backToViewpoints'))}
            >
              {t('maps.backToViewpoints')}
            </Button>
          )}
          {person.drawn && (
            <Button
              variant="subtle"
              color="gray"
              size="compact-md"
              onClick={() =>
                editor.place(person, { ...hand, leftOut: true }, t('maps.leftOut', { name: nameOf(person.name) }))
              }
            >
              {t('maps.leaveOut')}
            </Button>
          )}
        </Group>
      )}
    </Stack>
  );
}

/** What each of us thinks, side by side and never averaged. */
function Thoughts({ person: { name, said, influenceBy, stanceBy } }: { person: MapPerson }) {
  return (
    <div>
      <h3 className={classes.part}>{t('maps.thoughts')}</h3>
      {(influenceBy === 'spread' || stanceBy === 'spread') && (
        <p className={classes.doubt}>{t('maps.by', { by: 'spread' })}</p>
      )}
      {said.length === 0 && <p className={classes.quiet}>{t('maps.thoughtsNone', { name: nameOf(name) })}</p>}
      <ul className={classes.plain}>
        {said.map(({ member, mine, influence, stance, roles }) => {
          const words = [
            influence !== null && t('maps.influenceIs', { word: scaleWord('influence', influence).toLowerCase() }),
            stance !== null && scaleWord('stance', stance).toLowerCase(),
            ...roles.map((role) => t(`relations.role.${role}`).toLowerCase()),
          ].filter(Boolean);
          return (
            <li key={member.id}>
              {t('maps.thought', { member: mine ? t('maps.me') : member.name, words: words.join(', ') || '–' })}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Access({ person: { access } }: { person: MapPerson }) {
  const known = access.some((one) => !['held', 'never'].includes(howOf(one)));
  return (
    <div>
      <h3 className={classes.part}>{t('maps.access')}</h3>
      {!known && <p className={classes.doubt}>{t('maps.accessNone')}</p>}
      <ul className={classes.plain}>
        {access.map((one) => (
          <li key={one.member.id ?? one.member.name}>
            {t('maps.accessBy', {
              name: one.mine ? t('maps.me') : one.member.name,
              how: t('maps.accessHow', { how: howOf(one) }),
            })}
          </li>
        ))}
      </ul>
    </div>
  );
}

function LinesOf({ editor, person, now, onOpen, onDraw }: Omit<MapPanelProps, 'onClose'>) {
  const { map } = editor;
  const { id } = person;
  const ways = [
    { title: t('maps.listensTo'), lines: map.lines.filter(({ toId }) => toId === id), other: 'fromId' as const },
    { title: t('maps.listenedBy'), lines: map.lines.filter(({ fromId }) => fromId === id), other: 'toId' as const },
  ];
  const taken = new Set([id, ...ways[1]!.lines.map(({ toId }) => toId)]);
  return (
    <Stack gap="xs">
      {ways
        .filter(({ lines }) => lines.length > 0)
        .map(({ title, lines, other }) => (
          <div key={other}>
            <h3 className={classes.part}>{title}</h3>
            <ul className={classes.plain}>
              {lines.map((line) => (
                <li key={line[other]} className={classes.pair}>
                  <button type="button" className={classes.link} onClick={() => onOpen(line[other])}>
                    {personName(map, line[other])}
                  </button>
                  {now && (
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={`${t('maps.removeLine')}: ${personName(map, line[other])}`}
                      onClick={() =>
                        editor.line(
                          { fromId: line.fromId, toId: line.toId, drawn: false },
                          t('maps.lineRemoved', {
                            name: personName(map, line.toId),
                            other: personName(map, line.fromId),
                          }),
                        )
                      }
                    >
                      <IconX size={16} aria-hidden />
                    </ActionIcon>
                  )}
                </li>
              ))}
            </ul>
          </div>
        ))}
      {now && (
        <Select
          searchable
          label={t('maps.addListener', { name: nameOf(person.name) })}
          value={null}
          data={map.people
            .filter((one) => one.drawn && !taken.has(one.id))
            .map((one) => ({ value: one.id, label: nameOf(one.name) }))}
          onChange={(toId) => toId && editor.line({ fromId: id, toId, drawn: true }, lineWords(map, id, toId))}
        />
      )}
      {now && onDraw && (
        <Button variant="subtle" size="compact-md" w="fit-content" onClick={onDraw}>
          {t('maps.drawLine')}
        </Button>
      )}
    </Stack>
  );
}
