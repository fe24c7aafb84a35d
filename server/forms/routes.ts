import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readAsked } from '../collection/asking.ts';
import { registrationPath } from '../events/contract.ts';
import { companionsPart } from '../events/page.ts';
import type { OpenEvent } from '../events/registering.ts';
import { companionCount, companionsOf } from '../events/rules.ts';
import { wordsOf } from '../events/words.ts';
import { isVisitor } from '../facts/index.ts';
import type { App } from '../kernel/app.ts';
import { notFound } from '../kernel/errors.ts';
import { localeOf, type Routes } from '../kernel/http.ts';
import { type Translate, translator } from '../kernel/messages.ts';
import { type Asked, confirm, look, stopTracking } from './confirming.ts';
import { confirmPath, formPath } from './contract.ts';
import {
  closedPage,
  confirmedPage,
  confirmPage,
  formPage,
  plainPage,
  restingPage,
  type Shown,
  type ShownEvent,
  styleHash,
  thanksPage,
} from './page.ts';
import { check, judgeStamp, type Party, readAnswers, readStamp } from './rules.ts';
import { country, submit } from './submitting.ts';
import { asked, findVisit, isTaking, newStamp, stampedFor, type Visit } from './visiting.ts';

/** Octets of what is sent: all questions at their longest, in signs of four. */
const bodyLimit = 200_000;
/** What one visitor may send, and of links that are followed. */
const perVisitor = { max: 20, timeWindow: '10 minutes' };
const followed = { rateLimit: { max: 120, timeWindow: '1 minute' } };

const place = z.object({ workspaceId: z.uuid(), channelId: z.uuid().optional(), eventId: z.uuid().optional() });
const query = z.object({
  lang: z.string().optional().catch(undefined),
  frame: z.string().optional().catch(undefined),
  k: z.string().optional().catch(undefined),
  visitor: z.string().optional().catch(undefined),
});

export const formsRoutes: Routes = (server, app) => {
  void server.register(async (scope) => {
    const forms = ['application/x-www-form-urlencoded', 'text/plain'];
    scope.addContentTypeParser(forms, { parseAs: 'string', bodyLimit }, (_request, body, done) => done(null, body));
    pages(scope, app);
    confirmation(scope, app);
  });
};

function pages(server: FastifyInstance, app: App): void {
  // A bare server, of a test that lists routes, has no limits.
  const count = server.hasDecorator('createRateLimit') ? server.createRateLimit(perVisitor) : null;
  const paths = [formPath, registrationPath];
  for (const path of paths) onePage(server, app, path, count);
  for (const path of paths)
    server.get(`${path}/thanks`, async (request, reply) => {
      const visit = await visited(app, request);
      const t = translator(visit.language);
      const event = shownEvent(visit, t, null);
      return dressed(reply, visit, 200).send(thanksPage({ ...visit, settings: visit.form.settings, t, event }));
    });
}

type Limit = ReturnType<FastifyInstance['createRateLimit']> | null;

function onePage(server: FastifyInstance, app: App, path: string, count: Limit): void {
  server.get(path, async (request, reply) => {
    const visit = await visited(app, request);
    const stamp = newStamp(app, visit);
    const { visitor } = query.parse(request.query);
    const known = isVisitor(visitor) ? { visitor } : {};
    return show(reply, visit, 200, { stamp, asking: (await asked(app, visit, stamp))?.asking, ...known });
  });
  server.post(path, async (request, reply) => {
    const visit = await visited(app, request);
    const { workspaceId, form, language, framed, event } = visit;
    const sent = new URLSearchParams(String(request.body ?? ''));
    const thanks = `${new URL(request.url, 'http://any').pathname}/thanks?lang=${language}${framed ? '&frame=1' : ''}`;
    // What people do not see, only programs fill in: they are thanked, and nothing is kept.
    if (sent.get('website')) return reply.redirect(thanks, 303);
    const stamp = readStamp(app.secrets.links, stampedFor(visit), sent.get('stamp') ?? '');
    const answers = readAnswers(form.settings, sent);
    const profile = await asked(app, visit, sent.get('stamp') ?? '');
    const asking = profile?.asking;
    const typed = (no: number) => sent.getAll(`p_${no}`);
    const tries = /^[1-9]$/.test(sent.get('tries') ?? '') ? Number(sent.get('tries')) : 0;
    const visitor = sent.get('visitor');
    const known = isVisitor(visitor) ? { visitor } : {};
    const party = event && partyOf(event, sent);
    const again = (status: number, more: Partial<Shown>) =>
      show(reply, visit, status, {
        answers,
        asking,
        typed,
        tries,
        stamp: sent.get('stamp') ?? '',
        party,
        ...known,
        ...more,
      });
    const judged = judgeStamp(stamp, Date.now());
    if (judged !== 'good')
      return again(422, { trouble: judged, ...(judged === 'stale' ? { stamp: newStamp(app, visit) } : {}) });
    const wrong = check(form.settings, answers, country);
    const answered = asking ? readAsked(asking, typed) : null;
    const impossible = answered && answered.wrong.size > 0 ? answered.wrong : undefined;
    if (wrong.size > 0 || impossible)
      return again(422, { wrong, impossible, tries: Math.min(9, tries + (impossible ? 1 : 0)) });
    const allowed = count ? await count(request) : null;
    if (allowed && !allowed.isAllowed && allowed.isExceeded) return again(429, { trouble: 'busy' });
    if (!isTaking(visit)) return show(reply, visit, 200, { stamp: '' });
    const kept = await submit(app, workspaceId, form, {
      ...{ nonce: stamp!.nonce, answers, language, company: visit.company },
      ...known,
      registering: event && party && { eventId: event.row.event_id, title: wordsOf(event.row, language).event, party },
      profile: profile && answered && { ...profile, answered, firstTry: tries === 0 },
    });
    return kept ? reply.redirect(thanks, 303) : again(429, { trouble: 'busy' });
  });
}

