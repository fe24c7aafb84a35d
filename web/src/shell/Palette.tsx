import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight } from '@mantine/spotlight';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type LinkProps, useRouter } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect } from 'react';
import type { Part } from '../../../server/adoption/contract.ts';
import { listPeople } from '../../../server/cards/contract.ts';
import { t } from '../i18n.ts';
import { useParts } from '../parts.ts';
import { reading } from '../queries.ts';
import { organizationBeside } from '../screens/contacts/values.ts';
import { goToWorkspace, leave, useMe } from '../session.ts';
import { Face } from '../ui/Face.tsx';
import { sayError } from '../ui/undo.tsx';

interface Command {
  label: string;
  run: () => unknown;
}

interface PaletteProps {
  query: string;
  onQuery: (query: string) => void;
  onClose: () => void;
  onKeys: () => void;
}

/** Everything by its name: screens, actions, and the people of the reference as one types. */
export default function Palette({ query, onQuery, onClose, onKeys }: PaletteProps) {
  const screens = useScreens().filter(named(query));
  const actions = useActions(onKeys).filter(named(query));
  const people = useFound(query);
  const meant = begunBy(query);
  useEffect(() => Spotlight.open(), []);
  const nothing = screens.length + actions.length + people.length === 0;
  return (
    <Spotlight.Root
      attributes={{ content: { 'aria-label': t('shell.findLabel') } }}
      query={query}
      onQueryChange={onQuery}
      onSpotlightClose={onClose}
      shortcut={null}
      transitionProps={{ duration: 0 }}
      scrollable
      maxHeight="60dvh"
    >
      <Spotlight.Search placeholder={t('shell.find')} aria-label={t('shell.findLabel')} onKeyDown={runFirst} />
      <Spotlight.ActionsList {...scrolledByKeyboard}>
        {nothing && <Spotlight.Empty>{t('shell.findNothing', { q: query })}</Spotlight.Empty>}
        <Commands label={t('shell.findScreens')} commands={screens.filter(meant)} />
        <Commands label={t('shell.findActions')} commands={actions.filter(meant)} />
        <People people={people} />
        <Commands label={t('shell.findScreens')} commands={screens.filter((command) => !meant(command))} />
        <Commands label={t('shell.findActions')} commands={actions.filter((command) => !meant(command))} />
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** Early strokes do not pass through the field, which selects the first line only for what is typed in it. */
function runFirst({ key, currentTarget }: KeyboardEvent<HTMLInputElement>): void {
  const palette = currentTarget.closest('[role=dialog]');
  if (key === 'Enter' && !palette?.querySelector('[data-selected]'))
    palette?.querySelector<HTMLElement>('[data-action]')?.click();
}

/** A list that scrolls takes the focus (WCAG 2.1.1); the component passes this on without saying so in its types. */
const scrolledByKeyboard: object = { viewportProps: { tabIndex: 0 } };

function useFound(query: string) {
  const [q] = useDebouncedValue(query.trim(), 150);
  const found = useQuery({
    ...reading(listPeople, { q, limit: 6 }),
    enabled: q.length > 0,
    placeholderData: keepPreviousData,
  });
  return query.trim() === '' ? [] : (found.data?.items ?? []);
}

function People({ people }: { people: ReturnType<typeof useFound> }) {
  const router = useRouter();
  if (people.length === 0) return null;
  return (
    <Spotlight.ActionsGroup label={t('shell.findPeople')}>
      {people.map((entry) => (
        <Spotlight.Action
          key={entry.id}
          label={entry.name || t('contacts.nameless')}
          description={[entry.title, organizationBeside(entry)].filter(Boolean).join(' · ')}
          leftSection={<Face id={entry.id} name={entry.name} square={entry.kind === 'organization'} />}
          onClick={() => void router.navigate({ to: '/people/$personId', params: { personId: entry.id } })}
        />
      ))}
    </Spotlight.ActionsGroup>
  );
}

function Commands({ label, commands }: { label: string; commands: Command[] }) {
  if (commands.length === 0) return null;
  return (
    <Spotlight.ActionsGroup label={label}>
      {commands.map((command) => (
        <Spotlight.Action key={command.label} label={command.label} onClick={() => void command.run()} />
      ))}
    </Spotlight.ActionsGroup>
  );
}

interface Screen extends Command {
  part?: Part;
}

function useScreens(): Command[] {
  const router = useRouter();
  const opened = useParts();
  const go = (to: LinkProps['to']) => () => router.navigate({ to });
  const screens: Screen[] = [
    { label: t('shell.people'), run: go('/people') },
    { label: t('shell.organizations'), run: go('/organizations') },
    { label: t('conversations.title'), part: 'conversations', run: go('/conversations') },
    { label: t('conversations.replies.title'), part: 'conversations', run: go('/conversations/replies') },
    { label: t('voices.title'), part: 'voices', run: go('/voices') },
    { label: t('decisions.title'), part: 'voices', run: go('/voices/decisions') },
    { label: t('surveys.title'), part: 'voices', run: go('/voices/surveys') },
    { label: t('segments.title'), part: 'facts', run: go('/knowledge/segments') },
    { label: t('segments.measures.title'), part: 'facts', run: go('/knowledge/measures') },
    { label: t('attributes.title'), part: 'facts', run: go('/knowledge/attributes') },
    { label: t('collection.title'), part: 'facts', run: go('/knowledge/collection') },
    { label: t('plan.title'), part: 'plan', run: go('/plan') },
    { label: t('plan.calendar'), part: 'plan', run: go('/plan/calendar') },
    { label: t('plan.journeys'), part: 'plan', run: go('/plan/journeys') },
    { label: t('scenarios.title'), part: 'plan', run: go('/plan/scenarios') },
    { label: t('hunting.nav'), part: 'plan', run: go('/hunts') },
    { label: t('content.title'), part: 'plan', run: go('/plan/content') },
    { label: t('content.parts.title'), part: 'plan', run: go('/plan/content/parts') },
    { label: t('content.images.title'), part: 'plan', run: go('/plan/content/images') },
    { label: t('content.style.title'), part: 'plan', run: go('/plan/content/style') },
    { label: t('events.title'), part: 'plan', run: go('/plan/events') },
    { label: t('pressure.nav'), part: 'plan', run: go('/plan/pressure') },
    { label: t('cleaning.title'), part: 'quality', run: go('/quality/cleaning') },
    { label: t('community.title'), part: 'voices', run: go('/voices/community') },
    { label: t('interviews.why'), part: 'opportunities', run: go('/opportunities/outcomes') },
    { label: t('shell.opportunities'), part: 'opportunities', run: go('/opportunities') },
    { label: t('groups.title'), part: 'groups', run: go('/groups') },
    { label: t('shell.imports'), run: go('/imports') },
    { label: t('shell.scan'), part: 'scan', run: go('/scan') },
    { label: t('mailboxes.proposals.title'), part: 'mail', run: go('/mail') },
    { label: t('mailboxes.correspondents.title'), part: 'mail', run: go('/mail/correspondents') },
    { label: t('mailboxes.mailboxes.title'), part: 'mail', run: go('/mail/mailboxes') },
    { label: t('quality.hunt.title'), part: 'quality', run: go('/quality') },
    { label: t('quality.groups.title'), part: 'quality', run: go('/quality/groups') },
    { label: t('quality.decisions.title'), part: 'quality', run: go('/quality/decisions') },
    { label: t('quality.verify.title'), part: 'quality', run: go('/quality/verify') },
    { label: t('quality.health.title'), part: 'quality', run: go('/quality/health') },
    { label: t('facts.title'), part: 'facts', run: go('/facts') },
    { label: t('shell.me'), run: go('/settings/me') },
    { label: t('shell.books'), run: go('/settings/books') },
    { label: t('shell.home'), run: go('/home') },
    { label: t('shell.notices'), run: go('/notices') },
    { label: t('shell.tasks'), run: go('/tasks') },
    { label: t('shell.lending'), run: go('/delegations') },
    { label: t('network.paths'), part: 'network', run: go('/network') },
    { label: t('network.picture'), part: 'network', run: go('/network/picture') },
    { label: t('network.ties'), part: 'network', run: go('/network/ties') },
    { label: t('introductions.mine'), part: 'introductions', run: go('/introductions') },
    { label: t('introductions.asked'), run: go('/introductions/asked') },
    { label: t('privacy.mine.title'), run: go('/privacy') },
    { label: t('shell.members'), run: go('/settings/members') },
    { label: t('shell.teams'), run: go('/settings/teams') },
    { label: t('shell.charter'), run: go('/settings/charter') },
    { label: t('shell.apps'), run: go('/settings/apps') },
    { label: t('shell.connections'), run: go('/settings/connections') },
    { label: t('shell.phones'), run: go('/settings/devices') },
    { label: t('shell.keys'), run: go('/settings/keys') },
    { label: t('adoption.title'), run: go('/settings/adoption') },
    { label: t('bi.title'), run: go('/settings/bi') },
    { label: t('dashboards.title'), part: 'boards', run: go('/boards') },
    { label: t('dataMap.title'), part: 'quality', run: go('/quality/map') },
  ];
  return screens.filter(({ part }) => opened(part));
}

function useActions(onKeys: () => void): Command[] {
  const router = useRouter();
  const { workspace, workspaces } = useMe();
  return [
    { label: t('contacts.new'), run: () => router.navigate({ to: '/people', hash: 'new' }) },
    { label: t('imports.choose'), run: () => router.navigate({ to: '/imports' }) },
    { label: t('shell.keysHelp'), run: onKeys },
    ...workspaces
      .filter(({ id }) => id !== workspace.id)
      .map(({ id, name }) => ({ label: t('shell.goTo', { name }), run: () => goToWorkspace(id).catch(sayError) })),
    { label: t('shell.apiReference'), run: () => location.assign('/api/docs') },
    {
      label: t('shell.signOut'),
      run: async () => {
        await leave();
        await router.navigate({ to: '/sign-in', search: {} });
      },
    },
  ];
}

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
/** A command of which a word begins as typed comes before people, who are also found by resemblance. */
const begunBy = (query: string) => (command: Command) =>
  query.trim().length > 2 && ` ${fold(command.label)}`.includes(` ${fold(query.trim())}`);
const named = (query: string) => (command: Command) => fold(command.label).includes(fold(query.trim()));
