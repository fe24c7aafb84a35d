import type { FastifyReply, FastifyRequest } from 'fastify';
import { findCompiled, pageDocument, pageStyleHash } from '../content/index.ts';
import { showWithin } from '../forms/visiting.ts';
import type { App } from '../kernel/app.ts';
import { localeOf, type Routes } from '../kernel/http.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { html, sendPage } from '../kernel/pages.ts';
import { isProgram } from '../outreach/tracking-rules.ts';
import { pagePath, slug } from './contract.ts';
import * as queries from './queries.ts';

/** Of one address, which a whole company may share. */
const limit = { rateLimit: { max: 600, timeWindow: '1 minute' } };

type Asking = FastifyRequest<{ Params: { slug: string }; Querystring: Record<string, string> }>;

/** Landing pages: anybody may open them, nothing of who does is kept, and nothing in them comes from elsewhere. */
export const pagesRoutes: Routes = (server, app) => {
  server.get(pagePath, { config: limit }, async (request: Asking, reply) => {
    const found = await read(app, request);
    return found ? show(app, request, reply, found) : away(request, reply);
  });
};

const languages = ['fr', 'en'] as const;
const other = (language: Locale): Locale => (language === 'fr' ? 'en' : 'fr');

async function read(app: App, request: Asking) {
  const asked = slug.safeParse(request.params.slug);
  if (!asked.success) return null;
  return app.db.asSystem('keeper', async (tx) => {
    const shown = await queries.findShown(tx, asked.data);
    if (!shown) return null;
    if (request.method === 'GET' && !isProgram(request.headers['user-agent'])) await queries.countOpening(tx, shown);
    return { shown, compiled: await findCompiled(tx, shown.workspace_id, shown.content_id, shown.version) };
  });
}
type Found = NonNullable<Awaited<ReturnType<typeof read>>>;

async function show(app: App, request: Asking, reply: FastifyReply, { shown, compiled }: Found): Promise<FastifyReply> {
  const wished = [request.query.lang, localeOf(request), ...languages];
  const language = wished.flatMap((one) => languages.find((spoken) => spoken === one && compiled[spoken]) ?? [])[0]!;
  const { workspace_id: workspaceId, channel_id: channelId, indexed } = shown;
  const form = channelId ? await showWithin(app, { workspaceId, channelId }, language) : null;
  const t = translator(language);
  const turn = other(language);
  const tongue = compiled[turn]
    ? html`<p class="tongue"><a href="?lang=${turn}" hreflang="${turn}" lang="${turn}">${t(`forms.page.in.${turn}`)}</a></p>`
        .text
    : '';
  const { subject, text, html: body } = compiled[language]!;
  const page = { language, title: subject, description: text, body, before: tongue, indexed };
  if (!indexed) reply.header('x-robots-tag', 'noindex');
  return reply
    .header(
      'content-security-policy',
      `default-src 'none'; style-src ${pageStyleHash}; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
    )
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(pageDocument({ ...page, after: form ? `<section class="form">${form}</section>` : '' }));
}

function away(request: Asking, reply: FastifyReply): FastifyReply {
  const { lang } = request.query;
  const locale = lang === 'fr' || lang === 'en' ? lang : localeOf(request);
  const t = translator(locale);
  const body = html`<h1>${t('pages.away')}</h1><p>${t('pages.away.text')}</p>`;
  return sendPage(reply, { locale, status: 404, title: t('pages.away'), body });
}
