import { randomBytes } from 'node:crypto';
import { type Asking, findAsking, type Question } from '../collection/asking.ts';
import { type FormLanguage, languagesOf } from '../conversations/channels/form.ts';
import type { App } from '../kernel/app.ts';
import { derivedId } from '../kernel/ids.ts';
import { translator } from '../kernel/messages.ts';
import { findWorkspaceName } from '../outreach/queries.ts';
import { formPath } from './contract.ts';
import { formWithin } from './page.ts';
import { readContactToken, readStamp, writeStamp } from './rules.ts';
import { type Form, findForm } from './submitting.ts';

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
}

/** @param wished languages, the most wished first @returns null for a form that is not there, or is closed */
export async function findVisit(
  app: App,
  { workspaceId, channelId }: { workspaceId: string; channelId: string },
  wished: readonly (string | undefined)[],
): Promise<Visit | null> {
  const { form, company } = await app.db.asSystem('keeper', async (tx) => ({
    form: await findForm(tx, workspaceId, channelId),
    company: await findWorkspaceName(tx, workspaceId),
  }));
  if (!form) return null;
  const spoken = languagesOf(form.settings);
  const language = wished.flatMap((one) => spoken.find((said) => said === one) ?? [])[0] ?? spoken[0]!;
  return { workspaceId, channelId, form, company, language, framed: false, token: undefined };
}

/**
 * What the collection plan asks on this very page: the same when it is sent as when it was shown. Who only types an address is asked what a stranger
 * is asked; who follows a link that we sent to a contact, what is missing of that contact.
 */
export async function asked(
  app: App,
  { workspaceId, channelId, form, token }: Visit,
  stamp: string,
): Promise<{ unitId: string; asking: Asking<Question> } | null> {
  const { profile } = form.settings;
  const nonce = readStamp(app.secrets.links, channelId, stamp)?.nonce;
  if (!profile || nonce === undefined) return null;
  const pointId = token ? readContactToken(app.secrets.links, channelId, token, Date.now()) : null;
  const unitId = pointId ?? derivedId(app.secrets.links, `form page ${nonce}`);
  const about = { most: profile.most, unitId, subjectIds: pointId ? [pointId] : [] };
  const asking = await app.db.asSystem('keeper', (tx) =>
    findAsking(tx, workspaceId, { via: 'form', channelId }, about),
  );
  return { unitId, asking };
}

export const newStamp = (app: App, { channelId }: Visit): string =>
  writeStamp(app.secrets.links, channelId, { at: Date.now(), nonce: randomBytes(16).toString('base64url') });

/** A form as it stands within a page of ours: HTML. @returns null where it is not there any more */
export async function showWithin(
  app: App,
  form: { workspaceId: string; channelId: string },
  language: FormLanguage,
): Promise<string | null> {
  const visit = await findVisit(app, form, [language]);
  if (!visit) return null;
  const stamp = visit.form.channel.state === 'working' ? newStamp(app, visit) : '';
  const asking = (await asked(app, visit, stamp))?.asking;
  const address = formPath.replace(':workspaceId', form.workspaceId).replace(':channelId', form.channelId);
  const shown = { settings: visit.form.settings, company: visit.company, language: visit.language, framed: false };
  return formWithin({ ...shown, t: translator(visit.language), stamp, asking }, address);
}
