import type { Cap, GateRules, Profile } from './contract.ts';

/** What somebody received, is to receive, or is planned to: one row a message. */
export interface Load {
  state: 'left' | 'queued' | 'planned';
  /** The message's id, or the plan's. */
  id: string;
  at: Date;
  channel: string;
  weight: number;
  priority: number;
}

/** The message that asks for room. */
export interface Asking {
  /** Null: it is not written yet. */
  messageId: string | null;
  /** Its own plan, which does not stand in its way. */
  planId: string | null;
  channel: string;
  weight: number;
  priority: number;
}

const day = 86_400_000;

/**
 * Whether a load goes before. What has left does; of what waits, whatever is of greater priority, and of the same what was written before (ids grow
 * with time); of what is planned, only what is of greater priority.
 */
function goesBefore(load: Load, asking: Asking): boolean {
  if (load.state === 'left') return true;
  if (load.priority !== asking.priority) return load.priority > asking.priority;
  return load.state === 'queued' && (asking.messageId === null || load.id < asking.messageId);
}

/** What counts under a cap at an instant: what left in the days before it, and what goes before in the days around it. */
export function countUnder(
  { days, channel }: Pick<Cap, 'days' | 'channel'>,
  loads: readonly Load[],
  asking: Asking,
  now: Date,
): number {
  const away = days * day;
  let sum = 0;
  for (const load of loads) {
    if (load.id === asking.messageId || load.id === asking.planId) continue;
    if (channel !== null && load.channel !== channel) continue;
    const apart = load.at.getTime() - now.getTime();
    const within = apart > -away && (load.state === 'left' || apart < away);
    if (within && goesBefore(load, asking)) sum += load.weight;
  }
  return sum;
}

/** Whether there is no room left: sent + planned of greater priority + this one would be more than some cap lets through. What weighs nothing always finds room. */
export function isTooMuch(caps: readonly Cap[], loads: readonly Load[], asking: Asking, now: Date): boolean {
  if (asking.weight === 0) return false;
  return caps.some(
    (cap) =>
      (cap.channel === null || cap.channel === asking.channel) &&
      countUnder(cap, loads, asking, now) + asking.weight > cap.most,
  );
}

/**
 * The profile that a message is counted by: the one assigned to the contact point, else the first that fits, else the default one.
 * @param assigned that is not there (any more) counts for nothing
 */
export function profileFor(
  profiles: readonly Profile[],
  about: { purpose: string; privateAddress: boolean; assigned: string | null },
): Profile {
  const address = about.privateAddress ? 'private' : 'business';
  const byKey = profiles.find(({ key }) => key === about.assigned);
  const fitting = profiles.find(
    ({ fits }) =>
      fits !== null &&
      (fits.purposes.length === 0 || fits.purposes.some((one) => one === about.purpose)) &&
      (fits.address === null || fits.address === address),
  );
  return byKey ?? fitting ?? profiles.find(({ key }) => key === 'default')!;
}

/** The rules that the product comes with; docs/subsystems/gate.md says why. */
export const defaultRules: GateRules = {
  weights: { service: 0, survey: 1, invitation: 2, newsletter: 2, recruiting: 2, prospecting: 3 },
  profiles: [
    {
      key: 'default',
      name: '',
      fits: null,
      caps: [
        { days: 7, channel: null, most: 6 },
        { days: 30, channel: null, most: 15 },
      ],
    },
  ],
  quiet: { from: '20:00', to: '08:00', weekdays: [7], dates: [], personal: false, zone: null },
  domainPerHour: null,
  mailboxPerDay: null,
  complaintDays: 90,
  openTicket: true,
  retentionMonths: 36,
};
