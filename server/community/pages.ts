import { createHash } from 'node:crypto';
import type { Locale, Translate } from '../kernel/messages.ts';
import { html, type Markup, written } from '../kernel/pages.ts';
import type { PostRow, StoryRow } from './posts.ts';
import type { PersonRow, SpaceRow } from './queries.ts';
import { isOpen, most } from './rules.ts';
import type { Place } from './visiting.ts';

// What the pages of a community say.

/** Who looks, and how. */
export interface View {
  place: Place;
  person: PersonRow | null;
  /** The word of their session, by which their forms are told from those of other sites. */
  word: string;
  locale: Locale;
  t: Translate;
}

/** What only a page of ours can send: it cannot be guessed from another site. */
export const formWord = (word: string): string =>
  createHash('sha256').update(`form ${word}`).digest('base64url').slice(0, 22);
const guard = ({ word }: View): Markup => html`<input type="hidden" name="guard" value="${formWord(word)}">`;

const path = ({ place }: View, rest = ''): string => `/c/${place.slug}${rest}`;

/** @param good the notice says that something is done; else why it is not */
export function frame(view: View, body: Markup, notice: string | null, good: boolean): Markup {
  const { t, place, person, locale } = view;
  const other = locale === 'fr' ? 'en' : 'fr';
  return html`<nav aria-label="${t('community.page.nav')}"><a href="${path(view)}"><bdi>${place.name}</bdi></a>
${person ? html`<a href="${path(view, '/me')}"><bdi>${person.name}</bdi></a>` : html`<a href="${path(view, '/join')}">${t('community.page.join')}</a>`}
<a href="?lang=${other}" lang="${other}" hreflang="${other}">${other === 'fr' ? 'Français' : 'English'}</a></nav>
${notice && html`<p role="status" class="${good ? 'notice' : 'alert'}">${notice}</p>`}${body}`;
}

const nameOf = (space: SpaceRow, locale: Locale) => (locale === 'fr' ? space.name_fr : space.name_en);

/** Whose post it is; ours are marked. */
const by = ({ t, place }: View, { author, member_id }: Pick<PostRow, 'author' | 'member_id'>): Markup =>
  html`<bdi>${author}</bdi>${member_id !== null && html` <span class="staff">${t('community.page.staff', { workspace: place.workspace })}</span>`}`;

const dayOf = (at: Date, locale: Locale) =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(at);

function ideaLine(view: View, post: PostRow): Markup {
  const { t, locale } = view;
  return html`<li><h3><a href="${path(view, `/i/${post.post_id}`)}" dir="auto">${post.title}</a></h3>
<p class="quiet">${by(view, post)} · ${dayOf(post.at, locale)} · ${t('community.page.votes', { count: post.votes })} · ${t('community.page.comments', { count: post.comments })}</p>
<div class="row">${post.status !== 'new' && html`<span class="tag">${t(`community.status.${post.status}`)}</span>`}${post.state !== 'shown' && html`<span class="tag">${t(`community.state.${post.state}`)}</span>`}</div></li>`;
}

const ideaList = (view: View, ideas: readonly PostRow[]): Markup =>
  ideas.length === 0
    ? html`<p class="quiet">${view.t('community.page.noIdeas')}</p>`
    : html`<ul class="list">${ideas.map((one) => ideaLine(view, one))}</ul>`;

export function homePage(
  view: View,
  spaces: readonly SpaceRow[],
  ideas: readonly PostRow[],
  stories: readonly StoryRow[],
): Markup {
  const { t, place, locale } = view;
  const intro = locale === 'fr' ? place.intro_fr : place.intro_en;
  return html`<h1><bdi>${place.name}</bdi></h1>${intro !== '' && written(intro)}
<h2>${t('community.page.spaces')}</h2><ul class="list">${spaces.map(
    (space) => html`<li><h3><a href="${path(view, `/s/${space.space_id}`)}">${nameOf(space, locale)}</a></h3>
<p class="quiet">${t('community.page.ideas', { count: space.ideas })}${space.closes_on && html` · ${t('community.page.until', { day: dayOf(new Date(space.closes_on), locale) })}`}</p></li>`,
  )}</ul>
<h2>${t('community.page.wanted')}</h2>${ideaList(view, ideas.slice(0, 10))}
${
  stories.length > 0 &&
  html`<h2>${t('community.page.stories')}</h2><ul class="list">${stories.map(
    (one) => html`<li>${written(one.text)}<p class="quiet"><bdi>${one.author}</bdi></p></li>`,
  )}</ul>`
}`;
}

