import { randomBytes } from 'node:crypto';
import { markDead } from '../cards/consent.ts';
import { keepAnswers } from '../collection/asking.ts';
import { tellAgents } from '../conversations/arrivals.ts';
import { type Carrier, findCarrier } from '../conversations/carrying.ts';
import { channels } from '../conversations/channels/kinds.ts';
import { type Registered, register } from '../events/registering.ts';
import { identifyVisitor, recordFacts } from '../facts/index.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { newId, sha256 } from '../kernel/ids.ts';
import { translator } from '../kernel/messages.ts';
import { isNoSuchMailbox, pauseAfter } from '../outreach/answers.ts';
import { findStanding } from '../outreach/facts.ts';
import { oneLine, toHtml, toText } from '../outreach/letters.ts';
import { findWorkspaceName } from '../outreach/queries.ts';
import { agreesToTracking, sayTracking } from '../outreach/tracking.ts';
import { confirmPath } from './contract.ts';
import * as queries from './queries.ts';
import { confirmDays, mailEveryMinutes, readToken, type Said, writeToken } from './rules.ts';
import { grant, queueCard, queueMail } from './submitting.ts';

/** A mail that is about to leave. */
interface InHand {
  confirmationId: string;
  token: string;
  to: string;
  pointId: string;
  row: queries.SubmissionRow;
  workspace: string;
  carrier: Carrier;
}

/**
 * Asks whoever has the address that was given whether it was them. One mail an hour at most; none to an address where nothing arrives or that
 * is suppressed. The claim is committed before the mail server hears of it: after a crash nobody sends it again. What may not leave now is
 * asked again in an hour, for as long as it may be confirmed.
 */
export async function ask(
  app: App,
  workspaceId: string,
  { submissionId, attempt }: { submissionId: string; attempt: number },
  signal: AbortSignal,
): Promise<void> {
  const inHand = await app.db.asSystem('keeper', (tx) =>
    claim(app, tx, workspaceId, { submissionId, attempt }, signal),
  );
  if (!inHand) return;
  const outcome = await inHand.carrier.handOver(letterOf(app, inHand));
  await app.db.asSystem('keeper', async (tx) => {
    const { confirmationId, pointId } = inHand;
    if (outcome.state === 'sent') return queries.settleMail(tx, workspaceId, confirmationId, 'sent', null);
    const { answer } = outcome;
    const minutes = outcome.state === 'later' ? pauseAfter(attempt) : null;
    if (minutes !== null) {
      await queries.dropMail(tx, workspaceId, confirmationId);
      return queueMail(app, tx, workspaceId, submissionId, attempt + 1, minutes * 60);
    }
    const state = outcome.state === 'in_doubt' ? 'in_doubt' : 'failed';
    await queries.settleMail(tx, workspaceId, confirmationId, state, answer);
    if (isNoSuchMailbox(answer)) await markDead(tx, workspaceId, pointId);
  });
}

async function claim(
  app: App,
  tx: Tx,
  workspaceId: string,
  { submissionId, attempt }: { submissionId: string; attempt: number },
  signal: AbortSignal,
): Promise<InHand | null> {
  const row = await queries.findSubmission(tx, workspaceId, submissionId);
  if (row?.erased) await queries.forgetSaid(tx, workspaceId, submissionId);
  const pointId = row?.contact_point_id;
  if (!row?.said || row.erased || row.is_over || !pointId || row.confirmed_at) return null;
  const { health, suppressed } = await findStanding(tx, workspaceId, pointId);
  if (health === 'dead' || suppressed) return null;
  const carrier = await findCarrier(app, channels, tx, workspaceId, row.settings.mailboxId, signal);
  const inAnHour = () => queueMail(app, tx, workspaceId, submissionId, attempt, mailEveryMinutes * 60);
  if (!carrier) return inAnHour().then(() => null);
  const [confirmationId, secret] = [newId(), randomBytes(32)];
  const wanted = { contactPointId: pointId, submissionId, tokenHash: sha256(secret) };
  const claimed = await queries.claimMail(tx, workspaceId, wanted, confirmationId);
  if (claimed === 'early') await inAnHour();
  if (claimed !== 'claimed') return null;
  const { email } = JSON.parse(app.secrets.decrypt(row.said)) as Said;
  return {
    ...{ confirmationId, pointId, row, carrier, to: email! },
    token: writeToken(workspaceId, confirmationId, secret),
    workspace: await findWorkspaceName(tx, workspaceId),
  };
}

/** Nothing of what was written stands in it: a stranger may have sent it in their name. */
function letterOf(app: App, { confirmationId, token, to, row, workspace, carrier }: InHand) {
  const t = translator(row.locale);
  const title = row.event_name?.[row.locale] ?? row.settings.title[row.locale];
  const blanks = { workspace, title, days: confirmDays };
  const letter = {
    subject: oneLine(t('forms.mail.subject', blanks)),
    paragraphs: [t('forms.mail.text', blanks), t('forms.mail.not', blanks)],
    action: { label: t('forms.mail.button'), url: `${app.config.publicUrl}${confirmPath.replace(':token', token)}` },
    footer: t('forms.mail.why', blanks),
  };
  const { address } = carrier.from;
  return {
    ...{ to, subject: letter.subject, text: toText(letter), html: toHtml(letter, row.locale) },
    messageId: `<${confirmationId}@${address.slice(address.lastIndexOf('@') + 1)}>`,
  };
}

