import { open, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { z } from 'zod';
import { type Access, type Connector, Trouble } from '../connector.ts';
import { type ChangedFile, largestFile, recognise, takeFiles } from './taking.ts';

const nothing = z.object({});

const cursor = z.object({ size: z.number(), modified: z.number() });

/** Milliseconds without a change after which a file counts as written. */
const rest = 5000;

const ofContacts = /\.(?:csv|tsv|txt|xlsx|vcf|vcard)$/i;

/** Opens a file of the folder that the operator has named, and of no other: links that lead out of it are followed to their end first. */
async function openFile({ config }: Access, name: string) {
  const root = await realpath(config.watchedFolder!).catch(() => null);
  const path = root && (await realpath(join(root, name)).catch(() => null));
  if (!path?.startsWith(root + sep)) throw new Trouble('place_gone');
  return open(path).catch((error: { code?: string }) => {
    throw new Trouble(error.code === 'EACCES' ? 'forbidden' : 'place_gone');
  });
}

/** Files of contacts that a program of the company leaves in a folder of this machine: imported when they have changed. */
export const fileInFolder: Connector<object, object, ChangedFile> = {
  kind: 'file_in_folder',
  settings: nothing,
  secret: nothing,
  every: 300,
  ofCompany: true,
  isAvailable: ({ watchedFolder }) => watchedFolder !== undefined,
  async connect({ config }) {
    const entries = await readdir(config.watchedFolder!, { withFileTypes: true }).catch(() => {
      throw new Trouble('place_gone');
    });
    const names = entries.filter((one) => one.isFile() && ofContacts.test(one.name)).map(({ name }) => name);
    return names.sort().map((name) => ({ id: name, name, writable: false }));
  },
  async *pull(access, since) {
    const file = await openFile(access, since.place);
    try {
      const { size, mtimeMs: modified } = await file.stat();
      const before = cursor.safeParse(since.cursor).data;
      if (before?.size === size && before.modified === modified) return;
      // Somebody may be writing it still.
      if (Date.now() - modified < rest) return;
      if (size > largestFile) throw new Trouble('too_large');
      const changed = await recognise(since.place, await file.readFile(), access.country);
      yield { items: [changed], gone: [], cursor: { size, modified } };
    } finally {
      await file.close();
    }
  },
  take: takeFiles,
};
