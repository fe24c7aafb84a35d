import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { App, AppInside } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { sha256 } from '../kernel/ids.ts';
import type { Locale } from '../kernel/messages.ts';
import { findWorkspaceName } from '../outreach/queries.ts';
import { readToken, writeToken } from '../self-update/rules.ts';
import type { AnswerContent } from './contract.ts';
import { readHolding, type Subject } from './held.ts';
import { holdings } from './holdings.ts';
import { writeToPerson } from './letters.ts';
import * as queries from './queries.ts';
import { dropTasks, NotSent, takeReady, today, type Word, wordOfHolders } from './requests.ts';
import { answerDays } from './rules.ts';
import { contactOf } from './vcard.ts';

const day = 86_400_000;

/** What is held of a person by way of these cards and the address that they proved; to take along, what they gave. As the keeper. */
async function gather(
  app: AppInside,
  tx: Tx,
  workspaceId: string,
  request: queries.Request,
  { cardIds, silent }: Word,
): Promise<AnswerContent> {
  const subject: Subject = { workspaceId, cardIds, pointIds: [request.contact_point_id] };
  const takesAlong = request.kind === 'portability';
  const sections: AnswerContent['sections'] = [];
  for (const holding of holdings) {
    if (takesAlong && !holding.given) continue;
    const held = await readHolding(tx, subject, holding);
    const kinds = takesAlong && typeof holding.given === 'object' ? holding.given.kinds : null;
    const rows = kinds ? held.filter(({ kind }) => kinds.includes(String(kind))) : held;
    if (rows.length > 0) sections.push({ table: holding.table, rows });
  }
  const fields = sections.find(({ table }) => table === 'cards.card_field')?.rows ?? [];
  return {
    workspace: await findWorkspaceName(tx, workspaceId),
    kind: takesAlong ? 'portability' : 'access',
    address: app.secrets.decrypt(request.address!),
    locale: request.locale as Locale,
    madeOn: today(),
    incomplete: silent,
    recipients: takesAlong ? [] : await queries.listRecipients(tx, workspaceId, cardIds),
    sections,
    vcard: fields.length > 0 ? contactOf(fields) : null,
  };
}

/**
 * Gathers the answer, seals it and sends its link to the person; who works at the desk reads neither. All of it or nothing, in one transaction.
 * @throws AppError not_found or conflict; NotSent where no mail goes to that address
 */
export async function sendAnswer(
  { app, tx, actor }: { app: AppInside; tx: Tx; actor: Actor },
  requestId: string,
): Promise<void> {
  const { workspaceId, memberId } = actor;
  const request = await takeReady({ tx, actor }, requestId, ['access', 'portability']);
  const word = await wordOfHolders(tx, workspaceId, request);
  const content = await gather(app, tx, workspaceId, request, word);
  const secret = randomBytes(32);
  await queries.putAnswer(tx, workspaceId, {
    requestId,
    secretHash: sha256(secret),
    content: app.secrets.encrypt(JSON.stringify(content)),
    expiresAt: new Date(Date.now() + answerDays * day),
  });
  const url = `${app.config.publicUrl}/privacy-answer#token=${writeToken(workspaceId, requestId, secret)}`;
  if (!(await writeToPerson(app, tx, workspaceId, request, 'answer', { url }))) throw new NotSent();
  await queries.closeRequest(tx, workspaceId, requestId, word.silent ? 'partly' : 'done');
  // By table, the desk would learn how many notes and messages there are of anybody.
  const rows = content.sections.reduce((sum, section) => sum + section.rows.length, 0);
  await queries.addStep(tx, workspaceId, requestId, 'answer_sent', memberId, { counts: { rows } });
  await dropTasks(tx, workspaceId, requestId);
}

/** What a link opens. @throws AppError link_expired for any other */
export async function openAnswer(app: App, token: string): Promise<{ content: AnswerContent; expiresAt: Date }> {
  const link = readToken(token);
  if (!link) throw new AppError('link_expired');
  return app.db.asSystem('keeper', async (tx) => {
    const answer = await queries.findAnswer(tx, link.workspaceId, link.linkId);
    if (!answer || !timingSafeEqual(answer.secret_hash, link.secretHash)) throw new AppError('link_expired');
    await queries.addStep(tx, link.workspaceId, link.linkId, 'opened');
    const content = JSON.parse(app.secrets.decrypt(answer.content)) as AnswerContent;
    return { content, expiresAt: answer.expires_at };
  });
}
