import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { localeOf, type Routes } from '../kernel/http.ts';
import { sha256 } from '../kernel/ids.ts';
import { translator } from '../kernel/messages.ts';
import { formOf, html, type Markup, registerPages, sendPage } from '../kernel/pages.ts';
import * as pages from './pages.ts';
import * as posts from './posts.ts';
import * as queries from './queries.ts';
import { lasts } from './rules.ts';
import * as visiting from './visiting.ts';

type Asking = FastifyRequest<{ Params: Record<string, string>; Querystring: Record<string, string> }>;
/** Of one address, a minute: looking, writing, and asking for links. */
const looking = { rateLimit: { max: 240, timeWindow: '1 minute' } };
const writing = { rateLimit: { max: 60, timeWindow: '1 minute' } };
const asking = { rateLimit: { max: 10, timeWindow: '1 minute' } };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const idIn = (request: Asking): string => {
  const id = request.params.id ?? '';
  return uuid.test(id) ? id : '00000000-0000-0000-0000-000000000000';
};

const cookieOf = ({ community_id }: visiting.Place): string => `entregent_c_${community_id.replaceAll('-', '')}`;

function sessionWord(request: Asking, place: visiting.Place): string {
  const found = new RegExp(`(?:^|; *)${cookieOf(place)}=([\\w-]{43})(?:;|$)`).exec(request.headers.cookie ?? '');
  return found?.[1] ?? '';
}

/** Its own cookie, for its own pages: no member's session, and none of another community's. */
function setSession(app: App, reply: FastifyReply, place: visiting.Place, word: string): FastifyReply {
  const secure = app.config.publicUrl.startsWith('https:') ? '; Secure' : '';
  const age = word === '' ? 0 : lasts.sessionDays * 86_400;
  return reply.header(
    'set-cookie',
    `${cookieOf(place)}=${word}; Path=/c/${place.slug}; Max-Age=${age}; HttpOnly; SameSite=Lax${secure}`,
  );
}

/** Who looks at which community; null where there is none of that address. */
async function viewOf(app: App, request: Asking): Promise<pages.View | null> {
  const slug = request.params.slug ?? '';
  return app.db.asSystem('keeper', async (tx) => {
    const place = await queries.findBySlug(tx, slug);
    if (!place) return null;
    const word = sessionWord(request, place);
    const person = word
      ? await queries.findBySession(tx, place.workspace_id, place.community_id, sha256(word))
      : undefined;
    const { lang } = request.query;
    const locale = lang === 'fr' || lang === 'en' ? lang : localeOf(request);
    return { place, person: person ?? null, word: person ? word : '', locale, t: translator(locale) };
  });
}

interface Shown {
  title?: string;
  body: Markup;
  status?: number;
  notice?: string | null;
}
const show = (reply: FastifyReply, view: pages.View, { title, body, status = 200, notice }: Shown): FastifyReply =>
  sendPage(reply, {
    ...{ locale: view.locale, status, wide: true, title: title ? `${title} – ${view.place.name}` : view.place.name },
    body: pages.frame(view, body, notice ?? null, status === 200),
  });

function nowhere(request: Asking, reply: FastifyReply): FastifyReply {
  const locale = localeOf(request);
  const t = translator(locale);
  const body = html`<h1>${t('community.page.nowhere')}</h1><p>${t('community.page.nowhereText')}</p>`;
  return sendPage(reply, { locale, status: 404, title: t('community.page.nowhere'), body });
}

type Answer = (view: pages.View, request: Asking, reply: FastifyReply) => Promise<FastifyReply>;

/** The pages of communities, for people without an account: they work without scripts. */
export const communityRoutes: Routes = (server, app) => {
  registerPages(server, (scope) => {
    reading(scope, app);
    coming(scope, app);
    doing(scope, app);
  });
};

