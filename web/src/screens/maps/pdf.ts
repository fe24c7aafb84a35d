/** A PDF file (ISO 32000-1) of one page that is filled by a picture. */

const encoder = new TextEncoder();

/** The longer side of A3, in points: whoever prints it gets a page that a printer knows how to scale. */
const longest = 1190.55;

interface Picture {
  /** Its octets as JPEG (DCTDecode, 7.4.8). */
  jpeg: Uint8Array;
  /** Pixels. */
  width: number;
  height: number;
}

/** A text string (7.9.2.2): UTF-16 with its mark, in hexadecimal. */
const textString = (text: string): string =>
  `<FEFF${Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0')).join('')}>`;

export function toPdf({ jpeg, width, height }: Picture, title: string): Uint8Array<ArrayBuffer> {
  const scale = longest / Math.max(width, height);
  const [w, h] = [width * scale, height * scale].map((side) => side.toFixed(2));
  const content = `q ${w} 0 0 ${h} 0 0 cm /P Do Q`;
  const objects: (string | [string, Uint8Array])[] = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${w} ${h}] /Resources << /XObject << /P 5 0 R >> >> /Contents 4 0 R >>`,
    [`<< /Length ${content.length} >>`, encoder.encode(content)],
    [
      `<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.length} >>`,
      jpeg,
    ],
    `<< /Title ${textString(title)} /Producer (Entregent) >>`,
  ];
  const parts: Uint8Array[] = [];
  let length = 0;
  const write = (part: string | Uint8Array) => {
    const octets = typeof part === 'string' ? encoder.encode(part) : part;
    parts.push(octets);
    length += octets.length;
  };
  // Octets above 127 say to programs that move files that this is no text (7.5.2).
  write('%PDF-1.4\n');
  write(Uint8Array.of(0x25, 0xe2, 0xe3, 0xcf, 0xd3, 0x0a));
  const offsets = objects.map((object, at) => {
    const offset = length;
    write(`${at + 1} 0 obj\n`);
    if (typeof object === 'string') write(object);
    else {
      write(`${object[0]}\nstream\n`);
      write(object[1]);
      write('\nendstream');
    }
    write('\nendobj\n');
    return offset;
  });
  const table = length;
  const lines = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  write(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${lines}`);
  write(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n${table}\n%%EOF\n`);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
