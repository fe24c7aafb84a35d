import { type Recognised, UnreadableFile } from '../../formats/contact.ts';
import { preview } from '../../formats/index.ts';
import { queueFile } from '../../sources/queueing.ts';
import { type Batch, type Connector, Trouble } from '../connector.ts';

/** A file that has changed, as it is now. */
export interface ChangedFile {
  fileName: string;
  data: Buffer;
  recognised: Recognised;
  country: string;
}

/** Octets that are fetched at most: half a million lines. */
export const largestFile = 128 * 2 ** 20;

/** Looks whether a file holds contacts. @throws Trouble no_contacts */
export async function recognise(fileName: string, data: Buffer, country: string): Promise<ChangedFile> {
  async function* read() {
    yield data;
  }
  try {
    const { recognised } = await preview(read, { country, fileName, octets: false });
    return { fileName, data, recognised, country };
  } catch (error) {
    if (error instanceof UnreadableFile) throw new Trouble('no_contacts');
    throw error;
  }
}

/** A file is an import: what it says meets what an earlier one said, it stands in the list of imports, and can be undone. */
export const takeFiles: NonNullable<Connector<unknown, unknown, ChangedFile>['take']> = async (
  taking,
  batch: Batch<ChangedFile>,
) => {
  const { app, tx } = taking;
  // The one before is not through: the cursor stays, and the file is fetched again.
  for (const file of batch.items) if (!(await queueFile(app, tx, taking, file))) throw new Trouble('busy');
  return { files: batch.items.length };
};
