/**
 * JSON that PostgreSQL takes as jsonb whatever text stands in it: without U+0000 and halves of surrogate pairs, which JSON may carry and jsonb
 * refuses (22P05, 22P02). For what others have written: one such sign would hold up all that comes with it, again at each try.
 */
export const toJsonb = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'string' ? one.replaceAll('\u0000', '').toWellFormed() : one,
  );