export function spacePage(
  view: View,
  space: SpaceRow,
  ideas: readonly PostRow[],
  draft: { title: string; text: string },
): Markup {
  const { t, locale, person } = view;
  const intro = locale === 'fr' ? space.intro_fr : space.intro_en;
  const open = isOpen(space, new Date().toISOString().slice(0, 10));
  const form = html`<form method="post" action="${path(view, `/s/${space.space_id}`)}">${guard(view)}
<label for="title">${t('community.page.title')}</label><input type="text" id="title" name="title" required maxlength="${most.title}" value="${draft.title}" dir="auto">
<label for="text">${t('community.page.text')}</label><textarea id="text" name="text" required maxlength="${most.text}" dir="auto">${draft.text}</textarea>
<p><button>${t(space.kind === 'call' ? 'community.page.propose' : 'community.page.post')}</button></p></form>`;
  return html`<h1>${nameOf(space, locale)}</h1>${intro !== '' && written(intro)}
${space.closes_on && html`<p>${t(open ? 'community.page.openUntil' : 'community.page.over', { day: dayOf(new Date(space.closes_on), locale) })}</p>`}
${space.feedback !== '' && html`<h2>${t('community.page.feedback')}</h2>${written(space.feedback)}`}
${ideaList(view, ideas)}
${open && html`<h2>${t(space.kind === 'call' ? 'community.page.newProposal' : 'community.page.newIdea')}</h2>${person ? form : joinHint(view)}`}`;
}

const joinHint = (view: View): Markup =>
  html`<p><a class="button" href="${path(view, '/join')}">${view.t('community.page.joinToWrite')}</a></p>`;

export function ideaPage(
  view: View,
  post: PostRow,
  comments: readonly PostRow[],
  voted: boolean,
  draft: string,
): Markup {
  const { t, locale, person } = view;
  const here = path(view, `/i/${post.post_id}`);
  const mine = person?.person_id === post.person_id;
  const vote = html`<form method="post" action="${here}/vote">${guard(view)}<button${voted && html` class="second"`}>${t(voted ? 'community.page.unvote' : 'community.page.vote')}</button></form>`;
  return html`<h1 dir="auto">${post.title}</h1><p class="quiet">${by(view, post)} · ${dayOf(post.at, locale)}</p>${standing(view, post)}${written(post.text)}
${post.state === 'shown' && html`<div class="row"><strong>${t('community.page.votes', { count: post.votes })}</strong>${person && !mine && vote}</div>`}
${person && !mine && reportForm(view, post)}
<h2>${t('community.page.said')}</h2><ul class="list">${comments.map(
    (one) =>
      html`<li><p class="quiet">${by(view, one)} · ${dayOf(one.at, locale)}</p>${standing(view, one)}${written(one.text)}${person && one.person_id !== person.person_id && one.member_id === null && reportForm(view, one)}</li>`,
  )}</ul>
${person ? post.state === 'shown' && html`<form method="post" action="${here}">${guard(view)}<label for="text">${t('community.page.comment')}</label><textarea id="text" name="text" required maxlength="${most.text}" dir="auto">${draft}</textarea><p><button>${t('community.page.send')}</button></p></form>` : joinHint(view)}`;
}

/** Where a post stands, and why, for whoever may see it. */
function standing({ t }: View, post: PostRow): Markup {
  return html`<div class="row">${post.parent_id === null && post.status !== 'new' && html`<span class="tag">${t(`community.status.${post.status}`)}</span>`}${post.state !== 'shown' && html`<span class="tag">${t(`community.state.${post.state}`)}</span>`}</div>
${post.status_reason !== '' && html`<p class="quiet" dir="auto">${post.status_reason}</p>`}${post.state === 'hidden' && post.reason !== '' && html`<p class="quiet" dir="auto">${t('community.page.hiddenWhy', { reason: post.reason })}</p>`}`;
}

