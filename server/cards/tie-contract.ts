/** Kinds of tie that people declare; `met` is found in meetings. Read from the first to the second where they have a direction. */
export const tieKinds = ['works_with', 'reports_to', 'assists', 'introduced_by', 'family', 'board', 'knows'] as const;
export type TieKind = (typeof tieKinds)[number] | 'met';

export const directedKinds: ReadonlySet<TieKind> = new Set(['reports_to', 'assists', 'introduced_by']);
