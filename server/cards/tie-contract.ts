/** Kinds of tie that people declare. Read from the first to the second where they have a direction. */
export const tieKinds = ['works_with', 'reports_to', 'assists', 'introduced_by', 'family', 'board', 'knows'] as const;
export type TieKind = (typeof tieKinds)[number] | FoundKind;
/** Found, not said: at the same meetings, on the same messages. */
export const foundKinds = ['met', 'copied'] as const;
export type FoundKind = (typeof foundKinds)[number];

export const directedKinds: ReadonlySet<TieKind> = new Set(['reports_to', 'assists', 'introduced_by']);