const reportForm = (view: View, { post_id }: PostRow): Markup =>
  html`<details><summary>${view.t('community.page.report')}</summary><form method="post" action="${path(view, `/i/${post_id}/report`)}">${guard(view)}<label for="r${post_id}">${view.t('community.page.reportWhy')}</label><input type="text" id="r${post_id}" name="reason" required maxlength="${most.reason}"><p><button class="second">${view.t('community.page.reportSend')}</button></p></form></details>`;

export function joinPage(view: View, code: string, sent: boolean): Markup {
  const { t, place } = view;
  if (sent)
    return html`<h1>${t('community.page.sent')}</h1><p>${t(place.invited_only ? 'community.page.sentInvited' : 'community.page.sentText')}</p>`;
  return html`<h1>${t('community.page.joinTitle', { community: place.name })}</h1><p>${t('community.page.joinText', { workspace: place.workspace })}</p>
<form method="post"><input type="hidden" name="code" value="${code}"><label for="email">${t('community.page.email')}</label><input type="email" id="email" name="email" required maxlength="254" autocomplete="email">
<p><button>${t('community.page.sendLink')}</button></p></form>`;
}

export function enterPage(view: View, known: string | null, name: string): Markup {
  const { t, place } = view;
  return html`<h1>${t('community.page.enterTitle', { community: place.name })}</h1>
<form method="post">${known === null ? html`<label for="name">${t('community.page.name')}</label><input type="text" id="name" name="name" required maxlength="40" value="${name}" autocomplete="nickname" dir="auto"><p class="quiet">${t('community.page.nameHelp', { workspace: place.workspace })}</p>` : html`<p>${t('community.page.welcome', { name: known })}</p>`}
<p><button>${t('community.page.enter')}</button></p></form>`;
}

export function minePage(view: View, stories: readonly StoryRow[], origin: string): Markup {
  const { t, place, person } = view;
  const link = `${origin}${path(view, `/join?r=${person!.code}`)}`;
  return html`<h1><bdi>${person!.name}</bdi></h1>
<form method="post" action="${path(view, '/me')}">${guard(view)}<label for="name">${t('community.page.name')}</label><input type="text" id="name" name="name" required maxlength="40" value="${person!.name}" dir="auto"><p><button>${t('community.page.saveName')}</button></p></form>
<h2>${t('community.page.refer')}</h2><p>${t('community.page.referText')}</p><p><label for="link">${t('community.page.referLink')}</label><input type="text" id="link" readonly value="${link}"></p>
<h2>${t('community.page.myStories')}</h2><p>${t('community.page.storyText', { workspace: place.workspace })}</p>
<ul class="list">${stories.map(
    (one) =>
      html`<li>${written(one.text)}<p class="quiet">${t(`community.state.${one.state}`)} · ${one.consent}</p><form method="post" action="${path(view, `/stories/${one.story_id}/withdraw`)}">${guard(view)}<button class="second">${t('community.page.withdraw')}</button></form></li>`,
  )}</ul>
<form method="post" action="${path(view, '/stories')}">${guard(view)}<label for="story">${t('community.page.newStory')}</label><textarea id="story" name="text" required maxlength="${most.story}" dir="auto"></textarea>
<label class="choice"><input type="checkbox" name="agrees" value="yes" required><span>${consentOf(view)}</span></label><p><button>${t('community.page.shareStory')}</button></p></form>
<h2>${t('community.page.leaveTitle')}</h2><div class="row"><form method="post" action="${path(view, '/out')}">${guard(view)}<button class="second">${t('community.page.signOut')}</button></form></div>
<details><summary>${t('community.page.leave')}</summary><p>${t('community.page.leaveText')}</p><form method="post" action="${path(view, '/leave')}">${guard(view)}<button class="second">${t('community.page.leaveNow')}</button></form></details>`;
}

/** The very words to which they agree; kept with the story. */
export const consentOf = ({ t, place, person }: View): string =>
  t('community.page.consent', { workspace: place.workspace, name: person?.name ?? '' });
