import { type Drawing, fileSize, type Item, toSvg } from './drawing.ts';
import { toPdf } from './pdf.ts';

export const formats = ['svg', 'png', 'pdf'] as const;
export type Format = (typeof formats)[number];

/** Twice as fine as the screen, within what browsers draw (iOS: 16.7 million pixels). */
const [finest, mostPixels] = [2, 16_000_000];

interface Titled {
  title: string;
  /** Under the title. */
  below: string;
}

async function paint(drawing: Drawing, { title, below }: Titled): Promise<HTMLCanvasElement> {
  const { width, height } = fileSize(drawing);
  const scale = Math.min(finest, Math.sqrt(mostPixels / (width * height)), 16_000 / Math.max(width, height));
  const picture = new Image();
  picture.src = URL.createObjectURL(new Blob([toSvg(drawing, title, below)], { type: 'image/svg+xml' }));
  try {
    await picture.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas;
  } finally {
    URL.revokeObjectURL(picture.src);
  }
}

const blobOf = (canvas: HTMLCanvasElement, type: string): Promise<Blob> =>
  new Promise((done, fail) =>
    canvas.toBlob(
      (blob) => (blob ? done(blob) : fail(new Error('The browser could not draw the picture.'))),
      type,
      0.92,
    ),
  );

/** A drawing as a file. */
async function fileOf(drawing: Drawing, format: Format, titled: Titled): Promise<Blob> {
  if (format === 'svg') return new Blob([toSvg(drawing, titled.title, titled.below)], { type: 'image/svg+xml' });
  const canvas = await paint(drawing, titled);
  if (format === 'png') return blobOf(canvas, 'image/png');
  const jpeg = new Uint8Array(await (await blobOf(canvas, 'image/jpeg')).arrayBuffer());
  const { width, height } = canvas;
  return new Blob([toPdf({ jpeg, width, height }, titled.title)], { type: 'application/pdf' });
}

/** The drawing with the words taken off those who stay here: a contact that is lent for reading is no one's to take along. */
export function withoutNames(drawing: Drawing, staying: ReadonlySet<string>, instead: string): Drawing {
  const unnamed = (item: Item): Item => ({
    ...item,
    label: instead,
    shapes: [
      ...item.shapes.filter(({ kind }) => kind !== 'text'),
      { kind: 'text', x: item.x + 12, y: item.y + item.h / 2 + 5, text: instead, size: 12, ink: 'quiet', italic: true },
    ],
  });
  return { ...drawing, items: drawing.items.map((item) => (staying.has(item.id) ? unnamed(item) : item)) };
}

/** Hands a drawing to the reader as a file named after its title. */
export async function download(drawing: Drawing, format: Format, titled: Titled): Promise<void> {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await fileOf(drawing, format, titled));
  link.download = `${titled.title.replaceAll(/[\\/:*?"<>|]+/g, ' ').trim()}.${format}`;
  link.click();
  // Safari takes the file a moment after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
