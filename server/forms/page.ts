import { createHash } from 'node:crypto';
import type { Refusal } from '../attributes/contract.ts';
import type { Asking, Question } from '../collection/asking.ts';
import { type FormField, type FormLanguage, type FormSettings, languagesOf } from '../conversations/channels/form.ts';
import type { OpenEvent } from '../events/registering.ts';
import type { Translate } from '../kernel/messages.ts';
import { escapeHtml } from '../outreach/letters.ts';
import type { Asked, Registration } from './confirming.ts';
import { type Answers, labelOf, trackingKey, type Wrong } from './rules.ts';

/** Pages of ours that strangers see: they work without JavaScript, and bring nothing from elsewhere. */

const style = `:root{color-scheme:light dark;--accent:light-dark(#0f6b5c,#4db6a2);--on:light-dark(#fff,#10201d);--text:light-dark(#2b2926,#e8e4de);--quiet:light-dark(#655f55,#aea89c);--line:light-dark(#8d8677,#7d776b);--loss:light-dark(#a12b1f,#ff9d8f);--ground:light-dark(#faf8f5,#1c1b19);--field:light-dark(#fff,#262421)}
*{box-sizing:border-box}body{font:17px/1.5 "Source Sans 3",system-ui,sans-serif;margin:0;background:var(--ground);color:var(--text);overflow-wrap:anywhere}
main{max-width:36rem;margin:0 auto;padding:2rem 1.25rem}h1{font-size:1.6rem;line-height:1.25;margin:0 0 .75rem}p{margin:0 0 1rem}
.lines{white-space:pre-line}.quiet{color:var(--quiet);font-size:.9rem}form+.quiet{margin-top:1.25rem}.tongue{text-align:right;margin:0 0 .5rem}a{color:var(--accent)}
.q{margin:0 0 1.25rem;border:0;padding:0;min-width:0}label,legend{display:block;font-weight:600;margin:0 0 .3rem;padding:0}.q .one{display:flex;gap:.6rem;font-weight:400;padding:.45rem 0;margin:0}
input[type=text],input[type=email],input[type=tel],input[type=date],select,textarea{font:inherit;width:100%;padding:.6rem .7rem;border:1px solid var(--line);border-radius:8px;background:var(--field);color:inherit}
textarea{min-height:8rem;resize:vertical}input[type=checkbox],input[type=radio]{flex:none;width:1.25rem;height:1.25rem;margin:.15rem 0 0;accent-color:var(--accent)}
fieldset{border:0;margin:0 0 1rem;padding:0;min-width:0}details{margin:0 0 1.25rem}summary{cursor:pointer;color:var(--accent);padding:.35rem 0}fieldset label{margin-top:.5rem}
button{font:inherit;font-weight:600;border:0;border-radius:8px;padding:.75rem 1.5rem;min-height:44px;background:var(--accent);color:var(--on);cursor:pointer}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}.wrong{color:var(--loss);font-weight:600;font-size:.95rem;margin:.3rem 0 0}input[aria-invalid=true],textarea[aria-invalid=true]{border:2px solid var(--loss)}
[role=alert]{border-left:4px solid var(--loss);padding:.5rem 1rem;margin:0 0 1.5rem}[role=alert] ul{margin:.3rem 0 0;padding-left:1.2rem}
.away{position:absolute;left:-9999px;width:1px;height:1px;overflow:hidden}blockquote{margin:.25rem 0 .75rem;padding-left:.8rem;border-left:3px solid var(--line);white-space:pre-line}`;

/** The only style that the page's policy lets in. */
export const styleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

interface Document {
  language: FormLanguage;
  title: string;
  body: string;
  /** It stands in a page of somebody else's, which is told how tall it is. */
  framed?: boolean;
}

