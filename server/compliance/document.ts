import { createRequire } from 'node:module';
import { type Locale, translator } from '../kernel/messages.ts';
import type { AnswerContent } from './contract.ts';

// The answer to a person as pages to read: everything of it but the octets of originals, which stand in the file for programs.

/** What of PDFKit is used here, which brings no types. */
interface Doc {
  on(event: 'data', take: (part: Buffer) => void): void;
  on(event: 'end', done: () => void): void;
  end(): void;
  registerFont(name: string, file: string): Doc;
  font(name: string): Doc;
  fontSize(size: number): Doc;
  fillColor(color: string): Doc;
  moveDown(lines?: number): Doc;
  text(text: string, options?: object): Doc;
  struct(kind: string, ...rest: unknown[]): Element;
  addStructure(element: Element): Doc;
  _font: { font: { hasGlyphForCodePoint(code: number): boolean } };
}
interface Element {
  add(child: Element): void;
  end(): void;
}

const require = createRequire(import.meta.url);
const fonts = { regular: '400Regular/SourceSans3_400Regular.ttf', bold: '700Bold/SourceSans3_700Bold.ttf' } as const;

/** Columns of the answer that are of use to programs alone. */
const forPrograms = new Set(['octets']);

/** A value in words: dates as the reader writes them, lists and records part by part. */
function inWords(value: unknown, locale: Locale): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d|$)/.test(value)) {
    const time = value.includes('T') ? ({ timeStyle: 'short' } as const) : {};
    const at = new Date(value.includes('T') ? value.replace(/(\+\d\d)$/, '$1:00') : `${value}T00:00:00Z`);
    if (Number.isNaN(at.getTime())) return value;
    return new Intl.DateTimeFormat(locale, { dateStyle: 'long', ...time, timeZone: 'UTC' }).format(at);
  }
  if (Array.isArray(value))
    return value
      .map((one) => inWords(one, locale))
      .filter(Boolean)
      .join(', ');
  if (typeof value === 'object')
    return Object.values(value)
      .map((one) => inWords(one, locale))
      .filter(Boolean)
      .join(', ');
  return String(value);
}

/** Writes an answer as a tagged PDF (PDF/UA's means), in its language. A sign that the font has not is written as a question mark. */
export async function writeDocument(content: AnswerContent): Promise<Buffer> {
  const { locale, workspace, kind } = content;
  const t = translator(locale as Locale);
  const date = inWords(content.madeOn, locale);
  const title = t('privacy.document.title', { workspace, kind });
  const PDFDocument = require('pdfkit') as new (options: object) => Doc;
  const doc = new PDFDocument({
    ...{ size: 'A4', margins: { left: 56, right: 56, top: 56, bottom: 64 }, pdfVersion: '1.7', tagged: true },
    ...{ displayTitle: true, lang: locale, info: { Title: title, Producer: 'Entregent', Creator: 'Entregent' } },
  });
  const parts: Buffer[] = [];
  doc.on('data', (part) => parts.push(part));
  const ended = new Promise<void>((done) => doc.on('end', done));
  for (const [name, file] of Object.entries(fonts))
    doc.registerFont(name, require.resolve(`@expo-google-fonts/source-sans-3/${file}`));
  const root = doc.struct('Document');
  doc.addStructure(root);
  const say = (tag: string, font: 'regular' | 'bold', size: number, color: string, text: string) =>
    root.add(
      doc.struct(tag, () => {
        doc.font(font).fontSize(size).fillColor(color);
        const written = [...text].map((sign) =>
          sign === '\n' || doc._font.font.hasGlyphForCodePoint(sign.codePointAt(0)!) ? sign : '?',
        );
        doc.text(written.join(''), { lineGap: 2 }).moveDown(0.35);
      }),
    );
  const p = (text: string) => say('P', 'regular', 10.5, '#1d1b18', text);
  say('H1', 'bold', 20, '#1d1b18', title);
  p(t('privacy.document.lead', { workspace, address: content.address, date, kind }));
  if (content.incomplete) p(t('privacy.document.incomplete', { workspace }));
  for (const { kind: to, name, purposes } of content.recipients)
    p(
      t('privacy.document.recipient', {
        kind: to,
        name: name ?? '',
        purposes: purposes.length,
        list: purposes.join(', '),
      }),
    );
  if (content.sections.length === 0) p(t('privacy.document.nothing'));
  for (const { table, rows } of content.sections) {
    say('H2', 'bold', 13, '#0f6b5c', t(`privacy.table.${table}`));
    for (const row of rows) {
      const said = Object.entries(row).flatMap(([name, value]) => {
        const words = forPrograms.has(name) ? '' : inWords(value, locale);
        return words === ''
          ? []
          : [`${t(`privacy.column.${name}`)} : ${words}`.replace(' :', locale === 'fr' ? '\u00a0:' : ':')];
      });
      if (said.length > 0) p(said.join('\n'));
    }
  }
  p(t('privacy.document.rights', { workspace }));
  root.end();
  doc.end();
  await ended;
  return Buffer.concat(parts);
}
