import type { Email } from 'postal-mime';
import { fold } from '../normalise/fold.ts';
import { headerOf } from './origin.ts';

/** What says that a message is private. */
export type PersonalMark = 'header' | 'subject' | 'folder';

const WORD =
  '(?:personn?els?|personnelles?|perso|prives?|privees?|personal(?:es)?|private?|privat|privates|personlich(?:es)?|persoenlich(?:es)?|privados?|privadas?)';
const AND = `${WORD}(?:\\s*(?:et|and|und|y|&|/|-)\\s*(?:confidentiel(?:le)?s?|confidential|vertraulich|confidencial|${WORD}))?`;
const REPLY = '(?:(?:re|tr|fwd?|aw|wg|rv|sv)\\s*:\\s*)*';
/** A mark is the whole subject, its beginning with a sign behind it, in brackets anywhere, or its end behind a dash. */
const SUBJECT = new RegExp(
  `^${REPLY}${AND}\\s*(?:$|[:!/|]|\\s[–-]\\s|-\\s)|[[({*]\\s*${AND}\\s*[\\])}*]|\\s[–-]\\s*${AND}\\s*$`,
);
const FOLDER = new RegExp(
  `^(?:mes |my |meine |mis )?(?:messages? |mails? |courriers? |dossiers? )?${AND}(?: mails?| messages?| e-?mails?| nachrichten)?$`,
);

/**
 * Whether a message is marked as private: Sensitivity (RFC 4021, 2.1.54; values of RFC 2156), a tag of its subject, or a folder so
 * named. Nothing else of such a message is read.
 */
export function personalMark(mail: Email, folder?: string): PersonalMark | undefined {
  if (/^\s*(?:personal|private)\b/i.test(headerOf(mail, 'sensitivity') ?? '')) return 'header';
  if (personalSubject(mail.subject ?? '')) return 'subject';
  return folder !== undefined && personalFolder(folder) ? 'folder' : undefined;
}

/** Whether a subject is marked as private. */
const personalSubject = (subject: string): boolean => SUBJECT.test(plain(subject));

const TITLE = new RegExp(`^${WORD}(?![\\w-])|(?<![\\w-])${WORD}$|(?<![\\w-])perso(?![\\w-])`);

/** Whether a title in a calendar is marked as private. People write shorter there: such a word at one of its ends will do. */
export const personalTitle = (title: string): boolean => personalSubject(title) || TITLE.test(plain(title));

/** Whether a folder, or one that it lies in, is named as private. */
export function personalFolder(path: string): boolean {
  return plain(path)
    .split(/[/\\.]/)
    .some((segment) => FOLDER.test(segment.trim()));
}

const plain = (text: string): string => fold(text.slice(0, 500)).replace(/\s+/g, ' ').trim();
