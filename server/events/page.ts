import qrcode from 'qrcode-generator';
import type { Locale, Translate } from '../kernel/messages.ts';
import { html, type Markup, written } from '../kernel/pages.ts';
import { type CompanionName, mostBadge } from './rules.ts';
import type { Taken, Visit } from './visiting.ts';
import { wordsOf } from './words.ts';

// What the page of a guest says: without scripts, for whoever holds the link.

export interface Shown {
  outcome: Taken['outcome'] | 'ask';
  /** What the mail's link had them choose, or what they just sent. */
  coming: boolean | null;
  companions: number | null;
  badge: string;
  /** Whom they named, where it is shown again; null: as it stands. */
  names: readonly CompanionName[] | null;
  locale: Locale;
  t: Translate;
}

/** The code that the door reads: dark on white, because not every scanner reads the reverse. */
function ticket(text: string, label: string): Markup {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const rows = Array.from({ length: count }, (_, row) => row);
  const path = rows.flatMap((y) => rows.filter((x) => code.isDark(y, x)).map((x) => `M${x} ${y}h1v1h-1z`)).join('');
  return html`<svg role="img" aria-label="${label}" width="240" height="240" viewBox="-4 -4 ${count + 8} ${count + 8}" shape-rendering="crispEdges"><rect x="-4" y="-4" width="${count + 8}" height="${count + 8}" fill="#fff"/><path d="${path}" fill="#000"/></svg>`;
}

/** @param token the guest's, which their code holds */
export function guestPage(visit: Visit, token: string, shown: Shown): Markup {
  const { event, guest, open } = visit;
  const { t, locale, outcome } = shown;
  const other = locale === 'fr' ? 'en' : 'fr';
  const words = wordsOf(event, locale);
  const link = event.online_url && guest.state === 'coming';
  return html`<nav aria-label="${t('events.page.language')}"><a href="?lang=${other}" lang="${other}" hreflang="${other}">${other === 'fr' ? 'Français' : 'English'}</a></nav>
${noticeOf(visit, shown)}
<p class="quiet">${t('events.page.from', { workspace: event.workspace })}</p><h1>${words.event}</h1>
<p><strong>${words.when}</strong></p>${words.where && html`<p>${words.where}</p>`}${event.cancelled_at === null && words.intro !== '' && written(words.intro)}
${event.cancelled_at ? html`<p class="alert">${t('events.page.cancelled')}</p>` : standing(visit, token, shown)}
${link && html`<p><a class="button" href="${event.online_url}" rel="noreferrer">${t('events.page.online')}</a></p>`}
${open ? form(visit, shown) : event.cancelled_at === null && outcome !== 'closed' && html`<p class="quiet">${t('events.page.closed')}</p>`}
<p class="quiet">${t('events.page.own', { workspace: event.workspace })}</p>`;
}

function noticeOf({ guest }: Visit, { outcome, t }: Shown): Markup | null {
  if (outcome === 'kept')
    return html`<p class="notice" role="status">${t(`events.page.kept.${guest.state}`, { companions: guest.companions })}</p>`;
  if (outcome === 'full' || outcome === 'missing' || outcome === 'closed')
    return html`<p class="alert" role="alert">${t(`events.page.${outcome}`)}</p>`;
  return null;
}

/** Where they stand: their code and their calendar's entry, or their place among those who wait. */
function standing({ guest }: Visit, token: string, { t, outcome }: Shown): Markup | null {
  if (guest.state === 'invited') return null;
  const said =
    outcome !== 'kept' &&
    html`<p class="notice">${t(`events.page.now.${guest.state}`, { companions: guest.companions })}</p>`;
  if (guest.state !== 'coming') return html`${said}`;
  return html`${said}<p>${ticket(token, t('events.page.ticket'))}</p><p class="quiet">${t('events.page.ticketText')}</p>
<p><a class="button" href="/e/${token}/event.ics">${t('events.page.calendar')}</a></p>`;
}

function form({ event, guest, party }: Visit, { t, locale, ...shown }: Shown): Markup {
  const coming = shown.coming ?? (guest.state === 'invited' ? null : guest.state !== 'declined');
  const companions = shown.companions ?? guest.companions;
  const tick = (value: boolean) => coming === value && html` checked`;
  return html`<form method="post" action="?lang=${locale}"><fieldset><legend>${t(guest.state === 'invited' ? 'events.page.ask' : 'events.page.change')}</legend>
<label class="choice"><input type="radio" name="coming" value="yes" required${tick(true)}><span>${t('events.page.coming')}</span></label>
<label class="choice"><input type="radio" name="coming" value="no"${tick(false)}><span>${t('events.page.declining')}</span></label></fieldset>
<label for="badge">${t('events.page.badge')}</label><input type="text" id="badge" name="badge" maxlength="${mostBadge}" value="${shown.badge}" autocomplete="name" dir="auto"><p class="quiet">${t('events.page.badgeHelp')}</p>
${companionsPart({ most: event.most_companions, count: companions, names: shown.names ?? party, t })}
<p><button>${t('events.page.send')}</button></p></form>`;
}

/** How many somebody brings along, and their names, which nobody has to say. */
export function companionsPart({
  most,
  count,
  names,
  t,
}: {
  most: number;
  count: number;
  names: readonly CompanionName[];
  t: Translate;
}): Markup | false {
  if (most === 0) return false;
  const numbers = Array.from({ length: most + 1 }, (_, at) => at);
  const lines = numbers.slice(1).map((no) => {
    const one = (part: keyof CompanionName) =>
      html`<label for="${part}_${no}">${t(`events.page.companion.${part}`)}</label><input type="text" id="${part}_${no}" name="${part}_${no}" maxlength="${mostBadge}" value="${names[no - 1]?.[part] ?? ''}" autocomplete="off" dir="auto">`;
    return html`<fieldset><legend>${t('events.page.companion', { no })}</legend>${one('given')}${one('family')}</fieldset>`;
  });
  return html`<label for="companions">${t('events.page.companions')}</label><select id="companions" name="companions">${numbers.map(
    (one) => html`<option value="${one}"${one === count && html` selected`}>${one}</option>`,
  )}</select>
<details${names.length > 0 && html` open`}><summary>${t('events.page.companions.names')}</summary><p class="quiet">${t('events.page.companions.help')}</p>${lines}</details>`;
}
