import type { Email } from 'postal-mime';

/** Of a report: what goes beyond is not read. */
const MOST = 1 << 20;
const MOST_IDS = 20;

/**
 * The identifiers of messages that a report gives back, in whole or as headers (RFC 3462; RFC 5965, 2), also where these are encoded. The report's
 * own is none of them. Which of them was ours only who sent it can tell.
 */
export function returnedIds(mail: Email, raw: Uint8Array): string[] {
  const whole = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, MOST)).toString('latin1');
  const parts = mail.attachments
    .filter(({ mimeType }) => /^(?:message\/(?:rfc822|global)|text\/rfc822-headers)/i.test(mimeType))
    .map(({ content }) =>
      (typeof content === 'string' ? content : Buffer.from(content as ArrayBuffer).toString('latin1')).slice(0, MOST),
    );
  const found = [...parts, whole].flatMap((text) =>
    [...text.matchAll(/^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[!-;=?-~]{3,300}>)/gim)].map(([, id]) => id!),
  );
  return [...new Set(found)].filter((id) => id !== mail.messageId?.trim()).slice(0, MOST_IDS);
}
