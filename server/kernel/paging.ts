import type { z } from 'zod';
import { AppError } from './errors.ts';

/** The opaque cursor of keyset paging: the sort values of the last row, in base64url. */
export function encodeCursor(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @throws AppError invalid_input when it is none of ours */
export function decodeCursor<T extends z.ZodType>(cursor: string, parts: T): z.output<T> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    // Not even JSON: the schema refuses undefined.
  }
  const parsed = parts.safeParse(value);
  if (!parsed.success) throw new AppError('invalid_input', { fields: { after: 'cursor' } });
  return parsed.data;
}
