import { Kbd, Menu, UnstyledButton } from '@mantine/core';
import {
  IconAddressBook,
  IconAffiliate,
  IconArrowsJoin,
  IconBell,
  IconBolt,
  IconBriefcase,
  IconBuilding,
  IconChartBar,
  IconChartCircles,
  IconChecklist,
  IconDeviceMobile,
  IconDots,
  IconFlag,
  IconGitMerge,
  IconHeartHandshake,
  IconHome,
  IconKeyboard,
  IconListDetails,
  IconMail,
  IconMessages,
  IconNotebook,
  IconScan,
  IconSearch,
  IconSettings,
  IconSpeakerphone,
  IconTargetArrow,
  IconUsersGroup,
} from '@tabler/icons-react';
import { Link, type LinkProps, useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Part } from '../../../server/adoption/contract.ts';
import { t } from '../i18n.ts';
import { useParts } from '../parts.ts';
import { WaitingCount } from '../screens/conversations/WaitingCount.tsx';
import { Unseen } from '../screens/home/Unseen.tsx';
import { AskedCount, useAskedCount } from '../screens/introductions/AskedCount.tsx';
import { UnreadCount } from '../screens/notices/UnreadCount.tsx';
import { Waiting } from '../screens/quality/Waiting.tsx';
import { useMe } from '../session.ts';
import classes from './Navigation.module.css';
import { UserMenu } from './UserMenu.tsx';

const icon = { size: 20, stroke: 1.6, 'aria-hidden': true } as const;

interface Entry {
  to: LinkProps['to'];
  label: string;
  icon: ReactNode;
  /** How many things wait there. */
  count?: ReactNode;
  /** Of what it is a part that opens as the product is adopted; absent: always there. */
  part?: Part;
}

function peopleEntry(): Entry {
  return { to: '/people', label: t('shell.people'), icon: <IconAddressBook {...icon} /> };
}

function organizationsEntry(): Entry {
  return { to: '/organizations', label: t('shell.organizations'), icon: <IconBuilding {...icon} /> };
}

function groupsEntry(): Entry {
  return { to: '/groups', label: t('groups.nav'), part: 'groups', icon: <IconUsersGroup {...icon} /> };
}

function sourcesEntry(): Entry {
  return { to: '/imports', label: t('shell.imports'), icon: <IconDeviceMobile {...icon} /> };
}

function mailEntry(): Entry {
  return { to: '/mail', label: t('mailboxes.title'), part: 'mail', icon: <IconMail {...icon} /> };
}

function scanEntry(label = t('shell.scan')): Entry {
  return { to: '/scan', part: 'scan', label, icon: <IconScan {...icon} /> };
}

function noteEntry(): Entry {
  return { to: '/note', label: t('notes.nav'), part: 'notes', icon: <IconNotebook {...icon} /> };
}

function homeEntry(counted = classes.count): Entry {
  return {
    to: '/home',
    label: t('shell.home'),
    icon: <IconHome {...icon} />,
    count: <Unseen className={counted} />,
  };
}

function noticesEntry(): Entry {
  return {
    to: '/notices',
    label: t('shell.notices'),
    icon: <IconBell {...icon} />,
    count: <UnreadCount className={classes.count} />,
  };
}

function tasksEntry(): Entry {
  return { to: '/tasks', label: t('shell.tasks'), icon: <IconChecklist {...icon} /> };
}

function lendingEntry(): Entry {
  return { to: '/delegations', label: t('shell.lending'), icon: <IconHeartHandshake {...icon} /> };
}

/** Leads to what waits for an answer, where something does. */
function introductionsEntry(asked: number): Entry {
  return {
    to: asked > 0 ? '/introductions/asked' : '/introductions',
    // Whom somebody asks is shown it in any case.
    ...(asked > 0 ? {} : { part: 'introductions' as const }),
    label: t('shell.introductions'),
    icon: <IconArrowsJoin {...icon} />,
    count: <AskedCount className={classes.count} />,
  };
}

function networkEntry(): Entry {
  return { to: '/network', label: t('network.title'), part: 'network', icon: <IconAffiliate {...icon} /> };
}

function qualityEntry(): Entry {
  return {
    to: '/quality',
    part: 'quality',
    label: t('shell.quality'),
    icon: <IconGitMerge {...icon} />,
    count: <Waiting className={classes.count} />,
  };
}

function boardsEntry(): Entry {
  return { to: '/boards', label: t('dashboards.title'), part: 'boards', icon: <IconChartBar {...icon} /> };
}

function factsEntry(): Entry {
  return { to: '/facts', label: t('facts.nav'), part: 'facts', icon: <IconBolt {...icon} /> };
}

function segmentsEntry(): Entry {
  return { to: '/knowledge/segments', label: t('segments.title'), part: 'facts', icon: <IconChartCircles {...icon} /> };
}

function attributesEntry(): Entry {
  return {
    to: '/knowledge/attributes',
    label: t('attributes.nav'),
    part: 'facts',
    icon: <IconListDetails {...icon} />,
  };
}

function collectionEntry(): Entry {
  return {
    to: '/knowledge/collection',
    label: t('collection.title'),
    part: 'facts',
    icon: <IconTargetArrow {...icon} />,
  };
}

function settingsEntry(): Entry {
  return { to: '/settings', label: t('shell.settings'), icon: <IconSettings {...icon} /> };
}

function opportunitiesEntry(): Entry {
  return {
    to: '/opportunities',
    label: t('shell.opportunities'),
    part: 'opportunities',
    icon: <IconBriefcase {...icon} />,
  };
}

