/** Every English catalogue in one chunk: only the language in use is loaded. */
export const catalogues = import.meta.glob<Record<string, string>>('../../../locales/en/*.json', {
  eager: true,
  import: 'default',
});
