import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import {
  addToGroup,
  type Belonger,
  endMembership,
  type Group,
  type Membership,
} from '../../../../server/relations/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { Face } from '../../ui/Face.tsx';
import { TextLink } from '../../ui/links.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { photoOf } from '../contacts/queries.ts';
import classes from './Groups.module.css';
import { refreshGroups } from './groupQueries.ts';
import { membershipWord } from './groupWords.ts';
import { MembershipEditor } from './MembershipEditor.tsx';

/** Somebody who belongs, and by whose word. */
export function BelongerLine({ group, belonger }: { group: Group; belonger: Belonger }) {
  const { person, memberships, labelled } = belonger;
  const [changing, change] = useState(false);
  const alone = group.visibleTo === 'maker';
  const name = person.name || t('contacts.nameless');
  const mine = memberships.find((one) => one.mine);
  const words = [
    ...memberships.map((one) => membershipWord(one, alone)),
    labelled ? t('groups.labelled', { label: group.label ?? '' }) : '',
  ].filter(Boolean);
  return (
    <li className={classes.line}>
      <Face id={person.id} name={name} photo={photoOf(person)} size={36} />
      <span className={classes.said}>
        <TextLink to="/people/$personId" params={{ personId: person.id }}>
          {name}
        </TextLink>
        <span className={classes.quiet}>{[person.title, person.organization].filter(Boolean).join(' · ')}</span>
        {words.map((word) => (
          <span key={word} className={classes.quiet}>
            {word}
          </span>
        ))}
      </span>
      {mine && (
        <Menu position="bottom-end" width={220}>
          <Menu.Target>
            <ActionIcon size="lg" aria-label={t('groups.membershipOf', { name })}>
              <IconDots size={18} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => change(true)}>{t('groups.change')}</Menu.Item>
            <Menu.Item onClick={() => void takeBack(group.id, person.id, name, mine)}>{t('groups.takeBack')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {changing && mine && (
        <MembershipEditor name={name} membership={mine} alone={alone} onClose={() => change(false)} />
      )}
    </li>
  );
}

async function takeBack(groupId: string, personId: string, name: string, membership: Membership): Promise<void> {
  const { id: membershipId, role, since, until, shared } = membership;
  try {
    await call(endMembership, { membershipId });
    await refreshGroups();
    offerUndo(t('groups.takenBack', { name }), async () => {
      await call(addToGroup, { groupId, personIds: [personId], role, since, until, shared });
      await refreshGroups();
    });
  } catch (error) {
    sayError(error);
  }
}
