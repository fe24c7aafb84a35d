import type { Token } from './words.ts';

/** Something counted in a text: its name in the vocabulary, and the first and last token it was read from. */
export interface Feature {
  name: string;
  from: number;
  to: number;
}

/** Words that turn what follows them, in French and English, as `fold` writes them. */
const TURNING = new Set(
  `not no never without nor neither nothing nobody cannot cant dont doesnt didnt isnt wasnt wont wouldnt couldnt arent werent
  hasnt havent shouldnt hardly barely ne n pas jamais rien aucun aucune sans ni guere`.split(/\s+/),
);
/** Words after a turning word that it turns, at most. */
const REACH = 3;
/** Letters that words of one family share; longer words are counted by their beginning, too. */
const STEM = 4;

const turns = (form: string): boolean => TURNING.has(form) || form.endsWith("n't");

/**
 * What is counted in a text: each word and its beginning ("~", longer words only), both with "¬" before them where a negation
 * turns them; each pair of neighbours within a clause; emoji and marks; and what the whole looks like ("#…").
 */
export function featuresOf(tokens: readonly Token[]): Feature[] {
  const found: Feature[] = [];
  let turned = 0;
  for (const [at, { kind, form }] of tokens.entries()) {
    if (kind === 'break' || kind === 'mark') turned = 0;
    if (kind === 'break') continue;
    const turn = kind === 'word' && turned > 0 ? '¬' : '';
    found.push({ name: turn + form, from: at, to: at });
    if (kind === 'word') {
      if (form.length > STEM) found.push({ name: `~${turn}${form.slice(0, STEM)}`, from: at, to: at });
      turned = turns(form) ? REACH : turned - 1;
    }
    const before = tokens[at - 1];
    if (before && before.kind !== 'break') found.push({ name: `${before.form} ${form}`, from: at - 1, to: at });
  }
  return [...found, ...shapesOf(tokens)];
}

function shapesOf(tokens: readonly Token[]): Feature[] {
  const words = tokens.filter(({ kind }) => kind === 'word');
  const loud = words.filter((word) => word.loud).length;
  const whole = { from: 0, to: tokens.length - 1 };
  if (words.length > 4 && loud > words.length / 2) return [{ name: '#loud', ...whole }];
  return words.length > 0 && words.length <= 3 ? [{ name: '#short', ...whole }] : [];
}
