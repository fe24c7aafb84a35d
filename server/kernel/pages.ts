import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { localeOf } from './http.ts';
import { type Locale, translator } from './messages.ts';

// Pages of ours for people who have no account here: written by the server, without scripts, and read by everybody's browser.

/** Markup that is safe to stand in a page. Made by `html` alone. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

type Part = Markup | string | number | null | undefined | false | readonly Part[];

function write(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (part === null || part === undefined || part === false) return '';
  if (Array.isArray(part)) return part.map(write).join('');
  return String(part).replaceAll(/[&<>"']/g, (sign) => signs[sign]!);
}

/** A template whose blanks are escaped, unless they are markup themselves; what is null or false is left out. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(
    strings.reduce((text, string, at) => text + string + (at < parts.length ? write(parts[at]) : ''), ''),
  );
}

/** What people wrote, with its lines; in whichever direction it is written. */
export const written = (text: string): Markup =>
  html`<p class="written" dir="auto">${text.split(/\r?\n/).map((line, at) => [at > 0 && html`<br>`, line])}</p>`;

export interface PublicPage {
  locale: Locale;
  title: string;
  body: Markup;
  status?: number;
  /** As wide as a list of several things needs it. */
  wide?: boolean;
}

/** Sends a page: for its reader alone, for no search engine, with nothing loaded from anywhere. */
export function sendPage(
  reply: FastifyReply,
  { locale, title, body, status = 200, wide = false }: PublicPage,
): FastifyReply {
  const page = html`<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex, nofollow"><title>${title}</title><style>${new Markup(style)}</style></head>
<body><main${new Markup(wide ? ' class="wide"' : '')}>${body}</main></body></html>`;
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('x-robots-tag', 'noindex, nofollow')
    .header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    .type('text/html; charset=utf-8')
    .send(`<!doctype html>${page.text}`);
}

/**
 * Refuses what a page of another site sends: by it somebody would be signed in, or answer, without having meant to. Browsers say where a form comes
 * from (Fetch Metadata, `Sec-Fetch-Site`); who says nothing is no browser, or an old one.
 */
async function refuseForeign(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const from = request.headers['sec-fetch-site'];
  if (request.method !== 'POST' || from === undefined || from === 'same-origin') return undefined;
  const { lang } = request.query as Record<string, unknown>;
  const locale = lang === 'fr' || lang === 'en' ? lang : localeOf(request);
  const t = translator(locale);
  const title = t('error.foreign_form');
  const body = html`<h1>${title}</h1><p>${t('error.foreign_form.text')}</p>`;
  return sendPage(reply, { locale, status: 403, title, body });
}

/** Adds routes whose bodies are forms of such pages; `formOf` reads them. Forms of other sites are refused. */
export function registerPages(server: FastifyInstance, add: (scope: FastifyInstance) => void): void {
  void server.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 200_000 },
      (_request, body, done) => done(null, body),
    );
    scope.addHook('onRequest', refuseForeign);
    add(scope);
  });
}

/** What was filled in. U+0000 cannot be kept; line ends are ours. */
export function formOf({ body }: Pick<FastifyRequest, 'body'>): URLSearchParams {
  const sent = new URLSearchParams(typeof body === 'string' ? body : '');
  const ours = (text: string) => text.replaceAll('\u0000', '').replaceAll('\r\n', '\n');
  return new URLSearchParams([...sent].map(([name, value]) => [ours(name), ours(value)]));
}

const style = `:root{color-scheme:light dark;--ink:light-dark(#2b2926,#e8e4de);--quiet:light-dark(#66615a,#a8a299);--paper:light-dark(#faf8f5,#1c1b19);--card:light-dark(#fff,#262421);--line:light-dark(#ddd7ce,#403c37);--accent:light-dark(#0f6b5c,#4db6a2);--on-accent:light-dark(#fff,#10201d);--alert:light-dark(#a3261b,#ff9c8f)}
*{box-sizing:border-box}body{font:17px/1.5 "Source Sans 3",system-ui,sans-serif;margin:0;background:var(--paper);color:var(--ink)}
main{max-width:36rem;margin:0 auto;padding:clamp(1.25rem,6vh,4rem) 1.25rem 4rem}main.wide{max-width:48rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .75rem}h2{font-size:1.2rem;line-height:1.3;margin:2rem 0 .5rem}h3{font-size:1.05rem;margin:0 0 .25rem}
h1,h2,h3,p,li,legend{overflow-wrap:anywhere}p{margin:0 0 .75rem}a{color:var(--accent)}.quiet{color:var(--quiet);font-size:.9rem}.alert{color:var(--alert);font-weight:600}.notice{color:var(--accent);font-weight:600}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:0 0 1.5rem;padding-bottom:.75rem;border-bottom:1px solid var(--line)}nav a,nav button{padding:.35rem 0}
fieldset{border:0;margin:1.75rem 0;padding:0;min-width:0}legend{font-weight:600;padding:0;margin-bottom:.5rem}
label{display:block;font-weight:600;margin:1.25rem 0 .35rem}label.choice{display:flex;gap:.6rem;align-items:flex-start;font-weight:400;margin:0;padding:.5rem 0}
input[type=radio],input[type=checkbox]{width:1.25rem;height:1.25rem;margin:.15rem 0 0;flex:none;accent-color:var(--accent)}
input[type=text],input[type=email],textarea,select{font:inherit;width:100%;padding:.6rem .75rem;color:inherit;background:var(--card);border:1px solid var(--quiet);border-radius:8px}textarea{min-height:7rem;resize:vertical}textarea+button,form>button{margin-top:1rem}.row form>button{margin-top:0}
button,.button{font:inherit;font-weight:600;border:0;border-radius:8px;padding:.7rem 1.4rem;min-height:2.75rem;background:var(--accent);color:var(--on-accent);cursor:pointer;text-decoration:none;display:inline-block}
button.plain{background:none;color:var(--accent);padding:.35rem .5rem;min-height:2rem;text-decoration:underline;font-weight:400}button.second{background:none;color:var(--ink);box-shadow:inset 0 0 0 1px var(--quiet)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}.scale{display:flex;flex-wrap:wrap;gap:.4rem}.scale label{margin:0;position:relative;font-weight:600}
.scale input{position:absolute;inset:0;width:100%;height:100%;opacity:0;margin:0;cursor:pointer}.scale span{display:grid;place-items:center;min-width:2.75rem;min-height:2.75rem;padding:0 .5rem;border:1px solid var(--quiet);border-radius:8px;background:var(--card)}
.scale input:checked+span{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}.scale input:focus-visible+span{outline:3px solid var(--accent);outline-offset:2px}.ends{display:flex;justify-content:space-between;gap:1rem;margin-top:.35rem}
ul.list{list-style:none;margin:0;padding:0}ul.list>li{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem;margin:0 0 .75rem}.row{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center}.row form{margin:0}.row:not(:empty){margin-bottom:.5rem}
.tag{font-size:.85rem;border:1px solid var(--quiet);border-radius:999px;padding:.1rem .65rem}.staff{font-size:.8rem;font-weight:600;background:var(--accent);color:var(--on-accent);border-radius:999px;padding:.1rem .6rem}bdi{unicode-bidi:isolate}
.written{unicode-bidi:plaintext}details{margin:.5rem 0}summary{cursor:pointer;color:var(--accent);padding:.25rem 0}`;
