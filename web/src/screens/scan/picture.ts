import type { BusinessCard } from '../../../../server/sources/contract.ts';

/** Letters of a card are 40 points high at this width, far more than reading needs. */
const longest = 2400;

/**
 * A picture as it is sent and kept: upright, no larger than needed, and without what a telephone writes into it (the place above all).
 * What the browser cannot open goes as it is; the server says what it thinks of it.
 */
export async function prepared(file: Blob): Promise<Blob> {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const context = canvas.getContext('2d')!;
    // Where a picture is transparent, JPEG would be black.
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return (await jpegOf(canvas)) ?? file;
  } catch {
    return file;
  }
}

const jpegOf = (canvas: HTMLCanvasElement) =>
  new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.9));

/** Cuts a card out of a picture that shows several, straight and with a little of the ground around it. */
export async function cutOut(
  picture: Blob,
  { x, y, width, height, turn }: BusinessCard['cards'][number],
): Promise<Blob> {
  const bitmap = await createImageBitmap(picture);
  const around = 0.02 * width;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width + 2 * around);
  canvas.height = Math.round(height + 2 * around);
  const context = canvas.getContext('2d')!;
  context.translate(canvas.width / 2, canvas.height / 2);
  context.rotate((-turn * Math.PI) / 180);
  context.drawImage(bitmap, -x, -y);
  bitmap.close();
  const made = await jpegOf(canvas);
  if (!made) throw new Error('The browser could not make a picture of the card.');
  return made;
}

export function base64(picture: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(picture);
  });
}
