/** Characters of a body that are read; signatures of longer ones stand behind their quotes. */
const LONGEST = 500_000;

/** Elements that begin a new line. */
const BLOCKS = new Set(
  'address article aside body br dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr li main ol p pre section table tbody tr ul'.split(
    ' ',
  ),
);
/** Elements whose text is nobody's, or somebody else's. */
const SKIPPED = new Set(['style', 'script', 'head', 'title', 'blockquote', 'noscript', 'template']);
/** What mailers call the part that they quote below a reply. */
const QUOTED = /gmail_quote|divrplyfwdmsg|yahoo_quoted|moz-cite-prefix|protonmail_quote|reply-intro|appendonsend/i;
const HIDDEN = /display\s*:\s*none|font-size\s*:\s*0(?:px)?\s*[;"']/i;
const VOID = new Set(['br', 'hr', 'img', 'input', 'meta', 'link', 'wbr', 'col', 'area', 'base']);

/** Where profiles are kept. */
export const SOCIAL =
  /(?:^|[./@])(?:linkedin\.com|lnkd\.in|xing\.com|twitter\.com|x\.com|facebook\.com|fb\.com|instagram\.com|github\.com|youtube\.com|vimeo\.com|behance\.net|tiktok\.com|mastodon\.social|viadeo\.com|medium\.com|pinterest\.[a-z]{2,3}|threads\.net|bsky\.app)(?=[/?\s]|$)/i;

/** The text of an HTML body: a line a block, a tab between cells, links that the eye does not see in angle brackets. */
export function linesOfHtml(html: string): string[] {
  const writer = new Writer();
  for (const part of betweenComments(html.slice(0, LONGEST)))
    for (const [token] of part.matchAll(/<[^<>]{0,5000}>|[^<]+|</g)) {
      if (token.startsWith('<') && token.length > 1) writer.tag(token);
      else writer.text(token);
    }
  return writer.lines();
}

/** A pattern would look for the end of each beginning anew: half a minute, where there are a hundred thousand of them and no end. */
function* betweenComments(html: string): Generator<string> {
  for (let at = 0; ; ) {
    const start = html.indexOf('<!--', at);
    const end = start < 0 ? -1 : html.indexOf('-->', start + 4);
    yield html.slice(at, end < 0 ? undefined : start);
    if (end < 0) return;
    at = end + 3;
  }
}

class Writer {
  private out = '';
  /** Elements within an element that is left out, itself included; 0 outside. */
  private skipping = 0;
  private skipped = '';
  /** What follows a quotation's mark is all quoted. */
  private ended = false;
  private link: { href: string; from: number } | undefined;

  tag(token: string): void {
    const match = /^<(\/?)\s*([a-z][a-z0-9]*)/i.exec(token);
    if (!match || this.ended) return;
    const closing = match[1] === '/';
    const name = match[2]!.toLowerCase();
    if (this.skipping > 0) {
      if (name === this.skipped && !token.endsWith('/>')) this.skipping += closing ? -1 : 1;
      return;
    }
    if (!closing && QUOTED.test(token)) this.ended = true;
    else if (!closing && (SKIPPED.has(name) || (HIDDEN.test(token) && !VOID.has(name)))) {
      this.skipping = 1;
      this.skipped = name;
    }
    if (name === 'a') this.anchor(token, closing);
    else if (BLOCKS.has(name)) this.out += '\n';
    else if ((name === 'td' || name === 'th') && closing) this.out += '\t';
  }

  text(token: string): void {
    if (this.skipping === 0 && !this.ended) this.out += decodeEntities(token).replace(/[\s\u00a0]+/g, ' ');
  }

  private anchor(token: string, closing: boolean): void {
    const link = this.link;
    this.link = undefined;
    if (!closing) {
      const href = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(token);
      const target = decodeEntities(href?.[1] ?? href?.[2] ?? href?.[3] ?? '').trim();
      if (target !== '' && target.length < 300) this.link = { href: target, from: this.out.length };
      return;
    }
    if (link) this.out += unseen(link.href, this.out.slice(link.from));
  }

  lines(): string[] {
    return this.out
      .replace(/[ \t]*\n[ \t]*/g, '\n')
      .replace(/ *\t[ \t]*/g, '\t')
      .replace(/\n{3,}/g, '\n\n')
      .trim()
      .split('\n');
  }
}

/** What a link says beyond its text: the address below a name, the profile below a picture. */
function unseen(href: string, shown: string): string {
  const address = /^mailto:([^?]+)/i.exec(href)?.[1];
  if (address) return shown.includes('@') || !address.includes('@') ? '' : ` <${address}> `;
  if (/^tel:/i.test(href)) return shown.replace(/\D/g, '').length >= 6 ? '' : ` <${href.slice(4)}> `;
  return /^https?:/i.test(href) && SOCIAL.test(href) && !SOCIAL.test(shown) ? ` <${href}> ` : '';
}

const MARKS: Record<string, string> = {
  acute: '\u0301',
  grave: '\u0300',
  circ: '\u0302',
  cedil: '\u0327',
  uml: '\u0308',
  tilde: '\u0303',
  ring: '\u030a',
};
const NAMED: Record<string, string> = {
  nbsp: ' ',
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  rsquo: '’',
  lsquo: '‘',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  bull: '•',
  middot: '·',
  euro: '€',
  copy: '©',
  reg: '®',
  trade: '™',
  szlig: 'ß',
  aelig: 'æ',
  oelig: 'œ',
  oslash: 'ø',
  ordm: 'º',
  ordf: 'ª',
  deg: '°',
  iexcl: '¡',
  iquest: '¿',
  zwnj: '',
  shy: '',
};

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}\d?));/gi, (whole, decimal, hex, name) => {
    if (name) return named(whole, name);
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code < 0x110000 && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : whole;
  });
}

function named(whole: string, name: string): string {
  const known = NAMED[name] ?? NAMED[name.toLowerCase()];
  if (known !== undefined) return known;
  const mark = MARKS[name.slice(1)];
  return mark ? `${name[0]}${mark}`.normalize('NFC') : whole;
}
