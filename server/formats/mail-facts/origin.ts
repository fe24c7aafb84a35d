import type { Email } from 'postal-mime';
import { isRobot } from '../normalise/email.ts';

/**
 * Who or what a message comes from. A bounce is a report on delivery (RFC 3464); an absence is what a person's mailbox answers by
 * itself while they are away (RFC 3834).
 */
export type Origin = 'person' | 'newsletter' | 'robot' | 'bounce' | 'absence';

/** The first value of a header field, or undefined. */
export function headerOf(mail: Email, name: string): string | undefined {
  return mail.headers.find(({ key }) => key === name)?.value.slice(0, 4000);
}

/** Delivery reports, and what daemons write without saying so. */
const DAEMON = /^(?:mailer-daemon|mail-daemon|mdaemon|postmaster)@/i;
const DAEMON_NAME = /^(?:mail delivery (?:sub)?system|mailer-daemon|delivery subsystem)\b/i;
const UNDELIVERED =
  /undeliver|delivery (?:status|failure|incomplete|has failed)|returned (?:to sender|mail)|mail delivery failed|failure notice|could not (?:send|be delivered)|non remis|non distribu|[ée]chec de (?:la )?(?:remise|distribution)|unzustellbar|nicht zugestellt|zustellung|devuelto|no se (?:pudo|ha podido) entregar|no entregado/i;

/** Tells who or what wrote a message. Reads the header, and of the body only what an absence is known by. */
export function originOf(mail: Email): Origin {
  const type = headerOf(mail, 'content-type')?.toLowerCase() ?? '';
  const from = mail.from?.address?.toLowerCase() ?? '';
  if (isBounce(mail, type, from)) return 'bounce';
  if (/^multipart\/report/.test(type) || DAEMON.test(from)) return 'robot';
  const submitted = headerOf(mail, 'auto-submitted')?.toLowerCase().trim() ?? 'no';
  if (isAutomaticReply(mail, submitted)) return isAway(mail) ? 'absence' : 'robot';
  if (/^auto-generated/.test(submitted)) return 'robot';
  if (isBulk(mail)) return 'newsletter';
  if (submitted !== 'no' && submitted !== '') return 'robot';
  if (/\ball\b/i.test(headerOf(mail, 'x-auto-response-suppress') ?? '')) return 'robot';
  return isRobot(from) ? 'robot' : 'person';
}

function isBounce(mail: Email, type: string, from: string): boolean {
  if (/^multipart\/report/.test(type) && /report-type\s*=\s*"?(?:delivery-status|global-delivery-status)/.test(type))
    return true;
  if (mail.attachments.some(({ mimeType }) => /^message\/(?:global-)?delivery-status$/.test(mimeType))) return true;
  if (headerOf(mail, 'x-failed-recipients') !== undefined) return true;
  const daemon = DAEMON.test(from) || DAEMON_NAME.test(mail.from?.name ?? '');
  return daemon && (from.startsWith('mailer-daemon@') || UNDELIVERED.test(mail.subject ?? ''));
}

/** Subjects that mailboxes give their own answers. */
const AUTOMATIC_SUBJECT =
  /^\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|answer)|out[- ]of[- ](?:the[- ])?office|r[ée]ponse automatique|message d['’]absence|absence (?:du bureau|automatique)|automatische (?:antwort|r[üu]ckantwort)|abwesenheits?(?:notiz|benachrichtigung|assistent|meldung)?|respuesta autom[áa]tica|autorespuesta|fuera de (?:la )?oficina|mensaje de ausencia)\b/i;

/** RFC 3834, and what older mailers write in its place. */
function isAutomaticReply(mail: Email, submitted: string): boolean {
  if (/^auto-(?:replied|notified)/.test(submitted)) return true;
  if (/auto[-_]?reply/i.test(headerOf(mail, 'precedence') ?? '')) return true;
  const marks = ['x-autoreply', 'x-autorespond', 'x-autoreply-from', 'x-mail-autoreply', 'x-vacation'];
  if (marks.some((name) => headerOf(mail, name) !== undefined)) return true;
  return AUTOMATIC_SUBJECT.test(mail.subject ?? '');
}

/** Mass mail says so: RFC 2369, 2919, 8058; Precedence is older than all of them. */
function isBulk(mail: Email): boolean {
  const marks = [
    'list-unsubscribe',
    'list-id',
    'list-post',
    'feedback-id',
    'x-campaign',
    'x-campaignid',
    'x-mailchimp-id',
  ];
  if (marks.some((name) => headerOf(mail, name) !== undefined)) return true;
  return /\b(?:bulk|junk|list)\b/i.test(headerOf(mail, 'precedence') ?? '');
}

/** Sentences of somebody who is away, has left, or takes leave; a ticket system's receipt says nothing of the kind. */
const AWAY =
  /\b(?:absente?s?|absence|en cong[ée]s?|de retour|ne suis pas (?:au bureau|disponible|joignable)|en d[ée]placement|out of (?:the )?office|away (?:from|until|on|at|for)|on (?:vacation|holiday|leave|parental|maternity|paternity|annual)|back (?:on|in the office)|not in the office|will (?:be back|return)|abwesend|nicht (?:im (?:b[üu]ro|haus)|erreichbar)|im urlaub|au(?:ß|ss)er haus|zur[üu]ck(?:\s|[.,])|wieder (?:erreichbar|da|im b[üu]ro)|fuera de la oficina|de vacaciones|ausente|estar[ée] de vuelta|de baja|vuelvo|no (?:me encuentro|estar[ée]|estoy)|(?:a|ai|avons|ont) quitt[ée]|ne travaille plus|ne fait plus partie|has left|have left|no longer (?:work|with|employed)|left the company|nicht mehr (?:bei|f[üu]r|im)|ausgeschieden|hat (?:das unternehmen|die firma|uns) verlassen|ya no (?:trabaja|trabajo|forma|formo|pertenece)|ha dejado|en vacances)(?![\p{L}])/iu;

function isAway(mail: Email): boolean {
  return AWAY.test(`${mail.subject ?? ''}\n${(mail.text ?? mail.html ?? '').slice(0, 20_000)}`);
}
