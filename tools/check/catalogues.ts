import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage';
import { type Breach, readFiles } from './breach.ts';

/** The names of a message's blanks, those inside plurals and choices included. */
function blanks(message: string): string {
  const names = new Set<string>();
  const visit = (token: unknown): void => {
    if (!Array.isArray(token)) return;
    const [name, type, choices] = token as [unknown, unknown, unknown];
    if (typeof name === 'string') names.add(name);
    for (const part of token) if (Array.isArray(part)) visit(part);
    if (type && choices && typeof choices === 'object')
      for (const choice of Object.values(choices)) if (Array.isArray(choice)) choice.forEach(visit);
  };
  const compiled: unknown = compileMessageOrThrow(message);
  if (Array.isArray(compiled)) compiled.forEach(visit);
  return [...names].sort().join(', ');
}

/** Refuses a sentence that one language lacks, that does not compile, or whose blanks differ between the languages. */
export function checkCatalogues(root: string): Breach[] {
  const files = new Map(
    readFiles(root, ['locales/*/*.json']).map(({ path, text }) => [path, JSON.parse(text) as Record<string, string>]),
  );
  const breaches: Breach[] = [];
  for (const [file, sentences] of files) {
    const twin = file.startsWith('locales/fr/') ? file.replace('/fr/', '/en/') : file.replace('/en/', '/fr/');
    const others = files.get(twin) ?? {};
    const refuse = (message: string) => breaches.push({ rule: 'catalogue', file, line: 1, message });
    for (const [key, sentence] of Object.entries(sentences)) {
      if (others[key] === undefined) refuse(`${key} is missing in ${twin}.`);
      else
        try {
          if (blanks(sentence) !== blanks(others[key])) refuse(`${key} has other blanks in ${twin}.`);
        } catch {
          refuse(`${key} is no ICU message.`);
        }
    }
  }
  return breaches;
}
