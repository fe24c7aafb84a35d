/** What was pasted, as addresses: from mails ("Anne Roy <anne@…>"), spreadsheets and lists; each once. */
export function addressesIn(pasted: string): { emails: string[]; others: string[] } {
  // A name in quotation marks may hold a comma.
  const text = pasted.replace(/"[^"\n]*"\s*(?=<)/g, '');
  const bracketed = /[^<>,;\n]*<([^<>\s]+)>/g;
  const words = [...[...text.matchAll(bracketed)].map(([, word]) => word!), ...split(text.replace(bracketed, ' '))];
  const emails = new Map<string, string>();
  const others: string[] = [];
  for (const word of words) {
    if (isAddress(word)) emails.set(word.toLowerCase(), emails.get(word.toLowerCase()) ?? word);
    else others.push(word);
  }
  return { emails: [...emails.values()], others };
}

const split = (text: string): string[] => text.split(/[\s,;"]+/).filter(Boolean);
const isAddress = (word: string): boolean => /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>.]{2,}$/.test(word);