/** A page for whoever may read: everybody, or those who came in. */
function reading(scope: FastifyInstance, app: App): void {
  const get = (path: string, work: (view: pages.View, tx: Tx, request: Asking) => Promise<Shown | null>) =>
    scope.get(`/c/:slug${path}`, { config: looking }, async (request: Asking, reply) => {
      const view = await viewOf(app, request);
      if (!view) return nowhere(request, reply);
      if (!view.person && (view.place.invited_only || path === '/me'))
        return reply.redirect(`/c/${view.place.slug}/join`, 303);
      const shown = await app.db.asSystem('keeper', (tx) => work(view, tx, request));
      return shown ? show(reply, view, { notice: noticeOf(view, request), ...shown }) : nowhere(request, reply);
    });
  get('', async (view, tx) => {
    const { workspace_id, community_id } = view.place;
    const spaces = await queries.listSpaces(tx, workspace_id, [community_id]);
    const ideas = await posts.listShown(tx, workspace_id, community_id, null, null);
    const stories = await posts.listStories(tx, workspace_id, community_id, { state: 'shown' });
    return { body: pages.homePage(view, spaces, ideas, stories) };
  });
  get('/s/:id', (view, tx, request) => spaceShown(view, tx, idIn(request), { title: '', text: '' }));
  get('/i/:id', (view, tx, request) => ideaShown(view, tx, idIn(request), ''));
  get('/me', async (view, tx) => {
    const { workspace_id, community_id } = view.place;
    const stories = await posts.listStories(tx, workspace_id, community_id, { personId: view.person!.person_id });
    return { body: pages.minePage(view, stories, app.config.publicUrl) };
  });
}

async function spaceShown(
  view: pages.View,
  tx: Tx,
  spaceId: string,
  draft: { title: string; text: string },
): Promise<Shown | null> {
  const { workspace_id, community_id } = view.place;
  const space = (await queries.listSpaces(tx, workspace_id, [community_id])).find(
    ({ space_id }) => space_id === spaceId,
  );
  if (!space) return null;
  const ideas = await posts.listShown(tx, workspace_id, community_id, view.person?.person_id ?? null, spaceId);
  return {
    title: view.locale === 'fr' ? space.name_fr : space.name_en,
    body: pages.spacePage(view, space, ideas, draft),
  };
}

async function ideaShown(view: pages.View, tx: Tx, postId: string, draft: string): Promise<Shown | null> {
  const { workspace_id, community_id } = view.place;
  const viewer = view.person?.person_id ?? null;
  const post = await posts.findPost(tx, workspace_id, community_id, postId);
  if (!post || post.parent_id !== null || (post.state !== 'shown' && post.person_id !== viewer)) return null;
  const comments = await posts.listComments(tx, workspace_id, postId, viewer);
  const voted = viewer !== null && (await posts.listVotes(tx, workspace_id, viewer)).has(postId);
  return { title: post.title, body: pages.ideaPage(view, post, comments, voted, draft) };
}

/** What the page before did: a word of ours in its address. */
function noticeOf({ t }: pages.View, request: Asking): string | null {
  const said = ['done', 'pending', 'reported', 'thanks'].find((one) => one === request.query.said);
  return said ? t(`community.deed.${said}`) : null;
}

/** Joining: an address, a link, a name. */
function coming(scope: FastifyInstance, app: App): void {
  const route = (method: 'get' | 'post', path: string, config: object, answer: Answer) =>
    scope[method](`/c/:slug${path}`, { config }, async (request: Asking, reply) => {
      const view = await viewOf(app, request);
      return view ? answer(view, request, reply) : nowhere(request, reply);
    });
  route('get', '/join', looking, async (view, request, reply) =>
    show(reply, view, { body: pages.joinPage(view, request.query.r ?? '', false) }),
  );
  route('post', '/join', asking, async (view, request, reply) => {
    const form = formOf(request);
    const [email, code] = [form.get('email') ?? '', form.get('code') ?? ''];
    const taken = await visiting.askIn(app, view.place, { email, code, locale: view.locale });
    const notice = taken ? null : view.t('community.deed.email');
    return show(reply, view, { body: pages.joinPage(view, code, taken), notice, status: taken ? 200 : 422 });
  });
  route('get', '/enter/:token', looking, async (view, request, reply) => {
    const link = await visiting.lookAtLink(app, view.place, request.params.token!);
    const seen = { ...view, person: null };
    if (!link)
      return show(reply, seen, {
        status: 410,
        body: pages.joinPage(view, '', false),
        notice: view.t('community.deed.link'),
      });
    const spoken = request.query.lang ? seen : { ...seen, locale: link.locale, t: translator(link.locale) };
    return show(reply, spoken, { body: pages.enterPage(spoken, link.known, '') });
  });
  route('post', '/enter/:token', asking, async (view, request, reply) => {
    const name = formOf(request).get('name') ?? '';
    const { deed, word } = await visiting.enter(app, view.place, request.params.token!, name);
    if (word) return setSession(app, reply, view.place, word).redirect(`/c/${view.place.slug}`, 303);
    if (deed === 'unknown')
      return show(reply, view, {
        status: 410,
        body: pages.joinPage(view, '', false),
        notice: view.t('community.deed.link'),
      });
    return show(reply, view, {
      status: 422,
      body: pages.enterPage(view, null, name),
      notice: view.t(`community.deed.${deed}`),
    });
  });
}

