import { createHmac, hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { GuestState } from './contract.ts';

const octets = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
const uuid = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const sign = (key: KeyObject, ids: Buffer): Buffer =>
  createHmac('sha256', key).update('event').update(ids).digest().subarray(0, 16);

/** What a guest's link is about. */
export interface LinkOf {
  workspaceId: string;
  guestId: string;
}

/** Workspace (16 octets) ‖ guest (16) ‖ the first 128 bits of their HMAC-SHA-256, in base64url. */
export function writeToken(key: KeyObject, { workspaceId, guestId }: LinkOf): string {
  const ids = Buffer.concat([octets(workspaceId), octets(guestId)]);
  return Buffer.concat([ids, sign(key, ids)]).toString('base64url');
}

/** @returns null for a token that is not ours, or was altered */
export function readToken(key: KeyObject, token: string): LinkOf | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 48 || bytes.toString('base64url') !== token) return null;
  const ids = bytes.subarray(0, 32);
  if (!timingSafeEqual(sign(key, ids), bytes.subarray(32))) return null;
  return { workspaceId: uuid(ids.subarray(0, 16)), guestId: uuid(ids.subarray(16)) };
}

/** By what the door knows the code on a guest's phone: nobody there can make one. SHA-256, the first 16 hexadecimal digits. */
export const ticketOf = (token: string): string => hash('sha256', token).slice(0, 16);

/** The seats of an event, and who sits on them. */
export interface Room {
  /** In all; null: as many as come. */
  seats: number | null;
  /** Kept for the guests of a team. */
  quotas: ReadonlyMap<string, number>;
  /** Taken by the guests of each team; null: of none. */
  taken: ReadonlyMap<string | null, number>;
}

/**
 * Seats left for the guests of a team: of its own where some are kept for it, else of those that are kept for nobody. What a team has taken
 * beyond what is kept for it (its quota was lowered since) is taken from all.
 */
export function roomFor({ seats, quotas, taken }: Room, teamId: string | null): number {
  const all = [...taken.values()].reduce((sum, one) => sum + one, 0);
  const own = teamId === null ? undefined : quotas.get(teamId);
  const left = seats === null ? Number.POSITIVE_INFINITY : seats - all;
  if (own !== undefined) return Math.min(own - (taken.get(teamId) ?? 0), left);
  const kept = [...quotas].reduce((sum, [team, quota]) => sum + Math.max(0, quota - (taken.get(team) ?? 0)), 0);
  return left - kept;
}

/** A guest as far as seats are concerned. */
export interface Seated {
  state: GuestState;
  companions: number;
  teamId: string | null;
}
const seatsOf = ({ state, companions }: Seated): number => (state === 'coming' ? 1 + companions : 0);

/** Without what this guest sits on now. */
const without = (room: Room, guest: Seated): Room => ({
  ...room,
  taken: new Map([...room.taken, [guest.teamId, (room.taken.get(guest.teamId) ?? 0) - seatsOf(guest)]]),
});

/**
 * What an answer comes to. `full`: there is no seat, and nobody may wait, or a guest who comes already wanted more companions than there is room for:
 * nothing changes then.
 */
export function place(
  room: Room,
  guest: Seated,
  wish: { coming: boolean; companions: number },
  waitingList: boolean,
): { state: GuestState; companions: number; full: boolean } {
  if (!wish.coming) return { state: 'declined', companions: 0, full: false };
  if (1 + wish.companions <= roomFor(without(room, guest), guest.teamId))
    return { state: 'coming', companions: wish.companions, full: false };
  const { state, companions } = guest;
  if (state === 'coming' || !waitingList) return { state, companions, full: true };
  return { state: 'waiting', companions: wish.companions, full: false };
}

/**
 * Who of those that wait gets a seat now, in their order. A party that is too large for what is left does not hold up the smaller ones behind it.
 */
export function seatNext<T extends Seated>(room: Room, waiting: readonly T[]): T[] {
  const taken = new Map(room.taken);
  return waiting.filter((guest) => {
    const wanted = 1 + guest.companions;
    if (wanted > roomFor({ ...room, taken }, guest.teamId)) return false;
    taken.set(guest.teamId, (taken.get(guest.teamId) ?? 0) + wanted);
    return true;
  });
}

/** What can be changed about an event, as far as answers go. */
export interface Timing {
  startsAt: Date;
  answersUntil: Date | null;
  cancelledAt: Date | null;
}

/** Whether answers are taken still. */
export const isOpen = ({ startsAt, answersUntil, cancelledAt }: Timing, now: Date): boolean =>
  cancelledAt === null && now < (answersUntil ?? startsAt);

/** Somebody whom a guest brings along, by the name that the guest gave. */
export interface CompanionName {
  given: string;
  family: string;
}

/** Names of companions as pages send them: `given_<no>`, `family_<no>`, from 1 on. Lines that are left empty count for nothing. */
export function companionsOf(form: URLSearchParams, most: number): CompanionName[] {
  const names = Array.from({ length: most }, (_, at) => ({
    given: badgeOf(form.get(`given_${at + 1}`) ?? ''),
    family: badgeOf(form.get(`family_${at + 1}`) ?? ''),
  }));
  return names.filter(({ given, family }) => given !== '' || family !== '');
}

/** How many are brought along: as many as were said, at least those who were named, never more than may. */
export function companionCount(form: URLSearchParams, named: number, most: number): number {
  const said = form.get('companions') ?? '';
  return Math.min(most, Math.max(named, /^\d{1,2}$/.test(said) ? Number(said) : 0));
}

const wordsIn = (name: string): string =>
  name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .sort()
    .join(' ');

/**
 * Whether somebody who registers by a name is who a card names: the same words, in whichever order, with or without accents. Nothing less, for several
 * people may share an address.
 */
export function isNamed(name: string, onCard: readonly Record<string, unknown>[]): boolean {
  const typed = wordsIn(name);
  return (
    typed !== '' &&
    onCard.some(({ given, family, full }) =>
      [full, [given, family].filter(Boolean).join(' ')].some(
        (one) => typeof one === 'string' && wordsIn(one) === typed,
      ),
    )
  );
}

/** Characters of a name for the door. */
export const mostBadge = 80;

/** A name as it may stand at the door: one line. */
export const badgeOf = (said: string): string =>
  said
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, mostBadge)
    .toWellFormed();
