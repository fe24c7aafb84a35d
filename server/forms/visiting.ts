import { randomBytes } from 'node:crypto';
import { type Asking, findAsking, type Question } from '../collection/asking.ts';
import { type FormLanguage, languagesOf } from '../conversations/channels/form.ts';
import { findOpenEvent, type OpenEvent } from '../events/registering.ts';
import type { App } from '../kernel/app.ts';
import { derivedId } from '../kernel/ids.ts';
import { translator } from '../kernel/messages.ts';
import { findWorkspaceName } from '../outreach/queries.ts';
import { formPath } from './contract.ts';
import { formWithin } from './page.ts';
import { mayRegister, readContactToken, readStamp, writeStamp } from './rules.ts';
import { type Form, findForm, mayAskTracking } from './submitting.ts';

/** Somebody who looks at a form. */
export interface Visit {
  workspaceId: string;
  channelId: string;
  form: Form;
  company: string;
  language: FormLanguage;
  framed: boolean;
  /** The token of a contact whom we sent here. */
  token: string | undefined;
  /** The event for which it registers. */
  event: OpenEvent | null;
  /** It asks whether it may be seen what becomes of mails. */
  tracking: boolean;
}

/** Which form: by its channel, or by the event for which it registers. */
interface Place {
  workspaceId: string;
  channelId?: string | undefined;
  eventId?: string | undefined;
}

/** @param wished languages, the most wished first @returns null for a form that is not there, or is closed */
export async function findVisit(
  app: App,
  { workspaceId, eventId, ...asked }: Place,
  wished: readonly (string | undefined)[],
): Promise<Visit | null> {
  const found = await app.db.asSystem('keeper', async (tx) => {
    const event = eventId ? await findOpenEvent(tx, workspaceId, eventId) : null;
    const channelId = eventId ? event?.channelId : asked.channelId;
    const form = channelId ? await findForm(tx, workspaceId, channelId) : null;
    const tracking = form !== null && (await mayAskTracking(tx, workspaceId, form.settings));
    return { event, form, tracking, company: await findWorkspaceName(tx, workspaceId) };
  });
  const { form, ...rest } = found;
  if (!form) return null;
  const spoken = languagesOf(form.settings);
  const language = wished.flatMap((one) => spoken.find((said) => said === one) ?? [])[0] ?? spoken[0]!;
  const channelId = form.channel.channel_id;
  return { workspaceId, channelId, form, language, framed: false, token: undefined, ...rest };
}

/**
 * What the collection plan asks on this very page: the same when it is sent as when it was shown. Who only types an address is asked what a stranger
 * is asked; who follows a link that we sent to a contact, what is missing of that contact.
 */
export async function asked(
  app: App,
  visit: Visit,
  stamp: string,
): Promise<{ unitId: string; asking: Asking<Question> } | null> {
  const { workspaceId, channelId, form, token } = visit;
  const { profile } = form.settings;
  const nonce = readStamp(app.secrets.links, stampedFor(visit), stamp)?.nonce;
  if (!profile || nonce === undefined) return null;
  const pointId = token ? readContactToken(app.secrets.links, channelId, token, Date.now()) : null;
  const unitId = pointId ?? derivedId(app.secrets.links, `form page ${nonce}`);
  const about = { most: profile.most, unitId, subjectIds: pointId ? [pointId] : [] };
  const asking = await app.db.asSystem('keeper', (tx) =>
    findAsking(tx, workspaceId, { via: 'form', channelId }, about),
  );
  return { unitId, asking };
}

/** What a stamp is bound to: what was shown for one event is not sent for another. */
export const stampedFor = ({ channelId, event }: Visit): string =>
  event ? `${channelId} ${event.row.event_id}` : channelId;

/** Whether what is sent is taken now. */
export const isTaking = ({ form, event }: Visit): boolean =>
  form.channel.state === 'working' &&
  (!event || (mayRegister(form.settings) && (event.standing === 'open' || event.standing === 'waiting')));

export const newStamp = (app: App, visit: Visit): string =>
  writeStamp(app.secrets.links, stampedFor(visit), { at: Date.now(), nonce: randomBytes(16).toString('base64url') });

/** A form as it stands within a page of ours: HTML. @returns null where it is not there any more */
export async function showWithin(
  app: App,
  form: { workspaceId: string; channelId: string },
  language: FormLanguage,
): Promise<string | null> {
  const visit = await findVisit(app, form, [language]);
  if (!visit) return null;
  const stamp = isTaking(visit) ? newStamp(app, visit) : '';
  const asking = (await asked(app, visit, stamp))?.asking;
  const address = formPath.replace(':workspaceId', form.workspaceId).replace(':channelId', form.channelId);
  const { company, tracking } = visit;
  const shown = { settings: visit.form.settings, company, tracking, language: visit.language, framed: false };
  return formWithin({ ...shown, t: translator(visit.language), stamp, asking }, address);
}