/** @throws AppError not_found for a form that is not there, or is closed */
async function visited(app: App, request: FastifyRequest): Promise<Visit> {
  const params = place.safeParse(request.params);
  if (!params.success) throw notFound();
  const { lang, frame, k } = query.parse(request.query);
  const visit = await findVisit(app, params.data, [lang, localeOf(request)]);
  if (!visit) throw notFound();
  return { ...visit, framed: frame === '1', token: k };
}

const partyOf = ({ row }: OpenEvent, sent: URLSearchParams): Party => {
  const names = companionsOf(sent, row.most_companions);
  return { companions: companionCount(sent, names.length, row.most_companions), names };
};

function shownEvent({ event, language }: Visit, t: Translate, party: Party | null): ShownEvent | undefined {
  if (!event) return undefined;
  const { event: title, when, where, intro } = wordsOf(event.row, language);
  const { companions: count, names } = party ?? { companions: 0, names: [] };
  const part = companionsPart({ most: event.row.most_companions, count, names, t });
  const asked = part ? `<div class="q">${part.text}</div>` : '';
  return { title, lines: [when, where, intro], standing: event.standing, companions: asked };
}

function show(
  reply: FastifyReply,
  visit: Visit,
  status: number,
  { party = null, ...more }: Partial<Shown> & Pick<Shown, 'stamp'> & { party?: Party | null },
): FastifyReply {
  const { form, company, language, framed, token, tracking } = visit;
  const t = translator(language);
  const event = shownEvent(visit, t, party);
  const shown = { settings: form.settings, company, language, framed, token, t, event, tracking };
  const standing = visit.event?.standing ?? 'open';
  const over = event && standing !== 'open' && standing !== 'waiting';
  const page = over
    ? closedPage({ ...shown, event })
    : isTaking(visit)
      ? formPage({ ...shown, ...more })
      : restingPage(shown);
  return dressed(reply, visit, status).send(page);
}

/** Nothing of elsewhere, and within nobody's pages but those that the form names. */
function dressed(reply: FastifyReply, { form, framed }: Visit, status: number): FastifyReply {
  const { origins } = form.settings;
  const sites = origins.length > 0 ? origins.map((origin) => new URL(origin).origin).join(' ') : "'none'";
  const policy = `default-src 'none'; style-src ${styleHash};${framed ? " script-src 'self';" : ''} form-action 'self'; frame-ancestors ${sites}; base-uri 'none'`;
  return reply
    .code(status)
    .removeHeader('x-frame-options')
    .removeHeader('cross-origin-resource-policy')
    .header('content-security-policy', policy)
    .header('cache-control', 'no-store')
    .header('x-robots-tag', 'noindex')
    .type('text/html; charset=utf-8');
}

type Following = FastifyRequest<{ Params: { token: string }; Body: unknown }>;

/** Whoever follows a link sees a button, and only the button does it: scanners of mail follow links. */
function confirmation(server: FastifyInstance, app: App): void {
  server.get(confirmPath, { config: followed }, async (request: Following, reply) =>
    answer(request, reply, await look(app, request.params.token), confirmPage),
  );
  server.post(confirmPath, { config: followed }, async (request: Following, reply) => {
    const sent = new URLSearchParams(String(request.body ?? ''));
    if (sent.get('tracking') === 'off')
      return answer(request, reply, await stopTracking(app, request.params.token), confirmPage);
    const ids = new Set(sent.getAll('sent'));
    const about = ids.size > 0 ? await confirm(app, request.params.token, ids) : await look(app, request.params.token);
    return answer(
      request,
      reply,
      about,
      ids.size > 0 && about && about.pending.length > 0 ? confirmedPage : confirmPage,
    );
  });
}

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  about: Asked | null,
  page: typeof confirmPage,
): FastifyReply {
  const language = request.headers['accept-language'] ? localeOf(request) : (about?.locale ?? 'fr');
  const t = translator(language);
  const policy = `default-src 'none'; style-src ${styleHash}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`;
  return reply
    .code(about ? 200 : 404)
    .header('content-security-policy', policy)
    .header('cache-control', 'no-store')
    .header('x-robots-tag', 'noindex')
    .type('text/html; charset=utf-8')
    .send(
      about
        ? page(about, language, t)
        : plainPage(language, t('forms.confirm.over'), `<p>${t('forms.confirm.overText')}</p>`),
    );
}
