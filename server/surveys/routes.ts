import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { localeOf, type Routes } from '../kernel/http.ts';
import { type Locale, type Translate, translator } from '../kernel/messages.ts';
import { formOf, html, type Markup, registerPages, sendPage, written } from '../kernel/pages.ts';
import { answer, type Taken, type Visit, visit } from './answering.ts';
import { type Question, surveyPath } from './contract.ts';
import { type Given, mostWritten, rangeOf, readAnswers } from './rules.ts';

/** Of one address; a guesser of tokens is no use to anybody. */
const limit = { rateLimit: { max: 120, timeWindow: '1 minute' } };

type Asking = FastifyRequest<{ Params: { token: string }; Querystring: Record<string, string> }>;

/** The page of a survey, for people without an account. Looking records nothing; a number in the address is chosen, and kept by the button. */
export const surveysRoutes: Routes = (server, app) => {
  registerPages(server, (scope) => {
    scope.get(surveyPath, { config: limit }, async (request: Asking, reply) => {
      const found = await visit(app, request.params.token);
      const outcome = !found ? 'unknown' : found.done ? 'done' : found.survey.closed_at ? 'closed' : 'ask';
      const chosen = found ? readAnswers(found.survey.questions, new URLSearchParams(request.query)).given : {};
      return show(request, reply, outcome, found && { ...found, given: { ...found.given, ...chosen } }, []);
    });
    scope.post(surveyPath, { config: limit }, async (request: Asking, reply) => {
      const taken = await answer(app, request.params.token, formOf(request));
      return show(request, reply, taken.outcome, taken.visit, taken.missing);
    });
  });
};

/** The reader may choose; else it is the language in which they were asked, else their browser's. */
function spokenBy(request: Asking, found: Visit | null): Locale {
  const { lang } = request.query;
  return lang === 'fr' || lang === 'en' ? lang : (found?.locale ?? localeOf(request));
}

function show(
  request: Asking,
  reply: FastifyReply,
  outcome: Taken['outcome'] | 'ask',
  found: Visit | null,
  missing: readonly string[],
): FastifyReply {
  const locale = spokenBy(request, found);
  const t = translator(locale);
  const status = outcome === 'unknown' ? 404 : outcome === 'missing' ? 422 : 200;
  if (found && (outcome === 'ask' || outcome === 'missing'))
    return sendPage(reply, {
      locale,
      status,
      title: found.survey.workspace,
      body: questionsPage(t, locale, found, outcome, missing),
    });
  const changeable = outcome === 'kept' && found !== null && !found.survey.anonymous && found.locale !== null;
  const title = t(`surveys.page.${outcome}`);
  const body = html`<h1>${title}</h1><p>${t(`surveys.page.${outcome}.text`, { workspace: found?.survey.workspace ?? '' })}</p>
${changeable && html`<p><a href="?lang=${locale}">${t('surveys.page.change')}</a></p>`}`;
  return sendPage(reply, { locale, status, title, body });
}

function questionsPage(
  t: Translate,
  locale: Locale,
  { survey, given }: Visit,
  outcome: 'ask' | 'missing',
  missing: readonly string[],
): Markup {
  const other = locale === 'fr' ? 'en' : 'fr';
  const intro = locale === 'fr' ? survey.intro_fr : survey.intro_en;
  return html`<nav aria-label="${t('surveys.page.language')}"><a href="?lang=${other}" lang="${other}" hreflang="${other}">${other === 'fr' ? 'Français' : 'English'}</a></nav>
<h1>${t('surveys.page.title', { workspace: survey.workspace })}</h1>
${intro !== '' && written(intro)}
<p class="quiet">${t(survey.anonymous ? 'surveys.page.anonymous' : 'surveys.page.named', { workspace: survey.workspace })}</p>
${outcome === 'missing' && html`<p class="alert" role="alert">${t('surveys.page.missing')}</p>`}
<form method="post" action="?lang=${locale}"><input type="hidden" name="answer" value="${randomUUID()}">
${survey.questions.map((one) => fieldOf(t, locale, one, given, missing.includes(one.id)))}
<button>${t('surveys.page.send')}</button></form>`;
}

function fieldOf(t: Translate, locale: Locale, question: Question, given: Given, missing: boolean): Markup {
  const { id, kind, required } = question;
  const name = `q_${id}`;
  const words = html`${question.text[locale]}${!required && html` <span class="quiet">${t('surveys.page.optional')}</span>`}`;
  const alert = missing && html`<p class="alert" id="${name}_alert">${t('surveys.page.needed')}</p>`;
  if (kind === 'text')
    return html`<label for="${name}">${words}</label>${alert}<textarea id="${name}" name="${name}" maxlength="${mostWritten}" dir="auto">${given[id] ?? ''}</textarea>`;
  const tick = (value: number) => html`value="${value}"${given[id] === value && html` checked`}`;
  if (kind === 'choice')
    return html`<fieldset><legend>${words}</legend>${alert}${question.choices.map(
      (choice, at) =>
        html`<label class="choice"><input type="radio" name="${name}" ${tick(at)}><span>${choice[locale]}</span></label>`,
    )}</fieldset>`;
  const [low, high] = rangeOf(question)!;
  const values = Array.from({ length: high - low + 1 }, (_, at) => low + at);
  return html`<fieldset><legend>${words}</legend>${alert}<div class="scale">${values.map(
    (value) =>
      html`<label><input type="radio" name="${name}" ${tick(value)} aria-label="${t('surveys.page.of', { value, high })}"><span aria-hidden="true">${value}</span></label>`,
  )}</div><div class="ends quiet"><span>${t(`surveys.scale.${kind}.low`)}</span><span>${t(`surveys.scale.${kind}.high`)}</span></div></fieldset>`;
}
