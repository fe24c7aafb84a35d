import type { Participant } from '../formats/calendar/index.ts';
import type { Span } from '../formats/calendar/recurring.ts';
import { isRobot } from '../formats/normalise/email.ts';

/** What a signature says less surely than this is not proposed. */
export const sureEnough = 0.6;

const DAY = 86_400_000;

/** Whom a member really exchanges mail with: they wrote to them, or had mail from them on three occasions. Others may only want to sell. */
export const leastReceived = 3;
export const isInTouch = ({ sent, received }: { sent: number; received: number }): boolean =>
  sent > 0 || received >= leastReceived;

/** What is older than that is not read: of whom one has not heard for three years, nothing is to be kept anyway. */
export const horizon = (now: Date): Date => new Date(now.getTime() - 3 * 365.25 * DAY);

/** A folder as a mailbox lists it. */
export interface ListedFolder {
  path: string;
  /** `\Sent`, `\Junk`… (RFC 6154). */
  specialUse?: string | undefined;
  /** Holds no messages itself (`\Noselect`). */
  closed: boolean;
}

export interface FolderToRead {
  path: string;
  sent: boolean;
}

/** Unwanted, thrown away, unfinished, and views of what lies elsewhere. */
const PASSED_OVER = new Set(['\\Junk', '\\Trash', '\\Drafts', '\\Flagged', '\\All', '\\Important']);

/**
 * The folders to read: what was sent comes first, so that bounces can be told from forged ones; then the inbox, and what people file
 * away. Folders that are named as private are not even opened.
 *
 * @param labels the server keeps one store and lets labels look like folders (Gmail): then `\All` is read alone, with its labels
 * @param isPrivate whether a path is so named
 */
export function foldersToRead(
  listed: readonly ListedFolder[],
  labels: boolean,
  isPrivate: (path: string) => boolean,
): FolderToRead[] {
  const all = labels && listed.find(({ specialUse }) => specialUse === '\\All');
  if (all) return [{ path: all.path, sent: false }];
  const rank = ({ path, specialUse }: ListedFolder) => (specialUse === '\\Sent' ? 0 : isInbox(path) ? 1 : 2);
  return listed
    .filter(({ path, specialUse, closed }) => !closed && !PASSED_OVER.has(specialUse ?? '') && !isPrivate(path))
    .sort((a, b) => rank(a) - rank(b))
    .map(({ path, specialUse }) => ({ path, sent: specialUse === '\\Sent' }));
}

const isInbox = (path: string): boolean => path.toUpperCase() === 'INBOX';

/** How far a folder was read: the UIDs from `low` to `high`, all of them. */
export interface Place {
  uidValidity: number;
  low: number;
  high: number;
}

/** Messages of a batch: none too many are held in memory. */
const SPAN = 200;

/**
 * The messages to read next: those that are new, the oldest first; then, backwards, those from before. Of a folder not read yet the
 * newest come first, for they tell most.
 *
 * @param uids what the folder holds, in rising order
 * @returns null when all is read
 */
export function nextBatch(place: Place, uids: readonly number[]): { uids: number[]; place: Place } | null {
  const fresh = isUnread(place) ? uids.slice(-SPAN) : uids.filter((uid) => uid > place.high).slice(0, SPAN);
  if (fresh.length > 0) {
    const low = isUnread(place) ? fresh[0]! : place.low;
    return { uids: fresh, place: { ...place, low, high: fresh.at(-1)! } };
  }
  const older = uids.filter((uid) => uid < place.low).slice(-SPAN);
  return older.length > 0 ? { uids: older, place: { ...place, low: older[0]! } } : null;
}

/** A folder that was not read yet, or whose UIDs are others by now (RFC 3501, 2.3.1.1). */
export const unread = (uidValidity: number): Place => ({ uidValidity, low: 1, high: 0 });

const isUnread = ({ high }: Place): boolean => high === 0;

/** Meetings of more are assemblies: that two people sat in one says nothing of them. */
const largestMeeting = 30;
/** Whom one met among so few, one knows; of larger ones it takes as many as of mails. */
export const smallMeeting = 8;

/** Calendars and rooms that look like people (Google). */
const NOBODY = /@(?:group|resource)\.calendar\.google\.com$/;

/** What a meeting tells of its owner's ties. */
export interface Evidence {
  /** How many were asked, its owner included. */
  people: number;
  /** By its owner. */
  organised: boolean;
  others: Participant[];
}

/**
 * Who was met, where it is evidence: the calendar's owner is named and has not declined, somebody else is there, and not too many.
 * @param own the owner's addresses, normalised
 */
export function evidenceOf(participants: readonly Participant[], own: ReadonlySet<string>): Evidence | undefined {
  const people = participants.filter(({ email }) => own.has(email) || !(NOBODY.test(email) || isRobot(email)));
  const mine = people.filter(({ email }) => own.has(email));
  const others = people.filter(({ email }) => !own.has(email));
  if (mine.length === 0 || mine.some(({ answer }) => answer === 'declined')) return undefined;
  if (others.length === 0 || others.length + 1 > largestMeeting) return undefined;
  return { people: others.length + 1, organised: mine.some(({ organiser }) => organiser), others };
}

/** Between two readings of a whole calendar: what is to come moves into sight. */
const REREAD = 30 * DAY;
export const isDueWhole = (readAt: string | undefined, now: Date): boolean =>
  readAt === undefined || !(now.getTime() - Date.parse(readAt) < REREAD);

/**
 * Meetings from when to when are of interest: as far back as mail, and as far ahead as to outlast the time until the next whole reading. It moves
 * by months, so that what did not change reads the same from one hour to the next.
 */
export function spanOf(now: Date): Span {
  const month = Math.floor(now.getTime() / REREAD) * REREAD;
  return { from: horizon(new Date(month)).getTime(), to: month + 4 * REREAD };
}
