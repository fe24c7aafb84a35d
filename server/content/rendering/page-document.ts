import { createHash } from 'node:crypto';
import type { Language } from '../blocks-contract.ts';
import { escaped } from './slots.ts';

// The document that a page of ours stands in, and its one style: also that of the form below it.

/** By which a preview says what browsers decide by their reader's setting. */
export const bothSchemes = 'color-scheme:light dark';

const style = `:root{${bothSchemes};--accent:light-dark(#0f6b5c,#4db6a2);--on:light-dark(#fff,#10201d);--text:light-dark(#2b2926,#e8e4de);--quiet:light-dark(#655f55,#aea89c);--line:light-dark(#8d8677,#7d776b);--loss:light-dark(#a12b1f,#ff9d8f);--ground:light-dark(#faf8f5,#1c1b19);--field:light-dark(#fff,#262421)}
*{box-sizing:border-box}body{font:18px/1.55 "Source Sans 3",system-ui,sans-serif;margin:0;background:var(--ground);color:var(--text);overflow-wrap:anywhere}
main{max-width:44rem;margin:0 auto;padding:2.5rem 1.25rem 3rem}h1{font-size:clamp(1.8rem,5vw,2.5rem);line-height:1.15;margin:0 0 1.25rem;text-wrap:balance}h2{font-size:1.35rem;line-height:1.25;margin:2rem 0 .6rem}p,ul,ol{margin:0 0 1rem}ul,ol{padding-left:1.4rem}li{margin:0 0 .3rem}a{color:var(--accent)}hr{border:0;border-top:1px solid var(--line);margin:2rem 0;opacity:.5}
.act{display:inline-block;background:var(--accent);color:var(--on);text-decoration:none;font-weight:600;border-radius:8px;padding:.75rem 1.5rem}
.image{line-height:0}.image img{max-width:100%;height:auto;border-radius:8px}.image .half{width:50%}.image .small{width:25%}.image .full{width:100%}
.space1{height:1rem}.space2{height:2rem}.space3{height:3rem}.space4{height:4rem}
.columns{display:flex;flex-wrap:wrap;gap:0 2rem}.columns>div{flex:1 1 13rem;min-width:0}
.form{margin:2.5rem 0 0;padding:1.5rem 1.25rem;border:1px solid color-mix(in srgb,var(--line) 45%,transparent);border-radius:12px;background:var(--field)}.form h2{margin:0 0 .75rem}.form input:not([type=checkbox],[type=radio]),.form textarea{background:var(--ground)}
.lines{white-space:pre-line}.quiet{color:var(--quiet);font-size:.9rem}form+.quiet{margin:1.25rem 0 0}.tongue{text-align:right;margin:0 0 .5rem}
.q{margin:0 0 1.25rem;border:0;padding:0;min-width:0}label,legend{display:block;font-weight:600;margin:0 0 .3rem;padding:0}.q .one{display:flex;gap:.6rem;font-weight:400;padding:.45rem 0;margin:0}
input[type=text],input[type=email],input[type=tel],input[type=date],textarea{font:inherit;width:100%;padding:.6rem .7rem;border:1px solid var(--line);border-radius:8px;color:inherit}
textarea{min-height:8rem;resize:vertical}input[type=checkbox],input[type=radio]{flex:none;width:1.25rem;height:1.25rem;margin:.15rem 0 0;accent-color:var(--accent)}
button{font:inherit;font-weight:600;border:0;border-radius:8px;padding:.75rem 1.5rem;min-height:44px;background:var(--accent);color:var(--on);cursor:pointer}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}.away{position:absolute;left:-9999px;width:1px;height:1px;overflow:hidden}`;

/** The only style that the page's policy lets in. */
export const pageStyleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

interface PageDocument {
  language: Language;
  title: string;
  /** What search engines show of it; empty: what they choose. */
  description: string;
  /** HTML, as `compilePage` writes it. */
  body: string;
  /** HTML above and below it. */
  before?: string;
  after?: string;
  /** Search engines may show it. */
  indexed?: boolean;
}

export function pageDocument(page: PageDocument): string {
  const { language, title, description, body, before = '', after = '', indexed = false } = page;
  const about = description === '' ? '' : `<meta name="description" content="${escaped(description)}">`;
  const robots = indexed ? '' : '<meta name="robots" content="noindex">';
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">${robots}<title>${escaped(title)}</title>${about}<style>${style}</style></head><body><main>${before}${body}${after}</main></body></html>`;
}
