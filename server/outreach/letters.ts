/** What a mail says; in one language, plain text throughout. */
export interface Letter {
  subject: string;
  paragraphs: readonly string[];
  /** The one thing to do. */
  action?: { label: string; url: string } | undefined;
  /** What may be chosen at once, before it: a row of short labels. */
  choices?: readonly { label: string; url: string }[] | undefined;
  /** A word below it. */
  after?: string | undefined;
  /** Why one gets it and how to stop it. */
  footer: string;
}

/** One line of a header: line ends would begin another header (RFC 5322, 2.2), control characters have no place there. */
export const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();

export function toText({ paragraphs, action, choices = [], after, footer }: Letter): string {
  const parts = [
    ...paragraphs,
    ...(choices.length > 0 ? [choices.map(({ label, url }) => `${label}: ${url}`).join('\n')] : []),
    ...(action ? [`${action.label}\n${action.url}`] : []),
    ...(after ? [after] : []),
    `-- \n${footer}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => signs[sign]!);
const lines = (text: string): string => escapeHtml(text).replaceAll('\n', '<br>');

/** A simple page that mail programs show alike, in light and in dark: no pictures, no style sheet, nothing loaded. */
export function toHtml({ subject, paragraphs, action, choices = [], after, footer }: Letter, locale: string): string {
  const body = paragraphs.map((one) => `<p style="margin:0 0 16px">${lines(one)}</p>`);
  if (choices.length > 0) body.push(`<p style="margin:0 0 8px;line-height:3">${choices.map(choiceLink).join(' ')}</p>`);
  const button = action
    ? `<p style="margin:24px 0"><a href="${escapeHtml(action.url)}" style="background:#0f6b5c;color:#ffffff;padding:10px 18px;border-radius:8px;text-decoration:none;display:inline-block">${escapeHtml(action.label)}</a></p>`
    : '';
  return `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${escapeHtml(subject)}</title></head>
<body style="font:15px/1.5 sans-serif;margin:0;padding:24px"><div style="max-width:560px;margin:0 auto">${body.join('\n')}${button}${after ? `<p style="margin:0 0 16px">${lines(after)}</p>` : ''}
<p style="margin:32px 0 0;font-size:13px;opacity:0.75">${linked(footer)}</p></div></body></html>`;
}

const choiceLink = ({ label, url }: { label: string; url: string }): string =>
  `<a href="${escapeHtml(url)}" style="border:1px solid #0f6b5c;color:inherit;padding:8px 12px;border-radius:8px;text-decoration:none;white-space:nowrap">${escapeHtml(label)}</a>`;

/** Addresses of pages in a footer can be followed. */
const linked = (text: string): string =>
  lines(text).replaceAll(/https?:\/\/[^\s<]+/g, (url) => `<a href="${url}" style="color:inherit">${url}</a>`);
