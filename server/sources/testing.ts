import * as cards from '../cards/contract.ts';
import type { Member, TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

/** A file of contacts, a row each. */
export const csv = (...rows: string[]) => ['First Name,Last Name,E-mail,Mobile,Company', ...rows].join('\n');
export const three = csv(
  'Marie,Curie,marie@radium.example,06 12 00 00 01,Institut du Radium',
  'Louis,Pasteur,louis@pasteur.example,06 12 00 00 02,Institut Pasteur',
  'Ada,Lovelace,ada@engine.example,06 12 00 00 03,Analytical Engines',
);

/** The member's list, a line for each person. */
export async function listed(member: Member): Promise<string[]> {
  const { items } = await member.call(cards.listPeople, { limit: 200 });
  return items.map(({ name, organization, email }) => `${name} · ${organization} · ${email}`);
}

/** Sends a file and waits until it is analysed. */
export async function upload(
  app: TestApp,
  member: Member,
  fileName: string,
  content: string | Uint8Array,
): Promise<contracts.ImportRecord> {
  const { id } = await member.json<contracts.ImportRecord>(
    `${contracts.uploadPath}?fileName=${encodeURIComponent(fileName)}`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: typeof content === 'string' ? content : Buffer.from(content),
    },
  );
  await app.settle();
  return member.call(contracts.getImport, { importId: id });
}

/** Starts an analysed import and waits for its end. */
export async function finish(app: TestApp, member: Member, importId: string): Promise<contracts.ImportRecord> {
  await member.call(contracts.startImport, { importId });
  await app.settle();
  return member.call(contracts.getImport, { importId });
}

/** Imports a file, into the source given where it has been imported before. */
export async function importFile(
  app: TestApp,
  member: Member,
  fileName: string,
  content: string,
  sourceId?: string | null,
): Promise<contracts.ImportRecord> {
  const { id: importId } = await upload(app, member, fileName, content);
  if (sourceId) {
    await member.call(contracts.updateImport, { importId, sourceId });
    await app.settle();
  }
  return finish(app, member, importId);
}

/** A line of letters on a drawn card. */
interface Drawn {
  text: string;
  x: number;
  y: number;
  size: number;
  weight?: 'bold';
}

/** What an invented card says. */
export const drawnCard: readonly Drawn[] = [
  { text: 'Lumière SAS', x: 70, y: 110, size: 64, weight: 'bold' },
  { text: 'Hélène Lefèvre', x: 70, y: 250, size: 48 },
  { text: 'Directrice des achats', x: 70, y: 310, size: 34 },
  { text: 'Mob. 06 39 98 12 34', x: 70, y: 420, size: 34 },
  { text: 'h.lefevre@lumiere.example', x: 70, y: 480, size: 34 },
  { text: '12 rue de la République', x: 70, y: 560, size: 34 },
  { text: '69002 Lyon', x: 70, y: 610, size: 34 },
];

/** Draws a card, as a photograph would show it: with an edge, on a table. */
export async function drawCard(lines: readonly Drawn[] = drawnCard, code?: string): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const words = lines.map(
    ({ text, x, y, size, weight = 'normal' }) =>
      `<text x="${x}" y="${y}" font-family="DejaVu Sans, sans-serif" font-size="${size}" font-weight="${weight}">${text}</text>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="700"><rect width="1200" height="700" fill="#fdfdfb"/>${words.join('')}</svg>`;
  const card = sharp(Buffer.from(svg));
  if (code === undefined) return card.jpeg({ quality: 90 }).toBuffer();
  const { default: encodeCode } = await import('qr');
  const square = await sharp(Buffer.from(encodeCode(code, 'svg', { ecc: 'medium' })))
    .resize(360, 360, { kernel: 'nearest' })
    .png()
    .toBuffer();
  return card
    .composite([{ input: square, left: 780, top: 280 }])
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** A picture of cards laid out on a table, each turned by some degrees. */
export async function layOut(cards: readonly { picture: Buffer; turn: number }[], table = '#6b4f3a'): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const background = { r: 0, g: 0, b: 0, alpha: 0 };
  const laid = cards.map(async ({ picture, turn }, at) => ({
    input: await sharp(picture).resize(1000).ensureAlpha().rotate(turn, { background }).png().toBuffer(),
    left: 90 + (at % 2) * 1200,
    top: 90 + Math.floor(at / 2) * 950,
  }));
  return sharp({ create: { width: 2500, height: 2000, channels: 3, background: table } })
    .composite(await Promise.all(laid))
    .jpeg({ quality: 90 })
    .toBuffer();
}
