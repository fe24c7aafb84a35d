import { randomBytes } from 'node:crypto';
import type { Context } from '../kernel/http.ts';
import { newId, sha256 } from '../kernel/ids.ts';
import type { Locale } from '../kernel/messages.ts';
import { pageUrl } from './describing.ts';
import * as queries from './queries.ts';
import { writeToken } from './rules.ts';

// Personal links to a survey for people to whom another module writes, under the same rules as those that the survey itself sends.

type Asker = Pick<Context, 'app' | 'tx' | 'actor'>;

/** A survey that others ask by: one that the actor sees. */
export interface AskedBy {
  id: string;
  name: string;
  audienceId: string;
  closed: boolean;
  pauseDays: number;
}

/** Surveys that the actor sees, of these. */
export async function findAskedBy(tx: Asker['tx'], actor: Asker['actor'], surveyId: string): Promise<AskedBy | null> {
  const [row] = await queries.listSurveys(tx, actor, surveyId);
  return row
    ? {
        ...{ id: row.survey_id, name: row.name, audienceId: row.audience_id },
        ...{ closed: row.closed_at !== null, pauseDays: row.pause_days },
      }
    : null;
}

/** An invitation that is drawn and not kept yet. */
export interface DrawnInvitation {
  url: string;
  invitationId: string;
  secret: Buffer;
  contactPointId: string;
}

/** Why somebody is not asked: the survey is closed, or they were asked by any survey lately. */
export type NotAsked = 'survey_closed' | 'asked_lately';

/**
 * Draws a personal link for an address. With `take` it takes the turn to ask them: `giveTurnBack` where nothing is sent after all, `keepInvitation` where
 * it is, in the same transaction.
 * @param contactPointIds of the person, the one that is written to first: who was asked at one address is not asked at the next
 */
export async function drawInvitation(
  { app, tx, actor }: Asker,
  { closed, pauseDays }: AskedBy,
  contactPointIds: readonly [string, ...string[]],
  how: 'look' | 'take',
): Promise<DrawnInvitation | NotAsked> {
  if (closed) return 'survey_closed';
  const [contactPointId] = contactPointIds;
  if (await queries.wasAsked(tx, actor, contactPointIds, pauseDays)) return 'asked_lately';
  if (how === 'take' && !(await queries.takeTurn(tx, actor, contactPointId, pauseDays))) return 'asked_lately';
  const [invitationId, secret] = [newId(), randomBytes(32)];
  const url = pageUrl(app, writeToken(actor.workspaceId, invitationId, secret));
  return { url, invitationId, secret, contactPointId };
}

/** Keeps an invitation that goes with a message. */
export async function keepInvitation(
  { tx, actor }: Pick<Asker, 'tx' | 'actor'>,
  survey: AskedBy,
  { invitationId, secret, contactPointId }: DrawnInvitation,
  messageId: string,
  locale: Locale,
): Promise<void> {
  await queries.addInvitation(tx, actor, {
    ...{ invitation_id: invitationId, survey_id: survey.id, audience_id: survey.audienceId, via: 'mail', locale },
    ...{ contact_point_id: contactPointId, message_id: messageId, secret_hash: sha256(secret) },
  });
}

/** Nothing was sent: the turn is there again. In the transaction that took it. */
export const giveTurnBack = ({ tx, actor }: Pick<Asker, 'tx' | 'actor'>, { contactPointId }: DrawnInvitation) =>
  queries.giveTurnBack(tx, actor, contactPointId);