function conversationsEntry(counted = classes.count): Entry {
  return {
    to: '/conversations',
    part: 'conversations',
    label: t('conversations.title'),
    icon: <IconMessages {...icon} />,
    count: <WaitingCount className={counted} />,
  };
}

/** Whoever tends no channel finds there what they ask, and what is said of their deals. */
function voicesEntry(): Entry {
  return { to: '/voices', label: t('voices.title'), part: 'voices', icon: <IconSpeakerphone {...icon} /> };
}

function planEntry(): Entry {
  return { to: '/plan', label: t('plan.title'), part: 'plan', icon: <IconFlag {...icon} /> };
}

function EntryLink({ entry, className }: { entry: Entry; className: string | undefined }) {
  const opened = useParts();
  if (!opened(entry.part)) return null;
  return (
    <Link to={entry.to} className={className} activeProps={{ 'aria-current': 'page' }}>
      {entry.icon}
      <span>{entry.label}</span>
      {entry.count}
    </Link>
  );
}

export function Navigation({ onFind, onKeys }: { onFind: () => void; onKeys: () => void }) {
  const me = useMe();
  return (
    <nav aria-label={t('shell.navigation')} className={classes.side}>
      <div className={classes.workspace}>
        <img src="/icon.svg" alt="" width={26} height={26} />
        <span className={classes.name}>{me.workspace.name}</span>
      </div>
      {me.workspace.demo && <p className={classes.demo}>{t('shell.demo')}</p>}
      <UnstyledButton className={classes.find} onClick={onFind}>
        <IconSearch size={18} stroke={1.6} aria-hidden />
        <span>{t('shell.find')}</span>
        <Kbd size="xs">{/Mac|iP/.test(navigator.userAgent) ? '⌘ K' : 'Ctrl K'}</Kbd>
      </UnstyledButton>
      <EntryLink entry={homeEntry()} className={classes.entry} />
      <EntryLink entry={noticesEntry()} className={classes.entry} />
      <EntryLink entry={tasksEntry()} className={classes.entry} />
      <EntryLink entry={lendingEntry()} className={classes.entry} />
      <EntryLink entry={introductionsEntry(useAskedCount())} className={classes.entry} />
      <EntryLink entry={networkEntry()} className={classes.entry} />
      <EntryLink entry={conversationsEntry()} className={classes.entry} />
      <EntryLink entry={noteEntry()} className={classes.entry} />
      <EntryLink entry={voicesEntry()} className={classes.entry} />
      <EntryLink entry={planEntry()} className={classes.entry} />
      <h2 className={classes.group}>{t('shell.contacts')}</h2>
      {[peopleEntry(), organizationsEntry(), groupsEntry(), sourcesEntry(), mailEntry(), scanEntry()].map((entry) => (
        <EntryLink key={entry.to} entry={entry} className={classes.entry} />
      ))}
      <EntryLink entry={opportunitiesEntry()} className={classes.entry} />
      <h2 className={classes.group}>{t('shell.knowledge')}</h2>
      {[segmentsEntry(), factsEntry(), attributesEntry(), collectionEntry(), boardsEntry(), qualityEntry()].map(
        (entry) => (
          <EntryLink key={entry.to} entry={entry} className={classes.entry} />
        ),
      )}
      <div className={classes.foot}>
        <UnstyledButton className={classes.entry} onClick={onKeys}>
          <IconKeyboard {...icon} />
          <span>{t('shell.keysTitle')}</span>
          <Kbd size="xs">?</Kbd>
        </UnstyledButton>
        <EntryLink entry={settingsEntry()} className={classes.entry} />
        <UserMenu me={me} />
      </div>
    </nav>
  );
}

/** The same entries, where the thumb reaches them. Conversations take the place of notes where they are open: there is room for five whole words. */
export function BottomBar({ onFind }: { onFind: () => void }) {
  const opened = useParts();
  const fourth = opened('conversations') ? conversationsEntry(classes.beside) : noteEntry();
  return (
    <nav aria-label={t('shell.navigation')} className={classes.bottom}>
      {[homeEntry(classes.beside), peopleEntry(), scanEntry(t('shell.scanShort')), fourth].map((entry) => (
        <EntryLink key={entry.to} entry={entry} className={classes.tab} />
      ))}
      <More onFind={onFind} />
    </nav>
  );
}

/** What has no room in the bar. */
function More({ onFind }: { onFind: () => void }) {
  const router = useRouter();
  const asked = useAskedCount();
  const opened = useParts();
  return (
    <Menu position="top-end" width={220}>
      <Menu.Target>
        <UnstyledButton className={classes.tab}>
          <IconDots {...icon} />
          <span>{t('shell.more')}</span>
          <UnreadCount className={classes.beside} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className={classes.more}>
        <Menu.Item leftSection={<IconSearch {...icon} />} onClick={onFind}>
          {t('shell.search')}
        </Menu.Item>
        {[
          noticesEntry(),
          tasksEntry(),
          lendingEntry(),
          introductionsEntry(asked),
          networkEntry(),
          ...(opened('conversations') ? [noteEntry()] : []),
          voicesEntry(),
          planEntry(),
          organizationsEntry(),
          groupsEntry(),
          sourcesEntry(),
          mailEntry(),
          opportunitiesEntry(),
          qualityEntry(),
          boardsEntry(),
          segmentsEntry(),
          factsEntry(),
          attributesEntry(),
          collectionEntry(),
          settingsEntry(),
        ]
          .filter(({ part }) => opened(part))
          .map((entry) => (
            <Menu.Item
              key={entry.to}
              leftSection={entry.icon}
              rightSection={entry.count}
              onClick={() => void router.navigate({ to: entry.to })}
            >
              {entry.label}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}
