import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../kernel/app.ts';
import { localeOf, type Routes } from '../kernel/http.ts';
import { translator } from '../kernel/messages.ts';
import { unsubscribePath } from './composing.ts';
import { escapeHtml } from './letters.ts';
import { findTargetOf, linkPath, noteSight, picturePath } from './tracking.ts';
import { findSubscription, findToken, type Subscription, setTracking, unsubscribe } from './unsubscribe.ts';

/** Of one address: mail programs press the button once; a guesser of tokens is no use to anybody. */
const limit = { rateLimit: { max: 120, timeWindow: '1 minute' } };

/** One pixel that nobody sees (GIF89a). */
const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** Links and pictures of mails whose readers agreed. Who only asks for the head is a program that looks where it leads (RFC 9110, 9.3.2). */
function addSights(scope: Parameters<Routes>[0], app: App): void {
  scope.route({
    method: ['GET', 'HEAD'],
    url: `${linkPath}/:token`,
    config: limit,
    async handler(request, reply) {
      const { token } = request.params as { token: string };
      const target =
        request.method === 'HEAD'
          ? await findTargetOf(app, token)
          : await noteSight(app, token, request.headers['user-agent']);
      reply
        .header('cache-control', 'no-store')
        .header('x-robots-tag', 'noindex')
        .header('referrer-policy', 'no-referrer');
      return target ? reply.redirect(target, 302) : show(request as Asking, reply, null, 'unknown');
    },
  });
  scope.get(`${picturePath}/:token`, { config: limit, exposeHeadRoute: false }, async (request: Asking, reply) => {
    await noteSight(app, request.params.token, request.headers['user-agent']);
    return reply.header('cache-control', 'no-store, private').type('image/gif').send(pixel);
  });
}

type Asking = FastifyRequest<{ Params: { token: string }; Body: unknown }>;

/**
 * Unsubscribing without signing in: a page that says from what and offers one button, and the button (RFC 8058, 3.2, presses it
 * for the reader with `List-Unsubscribe=One-Click`). Looking changes nothing.
 */
export const outreachRoutes: Routes = (server, app) => {
  void server.register(async (scope) => {
    const forms = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];
    scope.addContentTypeParser(forms, { parseAs: 'string', bodyLimit: 10_000 }, (_request, body, done) =>
      done(null, body),
    );
    scope.get(`${unsubscribePath}/:token`, { config: limit }, async (request: Asking, reply) => {
      const token = await findToken(app, request.params.token);
      if (token) return reply.header('cache-control', 'no-store').redirect(`${unsubscribePath}/${token}`, 302);
      const about = await findSubscription(app, request.params.token);
      return show(request, reply, about, about ? 'ask' : 'unknown');
    });
    scope.post(`${unsubscribePath}/:token`, { config: limit }, async (request: Asking, reply) => {
      const fromAll = /(?:^|&)all=on(?:&|$)/.test(String(request.body ?? ''));
      const about = await unsubscribe(app, request.params.token, fromAll);
      return show(request, reply, about, !about ? 'unknown' : fromAll ? 'doneAll' : 'done');
    });
    scope.post(`${unsubscribePath}/:token/tracking`, { config: limit }, async (request: Asking, reply) => {
      const agrees = /(?:^|&)agree=on(?:&|$)/.test(String(request.body ?? ''));
      const about = await setTracking(app, request.params.token, agrees);
      return show(request, reply, about, !about ? 'unknown' : agrees ? 'tracked' : 'untracked');
    });
    addSights(scope, app);
  });
};

function show(
  request: Asking,
  reply: FastifyReply,
  about: Subscription | null,
  page: 'ask' | 'done' | 'doneAll' | 'unknown' | 'tracked' | 'untracked',
): FastifyReply {
  // The reader's browser says its language; a mail program's button does not, and nobody reads the answer.
  const locale = request.headers['accept-language'] ? localeOf(request) : (about?.locale ?? 'fr');
  const t = translator(locale);
  const blanks = { workspace: about?.workspace ?? '', purpose: about ? t(`grant.purpose.${about.purpose}`) : '' };
  const form =
    page === 'ask'
      ? `<form method="post"><label><input type="checkbox" name="all"> ${escapeHtml(t('mail.unsubscribe.all', blanks))}</label>
<button>${escapeHtml(t('mail.unsubscribe.button'))}</button></form>`
      : '';
  const tracking =
    page === 'ask'
      ? `<form method="post" action="${unsubscribePath}/${request.params.token}/tracking"><p>${escapeHtml(t(`mail.tracking.${about?.tracking ? 'on' : 'off'}`, blanks))}</p>
<input type="hidden" name="agree" value="${about?.tracking ? 'off' : 'on'}"><button class="other">${escapeHtml(t(`mail.tracking.${about?.tracking ? 'stop' : 'agree'}`))}</button></form>`
      : '';
  const title = escapeHtml(t(`mail.unsubscribe.${page}.title`, blanks));
  return reply
    .code(about ? 200 : 404)
    .header('cache-control', 'no-store')
    .header('x-robots-tag', 'noindex')
    .type('text/html; charset=utf-8')
    .send(`<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${style}</style></head><body><main><h1>${title}</h1>
<p>${escapeHtml(t(`mail.unsubscribe.${page}.text`, blanks))}</p>${form}${tracking}</main></body></html>`);
}

const style = `:root{color-scheme:light dark}body{font:17px/1.5 "Source Sans 3",system-ui,sans-serif;margin:0;background:light-dark(#faf8f5,#1c1b19);color:light-dark(#2b2926,#e8e4de)}
main{max-width:34rem;margin:12vh auto 0;padding:0 1.5rem}h1{font-size:1.6rem;line-height:1.25;margin:0 0 .75rem}
label{display:block;margin:1.5rem 0;padding:.25rem 0}input{width:1.15rem;height:1.15rem;vertical-align:-.15rem;margin-right:.5rem;accent-color:#0f6b5c}
button{font:inherit;font-weight:600;border:0;border-radius:8px;padding:.7rem 1.4rem;background:light-dark(#0f6b5c,#4db6a2);color:light-dark(#fff,#10201d);cursor:pointer}
form+form{margin-top:2.5rem;border-top:1px solid light-dark(#e2ddd6,#3a3734)}button.other{background:transparent;color:inherit;border:1px solid currentColor}
button:focus-visible,input:focus-visible{outline:3px solid light-dark(#0f6b5c,#4db6a2);outline-offset:2px}`;
