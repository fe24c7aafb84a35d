import type { Email } from 'postal-mime';
import { normaliseEmail } from '../normalise/email.ts';
import { headerOf } from './origin.ts';

/** What a provider reports on behalf of somebody who called a message unwanted (RFC 5965). */
export interface Complaint {
  /** As the header of the message that was reported has it (RFC 5322, 3.6.4), angle brackets included. */
  messageId?: string;
  /** To whom that message went, where the report tells; many leave it out. Normalised. */
  recipient?: string;
}

/**
 * Kinds of report that mean that somebody wants no more: `abuse` and `fraud` (RFC 5965, 7.3), `opt-out` and `opt-out-list` of its drafts. `not-spam`
 * (RFC 6430) says the contrary; `auth-failure` (RFC 6591), `virus` and `other` say nothing of what somebody wants.
 */
const UNWANTED = /^(?:abuse|fraud|opt-out(?:-list)?)$/i;

/** Of a report: what goes beyond is not read. */
const MOST = 1 << 20;
const MOST_REPORT = 64 << 10;

const isFeedbackReport = (mail: Email): boolean =>
  /report-type\s*=\s*"?feedback-report(?![\w-])/i.test(headerOf(mail, 'content-type') ?? '');

/** Reads a feedback report. Undefined for any other message, and for one that is no complaint. */
export function readComplaint(mail: Email, raw: Uint8Array): Complaint | undefined {
  if (!isFeedbackReport(mail)) return undefined;
  const text = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, MOST)).toString('latin1');
  const start = text.search(/^content-type:[ \t]*message\/feedback-report/im);
  if (start < 0) return undefined;
  const report = text.slice(start, start + MOST_REPORT);
  const end = report.search(/^content-type:[ \t]*(?:message\/(?:rfc822|global)|text\/rfc822-headers)/im);
  const fields = (end < 0 ? report : report.slice(0, end)).replaceAll(/\r?\n[ \t]+/g, ' ');
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(fields)?.[1]?.trim();
  if (!UNWANTED.test(field('feedback-type') ?? '')) return undefined;
  // Below the report stands the message that it is about, or the header of it: its identifier is the first one there.
  const original = end < 0 ? '' : text.slice(start + end);
  const messageId = /^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[!-;=?-~]{3,300}>)/im.exec(original)?.[1];
  const recipient = normaliseEmail((field('original-rcpt-to') ?? '').replaceAll(/^<|>$/g, ''));
  return { ...(messageId && { messageId }), ...(recipient && { recipient }) };
}
