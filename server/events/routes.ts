import type { FastifyReply, FastifyRequest } from 'fastify';
import { localeOf, type Routes } from '../kernel/http.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { formOf, html, registerPages, sendPage } from '../kernel/pages.ts';
import { toCalendar } from './calendar.ts';
import { guestPath } from './contract.ts';
import { guestPage, type Shown } from './page.ts';
import { companionsOf } from './rules.ts';
import { answer, type Taken, type Visit, visit } from './visiting.ts';
import { wordsOf } from './words.ts';

/** Of one address; a guesser of tokens is no use to anybody. */
const limit = { rateLimit: { max: 120, timeWindow: '1 minute' } };

type Asking = FastifyRequest<{ Params: { token: string }; Querystring: Record<string, string> }>;

/** The page of a guest, for people without an account. Looking changes nothing; what the address chooses is kept by the button. */
export const eventsRoutes: Routes = (server, app) => {
  registerPages(server, (scope) => {
    scope.get(guestPath, { config: limit }, async (request: Asking, reply) => {
      const { coming } = request.query;
      const found = await visit(app, request.params.token);
      const said = {
        coming: coming === 'yes' ? true : coming === 'no' ? false : null,
        companions: null,
        badge: found?.guest.badge ?? '',
        names: null,
      };
      return show(request, reply, found ? 'ask' : 'unknown', found, said);
    });
    scope.post(guestPath, { config: limit }, async (request: Asking, reply) => {
      const form = formOf(request);
      const taken = await answer(app, request.params.token, form);
      const kept = taken.outcome === 'kept';
      const said = {
        coming: kept ? null : form.get('coming') === 'yes',
        companions: kept ? null : Number(form.get('companions') ?? 0),
        badge: kept ? (taken.visit?.guest.badge ?? '') : (form.get('badge') ?? ''),
        names: kept ? null : companionsOf(form, taken.visit?.event.most_companions ?? 0),
      };
      return show(request, reply, taken.outcome, taken.visit, said);
    });
    scope.get(`${guestPath}/event.ics`, { config: limit }, async (request: Asking, reply) => {
      const found = await visit(app, request.params.token);
      if (!found)
        return show(request, reply, 'unknown', null, { coming: null, companions: null, badge: '', names: null });
      const url = `${app.config.publicUrl}/e/${request.params.token}`;
      return reply
        .header('cache-control', 'no-store')
        .header('content-disposition', 'attachment; filename="event.ics"')
        .type('text/calendar; charset=utf-8')
        .send(toCalendar(found.event, spokenBy(request, found), url));
    });
  });
};

/** The reader may choose; else it is the language in which they were invited, else their browser's. */
function spokenBy(request: Asking, found: Visit | null): Locale {
  const { lang } = request.query;
  return lang === 'fr' || lang === 'en' ? lang : (found?.guest.locale ?? localeOf(request));
}

const statuses: Partial<Record<Taken['outcome'] | 'ask', number>> = {
  unknown: 404,
  missing: 422,
  full: 409,
  closed: 410,
};

function show(
  request: Asking,
  reply: FastifyReply,
  outcome: Shown['outcome'],
  found: Visit | null,
  said: Pick<Shown, 'coming' | 'companions' | 'badge' | 'names'>,
): FastifyReply {
  const locale = spokenBy(request, found);
  const t = translator(locale);
  const status = statuses[outcome] ?? 200;
  if (!found) {
    const title = t('events.page.unknown');
    return sendPage(reply, {
      ...{ locale, status, title },
      body: html`<h1>${title}</h1><p>${t('events.page.unknownText')}</p>`,
    });
  }
  const title = wordsOf(found.event, locale).event;
  return sendPage(reply, {
    ...{ locale, status, title },
    body: guestPage(found, request.params.token, { outcome, locale, t, ...said }),
  });
}