function toDocument({ language, title, body, framed = false }: Document): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>${style}</style>${framed ? '<script src="/form-frame.js" defer></script>' : ''}</head><body><main>${body}</main></body></html>`;
}

export interface Shown {
  settings: FormSettings;
  company: string;
  language: FormLanguage;
  t: Translate;
  stamp: string;
  framed: boolean;
  /** Of the browser, where its owner agreed to being known; empty: nothing is known. */
  visitor?: string;
  /** What was typed, where it is shown again. */
  answers?: Answers;
  wrong?: ReadonlyMap<string, Wrong>;
  /** What the collection plan asks besides; what was typed there, and what of it cannot be. */
  asking?: Asking<Question> | undefined;
  typed?: (no: number) => readonly string[];
  impossible?: ReadonlyMap<number, Refusal> | undefined;
  /** How often something was answered there that cannot be. */
  tries?: number;
  /** Of a contact whom we sent here. */
  token?: string | undefined;
  /** It asks whether opens and clicks may be seen. */
  tracking?: boolean;
  /** Why it could not be taken, though nothing is wrong with what was typed. */
  trouble?: 'early' | 'stale' | 'busy' | undefined;
  /** The event for which it registers. */
  event?: ShownEvent | undefined;
}

/** What an event's page says above the form, and asks below it. */
export interface ShownEvent {
  title: string;
  /** When, where, what. */
  lines: string[];
  standing: OpenEvent['standing'];
  companions: string;
}

/** A form to be filled in; what was typed before stands in it. */
export function formPage(shown: Shown): string {
  const { settings, language, framed } = shown;
  const title = shown.event?.title ?? settings.title[language];
  const body = `${tongues(shown)}<h1>${escapeHtml(title)}</h1>${about(shown)}${lines(settings.intro[language])}${problems(shown)}${formItself(shown, '')}`;
  return toDocument({ language, title, body, framed });
}

/** The form as it stands within a page of ours; sent, it leads to its own. @param address of its own page */
export function formWithin(shown: Shown, address: string): string {
  const { settings, language, t } = shown;
  if (!shown.stamp) return `<p class="quiet">${escapeHtml(t('forms.page.rests'))}</p>`;
  return `<h2>${escapeHtml(settings.title[language])}</h2>${lines(settings.intro[language])}${formItself(shown, address)}`;
}

function formItself(shown: Shown, address: string): string {
  const { settings, language, t, company, framed, stamp, visitor, answers } = shown;
  const party = shown.event?.companions ?? '';
  const fields = settings.fields.map((field) => question(field, shown)).join('') + party + missing(shown);
  const consents = settings.consents
    .map(
      ({ key, words }) =>
        `<div class="q"><label class="one"><input type="checkbox" name="c_${key}" value="1"${answers?.agreed.has(key) ? ' checked' : ''}><span>${escapeHtml(words[language])}</span></label></div>`,
    )
    .join('');
  const seeing = shown.tracking ? trackingPart(shown) : '';
  return `
