import { agreeTo } from '../cards/consent.ts';
import { contactPointId } from '../cards/writing.ts';
import { type Answered, type Asking, keepTrials, type Question } from '../collection/asking.ts';
import { arrived } from '../conversations/arriving.ts';
import type { Correspondent } from '../conversations/channels/channel.ts';
import type { FormLanguage, FormSettings } from '../conversations/channels/form.ts';
import { findWorking, noteHeard, type WorkingChannel } from '../conversations/channels.ts';
import type { App, AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { translator } from '../kernel/messages.ts';
import { findStanding } from '../outreach/facts.ts';
import { asksForTracking, sayTracking } from '../outreach/tracking.ts';
import * as queries from './queries.ts';
import { type Answers, type Party, type Said, saidOf, trackingKey, wordsOf } from './rules.ts';

/** How often a form may be sent within an hour; more is no crowd of people. */
const mostPerHour = 500;

/** As numbers without a country are read. */
export const country = 'FR';

export interface Form {
  channel: WorkingChannel;
  settings: FormSettings;
}

/** A form that is there, at rest included. As the keeper. */
export async function findForm(tx: Tx, workspaceId: string, channelId: string): Promise<Form | null> {
  const channel = await findWorking(tx, workspaceId, channelId);
  if (channel?.kind !== 'form' || channel.state === 'ended') return null;
  return { channel, settings: channel.settings as FormSettings };
}

interface Sent {
  nonce: string;
  answers: Answers;
  language: FormLanguage;
  /** What the collection plan asked on the page, and what was answered. */
  profile: { unitId: string; asking: Asking<Question>; answered: Answered; firstTry: boolean } | null;
  /** Of the browser, where its owner agreed to being known. */
  visitor?: string;
  company: string;
  /** It registers for an event, with whom they bring. */
  registering?: { eventId: string; title: string; party: Party } | null;
}

/** By what they can be reached, as far as they say; nothing has shown that it is theirs. */
function correspondentOf({ name, email, phone, company }: Said, nonce: string): Correspondent {
  const point = email
    ? ({ channel: 'email', address: email } as const)
    : phone
      ? ({ channel: 'phone', address: phone } as const)
      : ({ channel: 'visitor', address: `form ${nonce}` } as const);
  return { point, name: name || company, claimed: point.channel !== 'visitor' };
}

/**
 * Keeps what somebody sent: a conversation in the inbox, and what follows from it. Sent again with the same nonce, it is the same.
 * @returns false where too many are coming by this form just now: nothing was kept
 */
export function submit(app: App, workspaceId: string, form: Form, sent: Sent): Promise<boolean> {
  const { channel, settings } = form;
  const { nonce, answers, language, profile, visitor = null, registering = null } = sent;
  const t = translator(language);
  const said: Said = {
    ...saidOf(settings, answers, country),
    ...(profile && { profile: { unitId: profile.unitId, values: profile.answered.values } }),
    ...(registering && { party: registering.party }),
  };
  const coming = registering ? t('forms.event.coming', { event: registering.title, ...registering.party }) : '';
  return app.db.asSystem('keeper', async (tx) => {
    if ((await queries.countRecent(tx, workspaceId, channel.channel_id)) >= mostPerHour) return false;
    const { messages } = await arrived(app, tx, channel, [
      {
        kind: 'message',
        message: {
          externalId: `form ${nonce}`,
          thread: `form ${nonce}`,
          correspondent: correspondentOf(said, nonce),
          direction: 'in',
          at: new Date(),
          subject: registering?.title ?? (settings.title[language] || settings.title.fr || settings.title.en),
          text: [coming, wordsOf(settings, answers, language, t)].filter(Boolean).join('\n\n'),
        },
      },
    ]);
    const [message] = messages;
    if (!message) return true;
    const consents = settings.consents
      .filter(({ key }) => answers.agreed.has(key))
      .map(({ key, purpose, words }): queries.Ticked => ({ key, purpose, words: words[language] }));
    if (answers.agreed.has(trackingKey) && (await mayAskTracking(tx, workspaceId, settings)))
      consents.push({
        key: trackingKey,
        purpose: 'tracking',
        words: t('forms.page.tracking', { company: sent.company }),
      });
    const submissionId = newId();
    const point = said.email && { channel: 'email' as const, address: said.email };
    const contactPoint = point ? contactPointId(app.secrets, workspaceId, point) : null;
    if (profile) {
      const { unitId, asking, answered, firstTry } = profile;
      const about = { unitId, contactPointId: contactPoint, confirmed: false, firstTry, values: answered.values };
      await keepTrials(tx, workspaceId, asking, about);
    }
    await queries.addSubmission(tx, workspaceId, {
      ...{ submissionId, channelId: channel.channel_id, conversationId: message.conversationId, locale: language },
      versionNo: await queries.keepVersion(tx, workspaceId, channel.channel_id, settings),
      contactPointId: contactPoint,
      consents,
      ...{ visitor, eventId: registering?.eventId ?? null },
      said: app.secrets.encrypt(JSON.stringify(said)),
    });
    if (settings.confirm) await queueMail(app, tx, workspaceId, submissionId);
    else await settleAtOnce(app, tx, workspaceId, submissionId);
    await noteHeard(tx, workspaceId, channel.channel_id);
    return true;
  });
}

/** Whether a form asks if it may be seen what becomes of mails: where the company wants to, and whoever has the address confirms what was ticked. */
export const mayAskTracking = async (tx: Tx, workspaceId: string, { confirm }: FormSettings): Promise<boolean> =>
  confirm && (await asksForTracking(tx, workspaceId));

/** Whether a mail leaves is decided by the job: whoever sends the form cannot tell by the time that it takes. */
export async function queueMail(
  app: Pick<AppInside, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  submissionId: string,
  attempt = 1,
  delaySeconds = 0,
): Promise<void> {
  await app.enqueue(tx, {
    ...{ workspaceId, task: 'forms.ask', payload: { submissionId, attempt } },
    ...(delaySeconds > 0 ? { delaySeconds } : {}),
  });
}

/** Where nobody is asked whether it was them, what they ticked stands as they sent it. */
async function settleAtOnce(
  app: Pick<AppInside, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  submissionId: string,
): Promise<void> {
  const row = (await queries.findSubmission(tx, workspaceId, submissionId))!;
  const consents = await grant(tx, workspaceId, row);
  await queries.keepConsents(tx, workspaceId, submissionId, consents);
  if (consents.length > 0)
    await queries.addEvent(tx, workspaceId, row, {
      kind: 'agreed',
      confirmed: false,
      version: row.version_no,
      consents,
    });
  await queueCard(app, tx, workspaceId, row);
}

/** Brings what was ticked to the contact point, with what it rests on. An objection of theirs outranks it, and stays. */
export async function grant(tx: Tx, workspaceId: string, row: queries.SubmissionRow): Promise<queries.Ticked[]> {
  const { consents, contact_point_id: point, submission_id } = row;
  if (!point || consents.length === 0) return [];
  const { objectedTo, consent } = await findStanding(tx, workspaceId, point);
  const free = consents.map(({ purpose }) => purpose).filter((one) => one !== 'tracking' && !objectedTo.includes(one));
  const stands =
    free.length > 0 && (await agreeTo(tx, workspaceId, point, [...new Set(free)], `form ${submission_id}`));
  const seen = consents.some(({ purpose }) => purpose === 'tracking') && consent !== 'objected';
  if (seen) await sayTracking(tx, workspaceId, point, true, `form ${submission_id}`);
  return consents.map((one) => ({
    ...one,
    granted: one.purpose === 'tracking' ? seen : stands && free.includes(one.purpose),
  }));
}

export async function queueCard(
  app: Pick<AppInside, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  { submission_id: submissionId, settings }: queries.SubmissionRow,
  delaySeconds = 0,
): Promise<void> {
  if (settings.bookId)
    await app.enqueue(tx, {
      ...{ workspaceId, task: 'forms.makeCard', payload: { submissionId } },
      ...(delaySeconds > 0 ? { delaySeconds } : {}),
    });
  else await queries.forgetSaid(tx, workspaceId, submissionId);
}
