import sanitize from 'sanitize-html';
import { linesOfHtml } from '../../formats/mail/html.ts';

/** Octets of a picture within the text; more is a file. */
const largestPicture = 500_000;
const picture = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*$/i;
const remote = /^https?:\/\//i;
/** A picture this small (pixels) shows nothing and tells that it was fetched. */
const smallestShown = 2;

const isTracker = ({ width, height, style }: sanitize.Attributes): boolean =>
  [width, height].some((side) => side !== undefined && Number.parseInt(side, 10) <= smallestShown) ||
  /display\s*:\s*none|visibility\s*:\s*hidden/i.test(style ?? '');

/** A picture of elsewhere is not fetched until somebody asks for it: its address stands in `data-src`. */
function blockPicture(tagName: string, { src = '', 'data-src': blocked = '', ...given }: sanitize.Attributes) {
  const { alt = '', title, width, height } = given;
  const shown = { alt, ...(title && { title }), ...sizes({ width, height }) };
  const address = src.trim();
  if (isTracker(given)) return { tagName: 'span', attribs: {} };
  if (/^cid:\S{1,500}$/i.test(address) || (address.length < largestPicture && picture.test(address)))
    return { tagName, attribs: { src: address, ...shown } };
  const from = [address, blocked.trim()].find((one) => remote.test(one));
  return { tagName, attribs: { ...(from && { 'data-src': from }), ...shown } };
}

const sizes = (given: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(given).filter(([, size]) => /^\d{1,4}$/.test(size ?? '')) as [string, string][]);

/** Links open elsewhere, and say nothing of where they were followed. */
const openElsewhere = (tagName: string, { href, title }: sanitize.Attributes) => ({
  tagName,
  attribs: {
    ...(href !== undefined && { href }),
    ...(title !== undefined && { title }),
    target: '_blank',
    rel: 'noopener noreferrer nofollow',
  },
});

const words =
  'a abbr address article aside b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr';
/** Elements of which not even the text is anybody's words. */
const silent =
  'script style textarea option noscript title template svg math iframe object embed applet xmp noembed noframes select datalist audio video canvas map';

const rules: sanitize.IOptions = {
  allowedTags: words.split(' '),
  nonTextTags: silent.split(' '),
  allowedAttributes: {
    '*': ['dir', 'lang'],
    a: ['href', 'title', 'target', 'rel'],
    img: ['src', 'data-src', 'alt', 'title', 'width', 'height'],
    td: ['colspan', 'rowspan', 'align', 'valign'],
    th: ['colspan', 'rowspan', 'align', 'valign'],
    ol: ['start'],
  },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowedSchemesByTag: { img: ['http', 'https', 'cid', 'data'] },
  allowedSchemesAppliedToAttributes: ['href', 'src', 'data-src', 'cite'],
  allowProtocolRelative: false,
  // Nobody nests like this by hand, and what draws it would run out of stack.
  nestingLimit: 100,
  parseStyleAttributes: false,
  transformTags: { img: blockPicture, a: openElsewhere },
};

/**
 * HTML of somebody else, made harmless: words, lists, tables, links and pictures; no script, form, style or frame. Pictures of elsewhere
 * are not fetched (`data-src`), those that only count are left out; `cid:` is kept. Made harmless twice it is the same.
 */
export function makeHarmless(html: string): string {
  let made = sanitize(isDeep(html) ? inLines(html) : html, rules);
  // What is left out stood between elements that end each other where they meet ("<p><odd><table>"): until nothing changes any more.
  for (let again = 0; again < 5; again++) {
    const next = sanitize(made, rules);
    if (next === made) break;
    made = next;
  }
  return made;
}

/** Elements within each other; parsers need a time that grows with the square of them. */
const deepest = 1000;
/** Elements that have no end, or need none. */
const endless = new Set(
  'area base br col colgroup dd dt hr img input li link meta option p tbody td tfoot th thead tr wbr'.split(' '),
);

function isDeep(html: string): boolean {
  let depth = 0;
  for (const [, end, name] of html.matchAll(/<(\/?)([a-z][a-z0-9]{0,20})/gi)) {
    if (endless.has(name!.toLowerCase())) continue;
    depth = end ? Math.max(0, depth - 1) : depth + 1;
    if (depth > deepest) return true;
  }
  return false;
}

const inLines = (html: string): string =>
  linesOfHtml(html)
    .map((line) => `<p>${sanitize(line.replaceAll('<', '&lt;'), rules)}</p>`)
    .join('');

/**
 * What HTML says in words.
 * @param own without quotations, which in mails are somebody else's
 */
export const textOfHtml = (html: string, own = false): string =>
  linesOfHtml(own ? html : html.replace(/<(\/?)blockquote\b/gi, '<$1div')).join('\n');