<form method="post" action="${escapeHtml(address)}?lang=${language}${framed ? '&amp;frame=1' : ''}${shown.token ? `&amp;k=${encodeURIComponent(shown.token)}` : ''}" novalidate>${fields}${consents}${seeing}
<div class="away" aria-hidden="true"><label>${escapeHtml(t('forms.page.trap'))}<input type="text" name="website" tabindex="-1" autocomplete="off"></label></div>
<input type="hidden" name="stamp" value="${escapeHtml(stamp)}">${shown.tries ? `<input type="hidden" name="tries" value="${shown.tries}">` : ''}${visitor ? `<input type="hidden" name="visitor" value="${escapeHtml(visitor)}">` : ''}<button>${escapeHtml(t('forms.page.send'))}</button></form>
<p class="quiet">${escapeHtml(t('forms.page.who', { company }))}</p>`;
}

/** What an event is, and that who registers now has to wait. */
const about = ({ event, t }: Pick<Shown, 'event' | 't'>): string =>
  (event?.lines ?? []).map(lines).join('') +
  (event?.standing === 'waiting' ? `<p role="status">${escapeHtml(t('forms.event.waiting'))}</p>` : '');

/** Nobody can register any more, or not now. */
export function closedPage({
  event,
  language,
  framed,
  t,
}: Pick<Shown, 'language' | 't' | 'framed'> & { event: ShownEvent }): string {
  const said = `<p role="status">${escapeHtml(t(`forms.event.${event.standing}`))}</p>`;
  const body = `<h1>${escapeHtml(event.title)}</h1>${about({ event, t })}${said}`;
  return toDocument({ language, title: event.title, framed, body });
}

/** A box of its own, never ticked beforehand: nothing else depends on it. */
const trackingPart = ({ answers, company, t }: Pick<Shown, 'answers' | 'company' | 't'>): string =>
  `<div class="q"><label class="one"><input type="checkbox" name="c_${trackingKey}" value="1"${answers?.agreed.has(trackingKey) ? ' checked' : ''}><span>${escapeHtml(t('forms.page.tracking', { company }))}</span></label></div>`;

const lines = (text: string): string => (text === '' ? '' : `<p class="lines">${escapeHtml(text)}</p>`);

/** The same form in its other language. */
function tongues({ settings, language, framed, t }: Shown): string {
  const other = languagesOf(settings).find((one) => one !== language);
  if (!other) return '';
  return `<p class="tongue"><a href="?lang=${other}${framed ? '&amp;frame=1' : ''}" hreflang="${other}" lang="${other}">${escapeHtml(t(`forms.page.in.${other}`))}</a></p>`;
}

/** What is wrong, above all, each leading to its place. */
function problems({ settings, language, wrong, asking, impossible, trouble, t }: Shown): string {
  if (trouble) return `<div role="alert"><p>${escapeHtml(t(`forms.page.trouble.${trouble}`))}</p></div>`;
  if (!wrong || wrong.size + (impossible?.size ?? 0) === 0) return '';
  const items = settings.fields
    .filter(({ key }) => wrong.has(key))
    .map((field) => {
      const target = field.kind === 'choice' || field.kind === 'yesno' ? `f_${field.key}_0` : `f_${field.key}`;
      return `<li><a href="#${target}">${escapeHtml(labelOf(field, language, t))}</a></li>`;
    })
    .concat(
      (asking?.asked ?? [])
        .filter(({ attributeNo }) => impossible?.has(attributeNo))
        .map((one) => `<li><a href="#p_${one.attributeNo}">${escapeHtml(askedIn(one, language))}</a></li>`),
    );
  return `<div role="alert"><p>${escapeHtml(t('forms.page.wrong', { count: items.length }))}</p><ul>${items.join('')}</ul></div>`;
}

const autocomplete: Partial<Record<FormField['kind'], string>> = {
  name: 'name',
  email: 'email',
  phone: 'tel',
  company: 'organization',
};
const types: Partial<Record<FormField['kind'], string>> = { email: 'email', phone: 'tel' };
const mostLetters: Partial<Record<FormField['kind'], number>> = { email: 254, phone: 40, message: 10_000 };

function question(field: FormField, { language, t, answers, wrong }: Shown): string {
  const { key, kind, required } = field;
  const id = `f_${key}`;
  const value = answers?.typed.get(key) ?? '';
  const what = wrong?.get(key);
  const problem = what ? `<p class="wrong" id="${id}_wrong">${escapeHtml(t(`forms.page.wrong.${what}`))}</p>` : '';
  const label = `${escapeHtml(labelOf(field, language, t))}${required ? '' : ` <span class="quiet">${escapeHtml(t('forms.page.optional'))}</span>`}`;
  const said = `${what ? ` aria-invalid="true" aria-describedby="${id}_wrong"` : ''}${required ? ' required' : ''}`;
  if (kind === 'choice' || kind === 'yesno') {
    const options =
      kind === 'choice'
        ? field.choices.map((choice, no): [string, string] => [String(no), choice[language]])
        : (['yes', 'no'] as const).map((one): [string, string] => [one, t(`forms.page.${one}`)]);
    const radios = options.map(
      ([option, words], no) =>
        `<label class="one"><input type="radio" name="${id}" id="${id}_${no}" value="${option}"${value === option ? ' checked' : ''}${said}><span>${escapeHtml(words)}</span></label>`,
    );
    return `<fieldset class="q"><legend>${label}</legend>${radios.join('')}${problem}</fieldset>`;
  }
  const common = `id="${id}" name="${id}" maxlength="${mostLetters[kind] ?? 300}"${said}`;
  const input =
    kind === 'message'
      ? `<textarea ${common}>\n${escapeHtml(value)}</textarea>`
      : `<input type="${types[kind] ?? 'text'}" ${common} value="${escapeHtml(value)}"${autocomplete[kind] ? ` autocomplete="${autocomplete[kind]}"` : ''}>`;
  return `<div class="q"><label for="${id}">${label}</label>${input}${problem}</div>`;
}

const askedIn = (one: Question, language: FormLanguage): string => one[language] || one.name;

/** What the collection plan asks: none of it has to be answered, and nothing of what is known stands there. */
function missing(shown: Shown): string {
  const { asking, t } = shown;
  if (!asking || asking.asked.length === 0) return '';
  const questions = asking.asked.map((one) => missingOne(one, shown)).join('');
  return `<p class="quiet">${escapeHtml(t('forms.page.missing'))}</p>${questions}`;
}

function missingOne(one: Question, { language, t, typed, impossible }: Shown): string {
  const { attributeNo: no, type, many, choices, unit } = one;
  const id = `p_${no}`;
  const said = typed?.(no) ?? [];
  const what = impossible?.get(no);
  const problem = what ? `<p class="wrong" id="${id}_wrong">${escapeHtml(t(`attributes.refused.${what}`))}</p>` : '';
  const invalid = what ? ` aria-invalid="true" aria-describedby="${id}_wrong"` : '';
  const label = `${escapeHtml(askedIn(one, language))}${unit ? ` (${escapeHtml(unit)})` : ''} <span class="quiet">${escapeHtml(t('forms.page.optional'))}</span>`;
  if (type === 'choice' || type === 'boolean') {
    const options =
      type === 'choice'
        ? choices.map((choice): [string, string] => [choice.key, choice[language]])
        : (['yes', 'no'] as const).map((answer): [string, string] => [answer, t(`forms.page.${answer}`)]);
    const inputs = options.map(
      ([option, words], at) =>
        `<label class="one"><input type="${many ? 'checkbox' : 'radio'}" name="${id}" id="${at === 0 ? id : `${id}_${at}`}" value="${option}"${said.includes(option) ? ' checked' : ''}${invalid}><span>${escapeHtml(words)}</span></label>`,
    );
    return `<fieldset class="q"><legend>${label}</legend>${inputs.join('')}${problem}</fieldset>`;
  }
  const kind = type === 'date' ? 'type="date"' : type === 'number' ? 'type="text" inputmode="decimal"' : 'type="text"';
  return `<div class="q"><label for="${id}">${label}</label><input ${kind} id="${id}" name="${id}" maxlength="500"${invalid} value="${escapeHtml(said[0] ?? '')}">${problem}</div>`;
}

/** What is shown once it was sent: the same whoever sent it. */
export function thanksPage({
  settings,
  language,
  t,
  framed,
  event,
}: Pick<Shown, 'settings' | 'language' | 't' | 'framed' | 'event'>): string {
  const title = t('forms.page.thanks');
  const mail = settings.confirm ? `<p>${escapeHtml(t('forms.page.confirm'))}</p>` : '';
  // Before they confirm, there is no place.
  const thanks = event ? t('forms.event.thanks') : settings.thanks[language] || t('forms.page.thanksText');
  const body = `<h1>${escapeHtml(title)}</h1>${lines(thanks)}${mail}`;
  return toDocument({ language, title, body, framed });
}

/** The form is at rest. */
export function restingPage({
  language,
  t,
  framed,
  settings,
}: Pick<Shown, 'settings' | 'language' | 't' | 'framed'>): string {
  const title = settings.title[language];
  return toDocument({
    language,
    title,
    framed,
    body: `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(t('forms.page.rests'))}</p>`,
  });
}

const dated = (at: Date, language: FormLanguage): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone: 'Europe/Paris' }).format(at);

/** The page behind the link of a mail: what was sent with this address, and a button. */
export function confirmPage(about: Asked, language: FormLanguage, t: Translate): string {
  const { workspace, pending, first, used } = about;
  const { tracking } = about;
  if (pending.length === 0)
    return plainPage(
      language,
      t(used ? 'forms.confirm.before' : 'forms.confirm.over'),
      seenPart(workspace, tracking, t),
    );
  const title = t('forms.confirm.title', { workspace });
  const items = pending.map(({ submission_id, settings, locale, created_at, consents, excerpt, event_name }) => {
    const asked = consents.map(({ words }) => `<li>${escapeHtml(words)}</li>`).join('');
    const words = excerpt === '' ? '' : `<blockquote>${escapeHtml(excerpt)}</blockquote>`;
    // Who asked for the mail may be a stranger: beside others it is for the person to say which are theirs.
    const ticked = submission_id === first && pending.length === 1 ? ' checked' : '';
    return `<div class="q"><label class="one"><input type="checkbox" name="sent" value="${submission_id}"${ticked}><span>${escapeHtml(event_name?.[locale] ?? settings.title[locale])}, ${escapeHtml(dated(created_at, language))}</span></label>${words}${asked && `<p>${escapeHtml(t('forms.confirm.agree'))}</p><ul>${asked}</ul>`}</div>`;
  });
  const body = `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(t('forms.confirm.text'))}</p><form method="post">${items.join('')}<button>${escapeHtml(t('forms.confirm.button'))}</button></form><p class="quiet">${escapeHtml(t('forms.confirm.not'))}</p>`;
  return toDocument({ language, title, body });
}

/** What came of it, with what an earlier objection of theirs keeps from standing. */
export function confirmedPage(
  { workspace, pending, registered = [], tracking }: Asked,
  language: FormLanguage,
  t: Translate,
): string {
  const held = pending.flatMap(({ consents }) => consents).some(({ granted }) => granted === false);
  return plainPage(
    language,
    t('forms.confirm.done'),
    `${registered.map((one) => registeredPart(one, language, t)).join('') || `<p>${escapeHtml(t('forms.confirm.doneText'))}</p>`}${held ? `<p>${escapeHtml(t('forms.confirm.held'))}</p>` : ''}${seenPart(workspace, tracking, t)}`,
  );
}

/** What they agreed to about being seen is taken back where it was given. */
function seenPart(workspace: string, tracking: boolean, t: Translate): string {
  if (!tracking) return '';
  return `<p>${escapeHtml(t('mail.tracking.on', { workspace }))}</p><form method="post"><input type="hidden" name="tracking" value="off"><button>${escapeHtml(t('mail.tracking.stop'))}</button></form>`;
}

function registeredPart({ outcome, url, event }: Registration, language: FormLanguage, t: Translate): string {
  const said = escapeHtml(t(`forms.event.outcome.${outcome}`, { event: event[language] }));
  const link = url ? `<p><a href="${escapeHtml(url)}">${escapeHtml(t('forms.event.page'))}</a></p>` : '';
  return `<p role="status">${said}</p>${link}`;
}

export const plainPage = (language: FormLanguage, title: string, body: string): string =>
  toDocument({ language, title, body: `<h1>${escapeHtml(title)}</h1>${body}` });
