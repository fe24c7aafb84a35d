/** For tests: workbooks made by hand, with what spreadsheet programs write and what an attacker would. */
import { deflateRawSync } from 'node:zlib';

export interface ZipPart {
  name: string;
  data: Buffer;
  /** What the directory claims, when it lies. */
  declared?: number;
}

/** Writes a ZIP archive (PKWARE APPNOTE 4.3); readers of ours do not look at checksums. */
export function zip(parts: ZipPart[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, declared } of parts) {
    const packed = deflateRawSync(data);
    const title = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt16LE(title.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(8, 10);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(declared ?? data.length, 24);
    central.writeUInt16LE(title.length, 28);
    central.writeUInt32LE(offset, 42);
    files.push(local, title, packed);
    directory.push(central, title);
    offset += 30 + title.length + packed.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, ...directory, end]);
}

export interface SheetXml {
  name: string;
  /** What stands in `sheetData`. */
  rows: string;
  merges?: string[];
  hidden?: boolean;
}

/** A workbook of these sheets. Styles: 0 plain, 1 date, 2 French phone, 3 five digits. */
export const workbook = (sheets: SheetXml[]): Buffer => zip(partsOf(sheets));

/** The parts of such a workbook. */
export function partsOf(sheets: SheetXml[]): ZipPart[] {
  const part = (name: string, xml: string): ZipPart => ({ name, data: Buffer.from(`<?xml version="1.0"?>${xml}`) });
  const list = sheets.map(
    ({ name, hidden }, index) =>
      `<sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"${hidden ? ' state="hidden"' : ''}/>`,
  );
  const links = sheets.map(
    (_, index) => `<Relationship Id="rId${index + 1}" Type="x/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`,
  );
  return [
    part(
      '_rels/.rels',
      '<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    ),
    part('xl/workbook.xml', `<workbook><sheets>${list.join('')}</sheets></workbook>`),
    part('xl/_rels/workbook.xml.rels', `<Relationships>${links.join('')}</Relationships>`),
    part(
      'xl/styles.xml',
      '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="0#&quot; &quot;##&quot; &quot;##&quot; &quot;##&quot; &quot;##"/><numFmt numFmtId="171" formatCode="00000"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>',
    ),
    ...sheets.map(({ rows, merges }, index) =>
      part(
        `xl/worksheets/sheet${index + 1}.xml`,
        `<worksheet><sheetData>${rows}</sheetData>${merges ? `<mergeCells>${merges.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>` : ''}</worksheet>`,
      ),
    ),
  ];
}

/** A row of texts; "" leaves the cell out, and `=n:s` writes the number n in style s. */
export function row(number: number, ...cells: string[]): string {
  const written = cells.map((cell, column) => {
    const ref = `${String.fromCharCode(65 + column)}${number}`;
    const numeric = /^=([\d.E+]+):(\d)$/.exec(cell);
    if (numeric) return `<c r="${ref}" s="${numeric[2]}"><v>${numeric[1]}</v></c>`;
    return cell === '' ? '' : `<c r="${ref}" t="inlineStr"><is><t>${cell}</t></is></c>`;
  });
  return `<row r="${number}">${written.join('')}</row>`;
}
