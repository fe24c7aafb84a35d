import type { Field } from '../cards/fields.ts';
import type { Destination, PreparedCard } from '../cards/writing.ts';
import type { App } from '../kernel/app.ts';
import type { ImportRow } from './queries.ts';
import type { ExistingField, Merged } from './rules.ts';
import type { TypedValue } from './typing.ts';

export interface Report {
  created: number;
  updated: number;
  unchanged: number;
  identical: number;
  failed: number;
  ended: number;
  /** Archived cards that changed at their source, and are back. */
  revived: number;
  warnings: number;
  /** Of people who asked to be forgotten: left out. */
  suppressed: number;
}

export const noReport: Report = {
  created: 0,
  updated: 0,
  unchanged: 0,
  identical: 0,
  failed: 0,
  ended: 0,
  revived: 0,
  warnings: 0,
  suppressed: 0,
};

/** A contact with the codes of what its reader remarked. */
export interface WarnedCard extends PreparedCard {
  warnings: string[];
  /** What it says of attributes. */
  values: TypedValue[];
}

/** A source that brings its contacts here, file by file or by a connection. */
export interface Bringing {
  app: App;
  to: Destination;
  report: Report;
  /** How what the source says now meets a card; without it, by `mergeFields`. */
  merge?: (existing: readonly ExistingField[], incoming: readonly Field[]) => Merged;
}

/** What a run of an import keeps in mind between its batches. */
export interface Run extends Bringing {
  row: ImportRow;
  /** Source keys met in this file, with the content met first under each: the same content again is one contact. */
  met: Map<string, string>;
  /** Cards of earlier imports that this file still holds. */
  seen: Set<string>;
  /** Whether the source had cards before; only then can contacts be known, changed or missing. */
  hasEarlier: boolean;
}
