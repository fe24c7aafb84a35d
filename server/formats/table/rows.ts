/** One row of a table, whatever file it stood in. */
export interface Row {
  cells: string[];
  /** The row as the file writes it, without its line break; absent where the file has no such text (XLSX). */
  raw?: string;
  warnings?: string[];
}

/** Wider tables are refused: no product writes more (Salesforce: 800 fields, Excel users: a few hundred). */
export const MAX_COLUMNS = 2_000;

/** Characters of one record. A longer one is a broken quote or no table. */
export const MAX_RECORD = 4_000_000;
