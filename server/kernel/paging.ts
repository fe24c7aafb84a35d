import { AppError } from './errors.ts';

/** The opaque cursor of keyset paging: the sort values of the last row, in base64url. */
export function encodeCursor(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @throws AppError invalid_input when it is none of ours */
export function decodeCursor(cursor: string, length: number): string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length === length && parts.every((part) => typeof part === 'string'))
      return parts;
  } catch {
    // Falls through to the error below.
  }
  throw new AppError('invalid_input', { fields: { after: 'cursor' } });
}
