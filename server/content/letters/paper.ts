import { createRequire } from 'node:module';
import { setImmediate as breathe } from 'node:timers/promises';
import qrcode from 'qrcode-generator';
import type { Run, SheetBlock } from '../../outreach/content-port.ts';
import type { Language } from '../blocks-contract.ts';
import { addressBox, bodyAt, codeSize, dateAt, head, measure, page, sheet } from './geometry.ts';

// Letters as pages of one file: letterhead, address for the window, words, and how to object. Tagged, so that what reads aloud can follow (PDF/UA's means).

/** What stands at the head of all letters of a company. */
export interface Head {
  company: string;
  lines: readonly string[];
  place: string;
}

/** A letter to somebody. */
export interface Letter {
  /** The lines of the address, as an envelope has them. */
  to: readonly string[];
  subject: string;
  blocks: readonly SheetBlock[];
  language: Language;
  date: Date;
  /** How its reader objects (RGPD, art. 21, 4): words, and the page's address. */
  foot: { words: string; url: string };
}

/** An element of the structure, and what is drawn for it: what of PDFKit is used here, which brings no types. */
interface Element {
  add(child: Element): void;
  end(): void;
}
interface Doc {
  x: number;
  y: number;
  page: { margins: { bottom: number } };
  on(event: 'data', take: (part: Buffer) => void): void;
  on(event: 'end', done: () => void): void;
  end(): void;
  addPage(options?: object): Doc;
  bufferedPageRange(): { start: number; count: number };
  switchToPage(no: number): void;
  flushPages(): void;
  registerFont(name: string, file: string): Doc;
  font(name: string): Doc;
  fontSize(size: number): Doc;
  fillColor(color: string): Doc;
  text(text: string, options?: object): Doc;
  text(text: string, x: number, y: number, options?: object): Doc;
  heightOfString(text: string, options?: object): number;
  widthOfString(text: string): number;
  openImage(octets: Buffer): Drawn;
  image(image: Drawn, x: number, y: number, options: object): Doc;
  rect(x: number, y: number, width: number, height: number): Doc;
  moveTo(x: number, y: number): Doc;
  lineTo(x: number, y: number): Doc;
  lineWidth(width: number): Doc;
  fill(color: string): Doc;
  stroke(color: string): Doc;
  struct(kind: string, options?: object, children?: unknown): Element;
  addStructure(element: Element): Doc;
  markStructureContent(kind: string, options?: object): unknown;
  markContent(kind: string, options?: object): Doc;
  endMarkedContent(): Doc;
  _font: { font: { hasGlyphForCodePoint(code: number): boolean } };
}
interface Drawn {
  width: number;
  height: number;
}

const require = createRequire(import.meta.url);
const fonts = {
  regular: '400Regular/SourceSans3_400Regular.ttf',
  bold: '700Bold/SourceSans3_700Bold.ttf',
  italic: '400Regular_Italic/SourceSans3_400Regular_Italic.ttf',
  both: '700Bold_Italic/SourceSans3_700Bold_Italic.ttf',
} as const;
type Font = keyof typeof fonts;

const [ink, quiet] = ['#1d1b18', '#5d574e'];
const size = 11;
/** Pixels of a screen are 96 to the inch, points 72. */
const pixel = 72 / 96;
const widths = { full: 1, half: 0.5, small: 0.25 } as const;

/** A sign that the fonts have not: it would be printed as an empty box. */
export class UnwritableSign extends Error {}

/** A file of letters, each from a page of its own. Pages leave memory when their letter ends; what is kept is the file, compressed. */
export class Paper {
  readonly #doc: Doc;
  readonly #head: Head;
  readonly #images: Map<string, Drawn>;
  readonly #parts: Buffer[] = [];
  readonly #ended: Promise<void>;
  #document: Element;

