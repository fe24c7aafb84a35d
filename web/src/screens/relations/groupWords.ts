import type { Group, GroupRole, Membership } from '../../../../server/relations/contract.ts';
import { longDate } from '../../format.ts';
import { spoken, t } from '../../i18n.ts';

/** From when to when, in words; empty where nothing is said. */
export function periodWord(since: string | null, until: string | null): string {
  const known = since && until ? (since === until ? 'day' : 'both') : since ? 'since' : until ? 'until' : 'none';
  return t('groups.period', { known, from: since ? longDate(since) : '', to: until ? longDate(until) : '' });
}

/** An event that is told by its first day alone is on that day. */
export const whenOf = ({ kind, startsOn, endsOn }: Pick<Group, 'kind' | 'startsOn' | 'endsOn'>): string =>
  periodWord(startsOn, kind === 'event' ? (endsOn ?? startsOn) : endsOn);

/** What a group is, of what and where, in one line. */
export const describe = (group: Group): string =>
  [t(`groups.kind.${group.kind}`), group.organization, group.place, whenOf(group)].filter(Boolean).join(' · ');

export const sightWord = ({ visibleTo, team }: Pick<Group, 'visibleTo' | 'team'>): string =>
  visibleTo === 'team' ? t('groups.sight.team', { team: team?.name ?? '' }) : t(`groups.sight.${visibleTo}`);

/** A role that says more than that one belongs. */
const roleWord = (role: GroupRole): string => (role === 'member' ? '' : t(`groups.role.${role}`));

/** Somebody with their role, where it says more than that they belong. */
export const withRole = (name: string, role: GroupRole): string =>
  role === 'member' ? name : t('groups.withRole', { name, role: t(`groups.role.${role}`).toLocaleLowerCase(spoken()) });

/** What one member says of somebody's belonging; their name where they are not the reader. */
export const membershipWord = ({ role, since, until, by, mine, shared }: Membership, alone: boolean): string =>
  [
    roleWord(role),
    periodWord(since, until),
    mine ? (shared || alone ? '' : t('groups.onlyMe')) : t('groups.saidBy', { name: by.name }),
  ]
    .filter(Boolean)
    .join(' · ');

export const listOf = (names: readonly string[]): string =>
  new Intl.ListFormat(spoken(), { type: 'conjunction' }).format(names);
