import { randomBytes } from 'node:crypto';
import { findPersonCards, nameCards } from '../cards/persons.ts';
import { enterConversations, findConversation } from '../conversations/queries.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { newId, sha256 } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { chooseAddresses } from '../outreach/choosing.ts';
import { sendToContact } from '../outreach/contacts.ts';
import { askGate } from '../outreach/gate.ts';
import type { Refusal, Survey } from './contract.ts';
import { pageUrl } from './describing.ts';
import * as queries from './queries.ts';
import { mainOf, rangeOf, writeToken } from './rules.ts';

type Asker = Pick<Context, 'app' | 'tx' | 'actor'>;

/** Somebody who is to be asked: at which address, or every reason why not. */
interface Chosen {
  personId: string;
  name: string;
  contactPointId: string | null;
  reasons: Refusal[];
}

/** Chooses an address of a person at which the gate lets them be asked; where there is none, the reasons against the first. */
async function choose({ tx, actor }: Asker, survey: Survey, personId: string): Promise<Chosen> {
  const person = await findPersonCards(tx, actor, personId);
  if (!person) throw notFound();
  const name = [...(await nameCards({ tx, actor }, person.cardIds)).values()].find(Boolean) ?? '';
  const [chosen] = await chooseAddresses(tx, actor, [{ personId, purpose: 'survey', manner: 'bulk' }]);
  if (!chosen?.contactPointId) return { personId, name, contactPointId: null, reasons: ['no_address'] };
  // Who was asked at one address is not asked at the next.
  const lately = await queries.wasAsked(tx, actor, chosen.points, survey.pauseDays);
  const reasons: Refusal[] = [
    ...(survey.closed ? ['closed' as const] : []),
    ...(chosen.asked?.reasons ?? ['no_address' as const]),
    ...(lately ? ['asked_lately' as const] : []),
  ];
  return { personId, name, contactPointId: chosen.contactPointId, reasons };
}

const told = ({ personId, name, reasons }: Chosen) => ({ personId, name, allowed: reasons.length === 0, reasons });

/** Whom of these people the gate lets be asked. */
export async function previewAll(asker: Asker, survey: Survey, personIds: readonly string[]) {
  const items = [];
  for (const personId of new Set(personIds)) items.push(told(await choose(asker, survey, personId)));
  return items;
}

interface Words {
  subject: string;
  text: string;
  locale: Locale;
  opportunityId: string | null;
}

/** Asks these people by mail, each by the gate, in one transaction; nobody twice within the survey's days. */
export async function sendAll(asker: Asker, survey: Survey, personIds: readonly string[], words: Words) {
  const items = [];
  for (const personId of new Set(personIds)) {
    const chosen = await choose(asker, survey, personId);
    const reasons = chosen.reasons.length > 0 ? chosen.reasons : await sendTo(asker, survey, chosen, words);
    items.push(told({ ...chosen, reasons }));
  }
  return items;
}

async function sendTo(
  { app, tx, actor }: Asker,
  survey: Survey,
  { personId, contactPointId }: Chosen,
  { subject, text, locale, opportunityId }: Words,
): Promise<Refusal[]> {
  const [invitationId, secret] = [newId(), randomBytes(32)];
  const url = pageUrl(app, writeToken(actor.workspaceId, invitationId, secret));
  const wish = { personId, contactPointId: contactPointId!, purpose: 'survey', manner: 'bulk' as const };
  // Asked before the turn is taken: who may not be written to has not been asked.
  const gate = await askGate(tx, actor, wish, 'look');
  if (!gate || gate.reasons.length > 0) return gate?.reasons ?? ['no_address'];
  if (!(await queries.takeTurn(tx, actor, wish.contactPointId, survey.pauseDays))) return ['asked_lately'];
  const forContactOnly = linksOf(survey, url, locale);
  const sent = await sendToContact({ app, tx, actor }, { ...wish, subject, text, locale, forContactOnly });
  if (!sent.allowed) return sent.reasons;
  await queries.addInvitation(tx, actor, {
    ...{ invitation_id: invitationId, survey_id: survey.id, audience_id: survey.audience.id, via: 'mail', locale },
    ...{ contact_point_id: wish.contactPointId, message_id: sent.messageId, opportunity_id: opportunityId },
    secret_hash: sha256(secret),
  });
  return [];
}

/** What leads to the page: each number of the first question, where that asks for one, and the page itself. Its sender never reads them. */
function linksOf({ questions, anonymous }: Survey, url: string, locale: Locale) {
  const t = translator(locale);
  const main = mainOf(questions);
  const range = main && main === questions[0] ? rangeOf(main) : null;
  const numbers = range ? Array.from({ length: range[1] - range[0] + 1 }, (_, at) => range[0] + at) : [];
  return {
    ...(range ? { paragraph: main!.text[locale] } : {}),
    choices: numbers.map((value) => ({ label: String(value), url: `${url}?q_${main!.id}=${value}` })),
    action: { label: t('surveys.mail.button'), url },
    after: t(anonymous ? 'surveys.mail.anonymous' : 'surveys.mail.named'),
  };
}

/** A line with a link for the foot of an answer; whoever answers in that conversation puts it there. @throws AppError not_found */
export async function offerIn(
  { app, tx, actor }: Asker,
  survey: Survey,
  conversationId: string,
  locale: Locale,
): Promise<{ text: string | null; reasons: Refusal[] }> {
  await enterConversations(tx);
  const conversation = await findConversation(tx, actor, conversationId);
  if (!conversation?.tends) throw notFound();
  if (survey.closed) return { text: null, reasons: ['closed'] };
  const pointId = conversation.contact_point_id;
  if (await queries.wasAsked(tx, actor, [pointId], survey.pauseDays)) return { text: null, reasons: ['asked_lately'] };
  const [invitationId, secret] = [newId(), randomBytes(32)];
  const added = await queries.addInvitation(tx, actor, {
    ...{
      invitation_id: invitationId,
      survey_id: survey.id,
      audience_id: survey.audience.id,
      via: 'conversation',
      locale,
    },
    ...{ contact_point_id: pointId, conversation_id: conversationId, secret_hash: sha256(secret) },
  });
  if (!added) return { text: null, reasons: ['asked_lately'] };
  // Of two at once one asks; nothing is noted of the other.
  if (!(await queries.takeTurn(tx, actor, pointId, survey.pauseDays))) throw new AppError('conflict');
  const url = pageUrl(app, writeToken(actor.workspaceId, invitationId, secret));
  return { text: translator(locale)('surveys.offer', { url }), reasons: [] };
}
