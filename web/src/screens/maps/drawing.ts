/** What a drawing is made of, so that the screen, a file and paper show the same. Units: CSS pixels at 100 %. */

/** Colours by what they mean; the screen takes them from the theme, a file from `paper`. */
type Ink = 'ink' | 'quiet' | 'line' | 'strong' | 'accent' | 'ground' | 'raised' | 'sunken' | 'doubt';

/** The light palette of the theme: what files are drawn in, whatever the screen's. */
const paper: Record<Ink, string> = {
  ink: '#292622',
  quiet: '#5f594f',
  line: '#dedad1',
  strong: '#857f73',
  accent: '#0f6b5c',
  ground: '#ffffff',
  raised: '#ffffff',
  sunken: '#f4f2ed',
  doubt: '#794d08',
};

export type Shape =
  | {
      kind: 'rect';
      x: number;
      y: number;
      w: number;
      h: number;
      r?: number;
      fill?: Ink;
      stroke?: Ink;
      dashed?: boolean;
      thick?: number;
    }
  | {
      kind: 'text';
      x: number;
      y: number;
      text: string;
      size: number;
      ink: Ink;
      bold?: boolean;
      italic?: boolean;
      anchor?: 'start' | 'middle' | 'end';
    }
  | { kind: 'path'; d: string; stroke?: Ink; fill?: Ink; dashed?: boolean; thick?: number; at?: [number, number] };

/** Something one can go to, open and move. */
export interface Item {
  id: string;
  x: number;
  y: number;
  w: number;
  h: number;
  /** What it says to whoever hears the page. */
  label: string;
  shapes: Shape[];
}

export interface Drawing {
  /** It is looked at from its first item on, else from its corner. */
  centred?: boolean;
  width: number;
  height: number;
  /** Behind and before the items. */
  back: Shape[];
  items: Item[];
  front: Shape[];
}

const narrow = /[iljtfrI.,:;'’|!()[\]· ]/;
const wide = /[mwMW@%—ÆŒæœ]/;
const capital = /\p{Lu}/u;

/** About how wide a text is drawn, in pixels: enough to know where to cut it. */
export function widthOf(text: string, size: number, bold = false): number {
  let em = 0;
  for (const letter of text)
    em += narrow.test(letter)
      ? 0.3
      : wide.test(letter)
        ? 0.86
        : capital.test(letter)
          ? 0.66
          : letter.codePointAt(0)! > 0x2e7f
            ? 1
            : 0.53;
  return em * size * (bold ? 1.06 : 1);
}

/** A text that stays within a width, its end replaced by an ellipsis where it does not fit. */
export function shortened(text: string, width: number, size: number, bold = false): string {
  if (widthOf(text, size, bold) <= width) return text;
  const letters = [...text];
  while (letters.length > 0 && widthOf(`${letters.join('')}…`, size, bold) > width) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!);

const dashes = '5 4';
const fonts = "'Source Sans 3 Variable', 'Source Sans 3', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";

function markupOf(shape: Shape): string {
  switch (shape.kind) {
    case 'rect': {
      const { x, y, w, h, r = 0, fill, stroke, dashed, thick = 1 } = shape;
      return `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${r}" fill="${fill ? paper[fill] : 'none'}"${
        stroke
          ? ` stroke="${paper[stroke]}" stroke-width="${thick}"${dashed ? ` stroke-dasharray="${dashes}"` : ''}`
          : ''
      }/>`;
    }
    case 'text': {
      const { x, y, text, size, ink, bold, italic, anchor = 'start' } = shape;
      return `<text x="${x}" y="${y}" font-size="${size}" fill="${paper[ink]}" text-anchor="${anchor}"${
        bold ? ' font-weight="600"' : ''
      }${italic ? ' font-style="italic"' : ''}>${escaped(text)}</text>`;
    }
    case 'path': {
      const { d, stroke, fill, dashed, thick = 1.4, at } = shape;
      return `<path d="${d}" fill="${fill ? paper[fill] : 'none'}"${
        stroke
          ? ` stroke="${paper[stroke]}" stroke-width="${thick}" stroke-linecap="round" stroke-linejoin="round"`
          : ''
      }${dashed ? ` stroke-dasharray="${dashes}"` : ''}${at ? ` transform="translate(${at[0]} ${at[1]})"` : ''}/>`;
    }
  }
}

const margin = 24;
const headHeight = 52;

/** Size of the file that a drawing becomes, with its title and a margin. */
export const fileSize = ({ width, height }: Drawing) => ({
  width: Math.ceil(width + 2 * margin),
  height: Math.ceil(height + 2 * margin + headHeight),
});

/** The drawing as an SVG file (SVG 1.1), with a title. */
export function toSvg(drawing: Drawing, title: string, below: string): string {
  const { width, height } = fileSize(drawing);
  const shapes = [...drawing.back, ...drawing.items.flatMap((item) => item.shapes), ...drawing.front];
  const head: Shape[] = [
    { kind: 'text', x: margin, y: margin + 18, text: title, size: 20, ink: 'ink', bold: true },
    { kind: 'text', x: margin, y: margin + 38, text: below, size: 13, ink: 'quiet' },
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${fonts}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${paper.ground}"/>`,
    ...head.map(markupOf),
    `<g transform="translate(${margin} ${margin + headHeight})">`,
    ...shapes.map(markupOf),
    '</g></svg>',
  ].join('\n');
}
