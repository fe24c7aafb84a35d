import type { MantineColorScheme } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { redirect } from '@tanstack/react-router';
import type { Me } from '../../server/identity/contract.ts';
import { ApiError } from './api.ts';
import { changeLanguage } from './language.ts';
import { meQuery, queryClient, statusQuery } from './queries.ts';

/** The member signed in. Only below the members' route, which has loaded it. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Lets members in; sends others to sign in (or to set up a new installation), keeping the way back. */
export async function requireMember(href: string): Promise<void> {
  try {
    await adopt(await queryClient.ensureQueryData(meQuery));
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'unauthenticated') throw error;
    const { setUp } = await queryClient.ensureQueryData(statusQuery);
    throw setUp ? redirect({ to: '/sign-in', search: href === '/' ? {} : { back: href } }) : redirect({ to: '/setup' });
  }
}

/** Makes a member's answer the current one, and shows their language. */
export async function adopt(me: Me): Promise<void> {
  queryClient.setQueryData(meQuery.queryKey, me);
  await changeLanguage(me.locale);
}

export function schemeOf(theme: Me['theme']): MantineColorScheme {
  return theme === 'system' ? 'auto' : theme;
}

/** The one-time token of a link: it travels in the fragment, which no server and no log sees. */
export function tokenInFragment(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get('token');
}