  /** @param images octets (JPEG or PNG) by id */
  constructor(title: string, language: Language, headOfAll: Head, images: ReadonlyMap<string, Buffer>) {
    const PDFDocument = require('pdfkit') as new (options: object) => Doc;
    const { left, right, top, bottom } = page;
    this.#doc = new PDFDocument({
      ...{ size: 'A4', margins: { left, right, top, bottom }, autoFirstPage: false, bufferPages: true },
      ...{
        pdfVersion: '1.7',
        tagged: true,
        displayTitle: true,
        lang: language,
        info: { Title: title, Producer: 'Entregent', Creator: 'Entregent' },
      },
    });
    this.#head = headOfAll;
    const doc = this.#doc;
    doc.on('data', (part) => this.#parts.push(part));
    this.#ended = new Promise((done) => doc.on('end', done));
    for (const [name, file] of Object.entries(fonts))
      doc.registerFont(name, require.resolve(`@expo-google-fonts/source-sans-3/${file}`));
    this.#images = new Map([...images].map(([id, octets]) => [id, doc.openImage(octets)]));
    this.#document = doc.struct('Document');
    doc.addStructure(this.#document);
  }

  /** Pages so far. */
  get pages(): number {
    const { start, count } = this.#doc.bufferedPageRange();
    return start + count;
  }

  /**
   * Writes a letter. Between two of them requests have their turn.
   * @returns its first page, from 1 on, and how many it has
   * @throws UnwritableSign before anything is written, where a sign of it cannot be printed
   */
  async add(letter: Letter): Promise<{ firstPage: number; pages: number }> {
    this.#check(letter);
    const doc = this.#doc;
    const firstPage = this.pages + 1;
    const { left, right, top, bottom, foot } = page;
    doc.addPage({ size: 'A4', margins: { left, right, top, bottom: bottom + foot } });
    const sect = doc.struct('Sect', { title: letter.to.join(', ') });
    this.#document.add(sect);
    this.#letterhead(sect, letter);
    const objecting = this.#foot(letter);
    doc.x = page.left;
    doc.y = bodyAt;
    if (letter.subject !== '')
      this.#runs(sect, 'P', [{ text: subjectLine(letter), bold: true, italic: false }], size, 12);
    for (const block of letter.blocks) this.#block(sect, block);
    sect.add(doc.struct('P', {}, objecting));
    sect.end();
    const pages = this.pages - firstPage + 1;
    this.#numbers(firstPage, pages);
    doc.flushPages();
    await breathe();
    return { firstPage, pages };
  }

  /** The whole file. */
  async end(): Promise<Buffer> {
    // A file without a page is none.
    if (this.pages === 0) this.#doc.addPage();
    this.#document.end();
    this.#doc.end();
    await this.#ended;
    return Buffer.concat(this.#parts);
  }

  #check({ to, subject, blocks, foot }: Letter): void {
    const runs = (of: readonly Run[]) => of.map((run) => ('break' in run ? '' : run.text));
    const words = [
      ...to,
      subject,
      foot.words,
      ...blocks.flatMap((one) => ('runs' in one ? runs(one.runs) : one.kind === 'list' ? one.items.flatMap(runs) : [])),
    ];
    const { font } = this.#doc.font('regular')._font;
    for (const sign of new Set(words.join('')))
      if (!/[\s\p{Cf}]/u.test(sign) && !font.hasGlyphForCodePoint(sign.codePointAt(0)!)) throw new UnwritableSign(sign);
  }

  /** Draws what belongs to an element of the structure. */
  #marked(sect: Element, kind: string, draw: () => void, options: object = {}): void {
    const content = this.#doc.markStructureContent(kind);
    draw();
    this.#doc.endMarkedContent();
    sect.add(this.#doc.struct(kind, options, content));
  }

  #artifact(draw: () => void): void {
    this.#doc.markContent('Artifact', { type: 'Layout' });
    draw();
    this.#doc.endMarkedContent();
  }

  #letterhead(sect: Element, { to, language, date }: Letter): void {
    const doc = this.#doc;
    const { company, lines, place } = this.#head;
    this.#marked(sect, 'P', () => {
      doc.font('bold').fontSize(13).fillColor(ink).text(company, head.x, head.y, { width: head.width });
      doc.font('regular').fontSize(9).fillColor(quiet);
      for (const line of lines) doc.text(line, { width: head.width });
    });
    this.#marked(sect, 'P', () => {
      doc.font('regular').fontSize(10).fillColor(ink);
      const each = Math.min(13, addressBox.height / Math.max(1, to.length));
      for (const [at, line] of to.entries())
        doc.text(line, addressBox.x, addressBox.y + at * each, { lineBreak: false, width: addressBox.width });
    });
    const day = new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(date);
    const told = language === 'fr' ? `le ${day.replace(/^1 /, '1er ')}` : day;
    this.#marked(sect, 'P', () => {
      const words = place === '' ? told.replace(/^le (?=\d)/, 'Le ') : `${place}, ${told}`;
      doc.fontSize(size).text(words, dateAt.x, dateAt.y, { lineBreak: false });
    });
  }

  /** At the foot of the first page, whatever its length. @returns what of it is read after the letter */
  #foot({ foot: { words, url } }: Letter): unknown {
    const doc = this.#doc;
    const kept = doc.page.margins.bottom;
    doc.page.margins.bottom = 0;
    const y = sheet.height - page.bottom - codeSize;
    const left = page.left + codeSize + 8;
    this.#artifact(() => {
      doc
        .lineWidth(0.5)
        .moveTo(page.left, y - 6)
        .lineTo(sheet.width - page.right, y - 6)
        .stroke('#b9b3a8');
      this.#code(url, page.left, y);
    });
    const content = doc.markStructureContent('P');
    doc.font('regular').fontSize(8.5).fillColor(quiet);
    doc.text(words, left, y + 4, { width: sheet.width - page.right - left });
    doc.endMarkedContent();
    doc.page.margins.bottom = kept;
    return content;
  }

  #code(text: string, x: number, y: number): void {
    const code = qrcode(0, 'M');
    code.addData(text);
    code.make();
    const count = code.getModuleCount();
    // The sheet is white: what scanners need around it, one module of its own and the margin of the page.
    const side = codeSize / (count + 2);
    for (let down = 0; down < count; down++)
      for (let across = 0; across < count; across++)
        if (code.isDark(down, across)) this.#doc.rect(x + (across + 1) * side, y + (down + 1) * side, side, side);
    this.#doc.fill(ink);
  }

  #block(sect: Element, one: SheetBlock): void {
    const doc = this.#doc;
    switch (one.kind) {
      case 'heading':
        this.#runs(
          sect,
          `H${one.level}`,
          one.runs.map((run) => ('break' in run ? run : { ...run, bold: true })),
          one.level === 1 ? 16 : 13,
          6,
        );
        break;
      case 'paragraph':
        this.#runs(sect, 'P', one.runs, size, 8);
        break;
      case 'list':
        this.#list(sect, one);
        break;
      case 'image':
        this.#image(sect, one);
        break;
      case 'divider':
        this.#artifact(() => {
          this.#room(14);
          doc
            .lineWidth(0.5)
            .moveTo(page.left, doc.y + 4)
            .lineTo(sheet.width - page.right, doc.y + 4)
            .stroke('#b9b3a8');
          doc.y += 14;
        });
        break;
      case 'spacer':
        doc.y += one.height * pixel;
    }
  }

  #list(sect: Element, { ordered, items }: Extract<SheetBlock, { kind: 'list' }>): void {
    const doc = this.#doc;
    const list = doc.struct('L');
    sect.add(list);
    for (const [at, item] of items.entries()) {
      this.#room(size * 2);
      const entry = doc.struct('LI');
      list.add(entry);
      const { y } = doc;
      this.#marked(entry, 'Lbl', () =>
        doc
          .font('regular')
          .fontSize(size)
          .fillColor(ink)
          .text(ordered ? `${at + 1}.` : '•', page.left + 4, y, { lineBreak: false }),
      );
      doc.y = y;
      this.#runs(entry, 'LBody', item, size, 3, 20);
      entry.end();
    }
    list.end();
    doc.y += 5;
  }

  /** A paragraph in its styles; over as many pages as it takes. @param after points below it @param indent points from the margin */
  #runs(sect: Element, kind: string, runs: readonly Run[], fontSize: number, after: number, indent = 0): void {
    const doc = this.#doc;
    // A heading alone at the end of a page belongs to the next one.
    this.#room(kind.startsWith('H') ? fontSize * 4 : fontSize * 1.5);
    const parts = joined(runs);
    if (parts.length === 0) return;
    doc.x = page.left + indent;
    this.#marked(sect, kind, () => {
      for (const [at, { text, font }] of parts.entries())
        doc
          .font(font)
          .fontSize(fontSize)
          .fillColor(ink)
          .text(text, {
            ...{ width: measure - indent, lineGap: 2.5, continued: at < parts.length - 1 },
          });
    });
    doc.x = page.left;
    doc.y += after;
  }

  #image(sect: Element, { imageId, width, alt }: Extract<SheetBlock, { kind: 'image' }>): void {
    const doc = this.#doc;
    const drawn = this.#images.get(imageId);
    if (!drawn) return;
    // As wide as is wished, and no higher than half a page.
    const most = { width: measure * widths[width], height: sheet.height / 2 };
    const scale = Math.min(most.width / drawn.width, most.height / drawn.height);
    const [wide, high] = [drawn.width * scale, drawn.height * scale];
    this.#room(high + 4);
    const draw = () => doc.image(drawn, page.left, doc.y, { width: wide, height: high });
    const { y } = doc;
    if (alt === '') this.#artifact(draw);
    else this.#marked(sect, 'Figure', draw, { alt });
    doc.y = y + high + 10;
  }

  /** Begins a page where there is no room for so much on this one. */
  #room(high: number): void {
    const doc = this.#doc;
    if (doc.y + high > sheet.height - doc.page.margins.bottom) doc.addPage();
  }

  /** On the pages after the first stands which they are. */
  #numbers(firstPage: number, pages: number): void {
    const doc = this.#doc;
    for (let no = 2; no <= pages; no++) {
      doc.switchToPage(firstPage + no - 2);
      this.#artifact(() =>
        doc
          .font('regular')
          .fontSize(9)
          .fillColor(quiet)
          .text(`${no}/${pages}`, page.left, page.top / 2, { width: measure, align: 'right', lineBreak: false }),
      );
    }
  }
}

const subjectLine = ({ language, subject }: Letter): string =>
  language === 'fr' ? `Objet\u00A0: ${subject}` : `Subject: ${subject}`;

const fontOf = ({ bold, italic }: { bold: boolean; italic: boolean }): Font =>
  bold && italic ? 'both' : bold ? 'bold' : italic ? 'italic' : 'regular';

/** Stretches of one style together, line ends within them. */
function joined(runs: readonly Run[]): { text: string; font: Font }[] {
  const parts: { text: string; font: Font }[] = [];
  for (const run of runs) {
    const last = parts.at(-1);
    const [text, font] = 'break' in run ? ['\n', last?.font ?? 'regular'] : [run.text, fontOf(run)];
    if (text === '') continue;
    if (last && last.font === font) last.text += text;
    else parts.push({ text, font });
  }
  return parts;
}
