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
