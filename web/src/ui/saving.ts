/** A table as it is exported: a line of names, then rows. */
export type TableRows = readonly (readonly (string | number | null)[])[];

/** What a spreadsheet would take for a formula is text (OWASP, CSV injection). */
const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) && !/^-?\d/.test(text) ? `'${text}` : text);

/** CSV as spreadsheets of both languages read it: quoted where need be, with the byte order mark that Excel asks for. */
export function csvOf(rows: TableRows): string {
  const cell = (value: string | number | null) => {
    const text = typeof value === 'string' ? harmless(value) : (value?.toString() ?? '');
    return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export const saveCsv = (rows: TableRows, name: string): void =>
  saveBlob(new Blob([csvOf(rows)], { type: 'text/csv;charset=utf-8' }), `${name}.csv`);

/** The library is loaded when it is first asked for. */
export async function saveXlsx(rows: TableRows, name: string): Promise<void> {
  const { default: write } = await import('write-excel-file/browser');
  const cells = rows.map((row, at) =>
    row.map((value) =>
      typeof value === 'number'
        ? { value }
        : { value: harmless(value ?? ''), ...(at === 0 ? { fontWeight: 'bold' as const } : {}) },
    ),
  );
  saveBlob(await write(cells).toBlob(), `${name}.xlsx`);
}

const drawn = ['fill', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'font-size', 'font-family'];

/** A picture of the page as a file of its own: with the looks that the page's style sheets give it. */
function standalone(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [from, to] = [svg, copy].map((one) => [one, ...one.querySelectorAll<SVGElement>('*')]);
  for (const [at, element] of from!.entries()) {
    const style = getComputedStyle(element);
    for (const name of [...drawn, 'font-weight', 'text-anchor'])
      to![at]!.style.setProperty(name, style.getPropertyValue(name));
  }
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  copy.style.background = getComputedStyle(document.body).backgroundColor;
  return new XMLSerializer().serializeToString(copy);
}

export const saveSvg = (svg: SVGSVGElement, name: string): void =>
  saveBlob(new Blob([standalone(svg)], { type: 'image/svg+xml' }), `${name}.svg`);

/** In twice its size, so that it is sharp on paper. */
export async function savePng(svg: SVGSVGElement, name: string): Promise<void> {
  const { width, height } = svg.viewBox.baseVal;
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(svg))}`;
  await picture.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: width * 2, height: height * 2 });
  canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (blob) saveBlob(blob, `${name}.png`);
}