/** What a link is about: what waits for the word of whoever has the address. */
export interface Asked {
  workspace: string;
  locale: 'fr' | 'en';
  /** It has been followed to its end before. */
  used: boolean;
  /** What was sent when this mail was asked for. */
  first: string;
  pending: queries.SubmissionRow[];
  /** They agree that it is seen whether they open mails and follow links. */
  tracking: boolean;
  /** What came of registering for events, once it is confirmed. */
  registered?: Registration[];
}

export interface Registration extends Registered {
  event: { fr: string; en: string };
}

/** @returns null for a link that is not ours, or whose days are over. Changes nothing: scanners follow links. */
export function look(app: App, token: string): Promise<Asked | null> {
  return withLink(app, token, async (tx, workspaceId, link) => ({
    workspace: await findWorkspaceName(tx, workspaceId),
    locale: link.locale,
    used: link.used_at !== null,
    first: link.submission_id,
    pending: await queries.listPending(tx, workspaceId, link),
    // Told to who confirmed by it alone: before that it is nobody's business who follows a link.
    tracking: link.used_at !== null && (await agreesToTracking(tx, workspaceId, link.contact_point_id)),
  }));
}

/**
 * They say that it was them who sent these: what they ticked is granted, with the words and the version of the form that showed them.
 * Asked twice, it is done once.
 */
export function confirm(app: App, token: string, submissionIds: ReadonlySet<string>): Promise<Asked | null> {
  return withLink(app, token, async (tx, workspaceId, link) => {
    const pending = await queries.listPending(tx, workspaceId, link);
    const theirs = pending.filter((row) => submissionIds.has(row.submission_id));
    const done: queries.SubmissionRow[] = [];
    const registered = await registerAll(app, tx, workspaceId, theirs);
    for (const row of theirs) {
      const consents = await grant(tx, workspaceId, row);
      await keepProfile(app, tx, workspaceId, row);
      done.push({ ...row, consents });
      await queries.confirmSubmission(tx, workspaceId, row, consents);
      const event = { kind: 'agreed', confirmed: true, version: row.version_no, consents };
      await queries.addEvent(tx, workspaceId, row, event);
      await queueCard(app, tx, workspaceId, row);
      await tellFact(app, tx, workspaceId, row);
      await tellAgents(tx, { workspaceId, channelId: row.channel_id }, [row.conversation_id]);
    }
    if (theirs.length > 0) await queries.noteUsed(tx, workspaceId, link.confirmation_id);
    const workspace = await findWorkspaceName(tx, workspaceId);
    return {
      workspace,
      locale: link.locale,
      used: theirs.length > 0 || link.used_at !== null,
      first: '',
      ...{ pending: done, registered },
      tracking: theirs.length > 0 && (await agreesToTracking(tx, workspaceId, link.contact_point_id)),
    };
  });
}

/** They take back, by the link by which they had confirmed, that it may be seen; what was seen of them is erased. */
export async function stopTracking(app: App, token: string): Promise<Asked | null> {
  await withLink(app, token, async (tx, workspaceId, link) => {
    const evidence = `form ${link.submission_id}`;
    return link.used_at && sayTracking(tx, workspaceId, link.contact_point_id, false, evidence);
  });
  return look(app, token);
}

/** Gives them the places that they asked for: events in one order, so that two who confirm at once do not block each other. */
async function registerAll(app: App, tx: Tx, workspaceId: string, rows: readonly queries.SubmissionRow[]) {
  const registered: Registration[] = [];
  const ordered = rows.toSorted((a, b) => ((a.event_id ?? '') < (b.event_id ?? '') ? -1 : 1));
  for (const { event_id: eventId, event_name: event, contact_point_id: contactPointId, ...row } of ordered) {
    if (!eventId || !event || !contactPointId || !row.said) continue;
    const { name, party } = JSON.parse(app.secrets.decrypt(row.said)) as Said;
    const wish = { eventId, contactPointId, channelId: row.channel_id, locale: row.locale, name };
    const outcome = await register(app, tx, workspaceId, { ...wish, companions: 0, names: [], ...party });
    registered.push({ ...outcome, event });
  }
  return registered;
}

/** What they answered of what was missing is their own word now, at the address that they have. */
async function keepProfile(app: App, tx: Tx, workspaceId: string, row: queries.SubmissionRow): Promise<void> {
  const { profile } = row.said ? (JSON.parse(app.secrets.decrypt(row.said)) as Said) : {};
  if (!profile || !row.contact_point_id) return;
  await keepAnswers(tx, workspaceId, { ...profile, contactPointId: row.contact_point_id, origin: 'form' });
}

/** It was them: what their browser did is theirs, where they agreed to that, and that they sent the form is told, where everybody may know of it. */
async function tellFact(app: App, tx: Tx, workspaceId: string, row: queries.SubmissionRow): Promise<void> {
  const { submission_id, contact_point_id: subjectId, created_at: at, settings, visitor } = row;
  if (!subjectId) return;
  if (visitor) await identifyVisitor(app, tx, workspaceId, { visitor, subjectId, via: 'form', since: at });
  if (!row.is_open) return;
  const form = settings.title[row.locale] || settings.title.fr || settings.title.en;
  await recordFacts(app, tx, workspaceId, 'forms', [
    { externalId: submission_id, kind: 'form', at, subjectId, props: { form: form.slice(0, 500) } },
  ]);
}

async function withLink<T>(
  app: App,
  token: string,
  work: (tx: Tx, workspaceId: string, link: queries.Confirmation) => Promise<T>,
): Promise<T | null> {
  const said = readToken(token);
  if (!said) return null;
  return app.db.asSystem('keeper', async (tx) => {
    const link = await queries.findConfirmation(tx, said);
    return link ? work(tx, said.workspaceId, link) : null;
  });
}
