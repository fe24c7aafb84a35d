import { UnreadableFile } from '../formats/contact.ts';
import { openTables } from '../formats/index.ts';
import { normaliseEmail } from '../formats/normalise/email.ts';
import { AppError } from '../kernel/errors.ts';

/** Rows that are read at most. */
const mostRows = 10_000;

/** A row of a list of people. */
export interface Listed {
  /** Its number in the file, from 1, the head included. */
  row: number;
  /** The addresses on it, as they are compared. */
  emails: string[];
}

/**
 * The e-mail addresses on each row of a CSV file or workbook, in whichever column. Rows without any are given too, but for empty ones and
 * the first, which is a head then.
 *
 * @throws AppError unreadable_file, too_large
 */
export async function readList(octets: Uint8Array, fileName: string | undefined): Promise<Listed[]> {
  const listed: Listed[] = [];
  try {
    const source = async function* () {
      yield octets;
    };
    const tables = await openTables(source, fileName);
    if (!tables) throw new AppError('unreadable_file');
    for await (const table of tables) {
      let row = 0;
      for await (const { cells } of table.rows) {
        row++;
        const emails = [...new Set(cells.flatMap(emailsIn))];
        if (emails.length === 0 && (row === 1 || cells.every((cell) => cell.trim() === ''))) continue;
        listed.push({ row, emails });
        if (listed.length > mostRows) throw new AppError('too_large');
      }
      // Further sheets of a workbook are notes as often as people; their rows have numbers of their own.
      break;
    }
  } catch (error) {
    if (error instanceof UnreadableFile) throw new AppError('unreadable_file');
    throw error;
  }
  return listed;
}

/** Several addresses stand in one cell, too. */
const emailsIn = (cell: string): string[] =>
  cell.includes('@')
    ? cell.split(/[\s,;]+/).flatMap((part) => (part.includes('@') ? (normaliseEmail(part) ?? []) : []))
    : [];
