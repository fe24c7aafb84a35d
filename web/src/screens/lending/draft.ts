import type { Grant, Grantee } from '../../../../server/delegation/contract.ts';
import { fieldGroup } from '../../../../server/delegation/contract.ts';

export type Level = 'discover' | 'read' | 'export';
export type FieldGroup = Grant['except'][number];

/** The blanks of the sentence, as the form holds them. */
export interface Draft {
  /** `workspace`, or a kind with an id: `team:ID`, `member:ID`, `process:ID`, `app:ID`. */
  grantee: string;
  level: Level;
  except: FieldGroup[];
  /** `YYYY-MM-DD` or empty: from now on, until withdrawn. */
  from: string;
  until: string;
  /** Whether the contacts may be written to; for these purposes (none: any), so often (null: as often as they like). */
  contact: boolean;
  purposes: Grant['purposes'];
  quota: Grant['quota'];
  /** Whether what they correct is offered to me. */
  enrich: boolean;
  /** What the form does not show, kept as it was said. */
  kept: Pick<Grant, 'channels' | 'askFirst' | 'startsAt' | 'endsAt'>;
}

/** What people rather keep to themselves is left out until they say otherwise. */
export const newDraft: Draft = {
  grantee: 'workspace',
  level: 'read',
  except: ['privateNumbers', 'privateAddresses', 'notes'],
  from: '',
  until: '',
  contact: false,
  enrich: false,
  purposes: [],
  quota: null,
  // E-mail is the one way by which contacts are written to so far.
  kept: { channels: ['email'], askFirst: false, startsAt: null, endsAt: null },
};

export const groups = fieldGroup.options.filter((group) => group !== 'original');

function keyOf(grantee: Grantee): string {
  if (grantee.kind === 'team') return `team:${grantee.teamId}`;
  if (grantee.kind === 'process') return `process:${grantee.processId}`;
  if (grantee.kind === 'app') return `app:${grantee.appId}`;
  return grantee.kind === 'member' ? `member:${grantee.memberId}` : 'workspace';
}

function granteeOf(key: string): Grantee {
  const [kind, id] = key.split(':') as [string, string];
  if (kind === 'team') return { kind, teamId: id };
  if (kind === 'process') return { kind, processId: id };
  if (kind === 'app') return { kind, appId: id };
  return kind === 'member' ? { kind, memberId: id } : { kind: 'workspace' };
}

/** `YYYY-MM-DD` where the user is; empty for none. */
export const dayOf = (instant: string | null): string => {
  if (instant === null) return '';
  const at = new Date(instant);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
};

/** The day so many days from now. */
export const dayAhead = (days: number): string => dayOf(new Date(Date.now() + days * 86_400_000).toISOString());

export function draftOf(grant: Grant): Draft {
  return {
    grantee: keyOf(grant.grantee),
    level: grant.acts.includes('export') ? 'export' : grant.acts.includes('read') ? 'read' : 'discover',
    except: grant.except,
    from: dayOf(grant.startsAt),
    until: dayOf(grant.endsAt),
    contact: grant.acts.includes('contact'),
    purposes: grant.purposes,
    quota: grant.quota,
    enrich: grant.acts.includes('enrich'),
    kept: {
      channels: grant.acts.includes('contact') ? grant.channels : newDraft.kept.channels,
      askFirst: grant.askFirst,
      startsAt: grant.startsAt,
      endsAt: grant.endsAt,
    },
  };
}

/** The terms of a grant exactly as they were said, to the minute, to be said again. */
export function sameTerms({ grantee, acts, except, purposes, channels, quota, askFirst, startsAt, endsAt }: Grant) {
  return { grantee, acts, except, purposes, channels, quota, askFirst, startsAt, endsAt };
}

/** Whether the last day lies before the first, or is over. */
export function endsBefore({ from, until }: Draft, today = dayOf(new Date().toISOString())): boolean {
  return until !== '' && (until < today || until < from);
}

/** A day at an hour; the instant that was said, where the day has stayed. */
function instantOf(day: string, hour: string, said: string | null): string | null {
  if (day === '') return null;
  return dayOf(said) === day ? said : new Date(day + hour).toISOString();
}

/** The terms as the API takes them: from the morning of the first day to the evening of the last, where the user is. */
export function termsOf({ grantee, level, except, from, until, contact, enrich, purposes, quota, kept }: Draft) {
  return {
    ...kept,
    grantee: granteeOf(grantee),
    // What cannot be read cannot be corrected.
    acts: [
      level,
      ...(contact ? ['contact' as const] : []),
      ...(enrich && level !== 'discover' ? ['enrich' as const] : []),
    ],
    purposes: contact ? purposes : [],
    channels: contact ? kept.channels : [],
    quota: contact ? quota : null,
    except: level === 'discover' ? [] : except,
    startsAt: instantOf(from, 'T00:00:00', kept.startsAt),
    endsAt: instantOf(until, 'T23:59:59', kept.endsAt),
  };
}
