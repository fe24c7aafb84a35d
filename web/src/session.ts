import type { MantineColorScheme } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { redirect } from '@tanstack/react-router';
import { chooseWorkspace, type Me, signOut } from '../../server/identity/contract.ts';
import { ApiError, call, showWorkspace } from './api.ts';
import { changeLanguage } from './language.ts';
import { partsQuery } from './parts.ts';
import { stopPush } from './push.ts';
import { meQuery, queryClient, statusQuery } from './queries.ts';

/** The member signed in. Only below the members' route, which has loaded it. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/**
 * Lets members in; sends others to sign in (or to set up a new installation), and those who have a charter to accept to it first,
 * keeping the way back.
 */
export async function requireMember(href: string, charterFirst = true): Promise<void> {
  const back = href === '/' ? {} : { back: href };
  try {
    const me = await queryClient.ensureQueryData(meQuery);
    await adopt(me);
    if (charterFirst && me.charterDue) throw redirect({ to: '/charter', search: back });
    // So that no entry of the navigation comes and goes.
    if (!me.charterDue) await queryClient.ensureQueryData(partsQuery);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'unauthenticated') throw error;
    const { setUp } = await queryClient.ensureQueryData(statusQuery);
    throw setUp ? redirect({ to: '/sign-in', search: back }) : redirect({ to: '/setup' });
  }
}

const workspaceKey = 'entregent-workspace';

/** Makes a member's answer the current one, and shows their language. */
export async function adopt(me: Me): Promise<void> {
  showWorkspace(me.workspace.id);
  localStorage.setItem(workspaceKey, me.workspace.id);
  queryClient.setQueryData(meQuery.queryKey, me);
  await changeLanguage(me.locale);
}

/** The workspace last worked in on this device: where signing in leads again. */
export function lastWorkspace(): { workspaceId?: string } {
  const workspaceId = localStorage.getItem(workspaceKey);
  return workspaceId === null ? {} : { workspaceId };
}

/** Another tab of this browser went to another workspace: this one follows, before it shows or writes what is elsewhere. */
addEventListener('storage', ({ key, oldValue, newValue }) => {
  if (key === workspaceKey && oldValue !== null && newValue !== oldValue) location.assign('/');
});

/** Goes to another of my workspaces; the page begins anew, so that nothing of the one left behind stays on it. */
export async function goToWorkspace(workspaceId: string): Promise<void> {
  await call(chooseWorkspace, { workspaceId });
  localStorage.setItem(workspaceKey, workspaceId);
  location.assign('/');
}

/** Signs out, and forgets what was loaded. */
export async function leave(): Promise<void> {
  await stopPush().catch(() => {});
  await call(signOut, {});
  showWorkspace(undefined);
  queryClient.clear();
}

export function schemeOf(theme: Me['theme']): MantineColorScheme {
  return theme === 'system' ? 'auto' : theme;
}

/** The one-time token of a link: it travels in the fragment, which no server and no log sees. */
export function tokenInFragment(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get('token');
}