/** What those who came in do; each leads back to a page that says so. */
function doing(scope: FastifyInstance, app: App): void {
  const post = (
    path: string,
    work: (
      view: Required<pages.View> & { person: queries.PersonRow },
      form: URLSearchParams,
      request: Asking,
      reply: FastifyReply,
    ) => Promise<FastifyReply>,
  ) =>
    scope.post(`/c/:slug${path}`, { config: writing }, async (request: Asking, reply) => {
      const view = await viewOf(app, request);
      if (!view) return nowhere(request, reply);
      const { person } = view;
      const form = formOf(request);
      // Without a session there is no word either: a form of another site has none.
      if (!person || form.get('guard') !== pages.formWord(view.word))
        return reply.redirect(`/c/${view.place.slug}/join`, 303);
      return work({ ...view, person }, form, request, reply);
    });
  const back = (reply: FastifyReply, view: pages.View, rest: string, said = 'done') =>
    reply.redirect(`/c/${view.place.slug}${rest}?said=${said}`, 303);
  const again = async (
    reply: FastifyReply,
    view: pages.View,
    deed: visiting.Deed,
    work: (tx: Tx) => Promise<Shown | null>,
  ) => {
    const shown = await app.db.asSystem('keeper', work);
    const notice = view.t(`community.deed.${deed}`);
    return show(reply, view, {
      ...(shown ?? { body: html`<h1>${notice}</h1>` }),
      status: deed === 'too_many' ? 429 : 422,
      notice,
    });
  };
  post('/s/:id', async (view, form, request, reply) => {
    const draft = { title: form.get('title') ?? '', text: form.get('text') ?? '' };
    const { deed, postId } = await visiting.write(app, view.place, view.person, {
      spaceId: idIn(request),
      parentId: null,
      ...draft,
    });
    if (postId) return back(reply, view, `/i/${postId}`, deed);
    return again(reply, view, deed, (tx) => spaceShown(view, tx, idIn(request), draft));
  });
  post('/i/:id', async (view, form, request, reply) => {
    const said = { spaceId: '', parentId: idIn(request), title: '', text: form.get('text') ?? '' };
    const { deed, postId } = await visiting.write(app, view.place, view.person, said);
    if (postId) return back(reply, view, `/i/${idIn(request)}`, deed);
    return again(reply, view, deed, (tx) => ideaShown(view, tx, idIn(request), said.text));
  });
  post('/i/:id/vote', async (view, _form, request, reply) => {
    const deed = await visiting.vote(app, view.place, view.person, idIn(request));
    if (deed === 'done') return back(reply, view, `/i/${idIn(request)}`);
    return again(reply, view, deed, (tx) => ideaShown(view, tx, idIn(request), ''));
  });
  post('/i/:id/report', async (view, form, request, reply) => {
    const deed = await visiting.report(app, view.place, view.person, idIn(request), form.get('reason') ?? '');
    if (deed === 'done') return back(reply, view, '', 'reported');
    return again(reply, view, deed, async () => null);
  });
  post('/me', async (view, form, _request, reply) => {
    const deed = await visiting.rename(app, view.place, view.person, form.get('name') ?? '');
    return deed === 'done' ? back(reply, view, '/me') : again(reply, view, deed, async () => null);
  });
  post('/stories', async (view, form, _request, reply) => {
    const said = { text: form.get('text') ?? '', agrees: form.get('agrees') === 'yes', consent: pages.consentOf(view) };
    const deed = await visiting.tell(app, view.place, view.person, said);
    return deed === 'done' ? back(reply, view, '/me', 'thanks') : again(reply, view, deed, async () => null);
  });
  post('/stories/:id/withdraw', async (view, _form, request, reply) => {
    await visiting.withdraw(app, view.place, view.person, idIn(request));
    return back(reply, view, '/me');
  });
  post('/out', async (view, _form, _request, reply) => {
    await app.db.asSystem('keeper', (tx) => queries.endSession(tx, view.place.workspace_id, sha256(view.word)));
    return setSession(app, reply, view.place, '').redirect(`/c/${view.place.slug}`, 303);
  });
  post('/leave', async (view, _form, _request, reply) => {
    await visiting.leave(app, view.place, view.person);
    return setSession(app, reply, view.place, '').redirect(`/c/${view.place.slug}`, 303);
  });
}
