import type { FieldInput } from '../../cards/contract.ts';
import type { Place } from '../../formats/business-cards/several.ts';

/** What the thread is asked: what one picture says. */
export interface ScanQuestion {
  octets: Uint8Array;
  /** ISO 3166-1 alpha-2, for numbers without prefix. */
  country: string;
  /** It is known to show one card: none are looked for in it. */
  one: boolean;
}

export interface ScannedField {
  field: FieldInput;
  /** How likely it is right, 0 to 1. */
  confidence: number;
  /** The line of the card it was read from; null for what a code says. */
  line: string | null;
}

/** What a picture says; nothing of it is kept. */
export interface Scan {
  kind: 'person' | 'organization';
  /** A vCard in a QR code was found, and outranks what was recognised. */
  code: boolean;
  fields: ScannedField[];
  /** All that was recognised, from top to bottom. */
  lines: { text: string; confidence: number }[];
  /** Where they lie when there are several: nothing is read then. */
  cards: Place[];
}

export type ScanAnswer =
  | { scan: Scan }
  | { refused: 'no_picture' | 'too_many_points' }
  /** Something of ours went wrong. */
  | { error: string };
