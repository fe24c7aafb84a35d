import eld from 'eld/extrasmall';
import { type Token, tokensOf } from './words.ts';

/** `unknown`: too little is written to tell, or what is written is no language. */
export type Language = 'fr' | 'en' | 'other' | 'unknown';

export interface LanguageReading {
  language: Language;
  /** ISO 639-1, where the language is known, another one's too. */
  code?: string;
}

/** Words that say by themselves that a short message is French or English; no word of both, nor of a neighbour's. */
const TELLING: Record<'fr' | 'en', Set<string>> = {
  fr: new Set(
    `je tu il elle nous vous ils le les des une du au aux ce cette ces et ou mais donc pas plus tres trop bien bon bonne merci
    bonjour bonsoir salut avec pour dans sur est sont ete etait ai avez avons suis etes que qui quoi quand comment pourquoi
    combien oui parfait genial nul nulle appli mauvais mauvaise facile pratique efficace rapide satisfait satisfaite decu decue
    toujours jamais encore rien tout toute beaucoup cordialement madame monsieur fonctionne marche client livraison remboursement
    commande facture prix cher chere bravo aime adore recommande dommage inutile nickel excellente utile utilisation
    moyen moyenne ergonomique complet complete svp stp coucou`.split(/\s+/),
  ),
  en: new Set(
    `the a an i you he she it we they my your is are was were be been have has had do does did not and or but with for from this
    that these those what when where why how thanks thank hello hi hey please good great awesome amazing love loved like works
    work working best bad worst easy nice very useful useless helpful app update need needs really can could would should will
    fine well done yes happy sad poor slow fast terrible awful horrible delivery refund order customer
    never always just all too so much thx ty hate crap fantastic wonderful brilliant disappointed disappointing`.split(
      /\s+/,
    ),
  ),
};

/** Characters that are read for the language. */
const ENOUGH = 1_000;

/** Which language a message is in. Names of accounts, links and emoji are passed over; a mixed message has the language of most of it. */
export function languageOf(text: string): LanguageReading {
  return languageOfTokens(text, tokensOf(text.slice(0, ENOUGH)));
}

function languageOfTokens(text: string, tokens: readonly Token[]): LanguageReading {
  const words = tokens.filter(({ kind }) => kind === 'word');
  if (words.length === 0) return { language: 'unknown' };
  const found = eld.detect(words.map(({ start, end }) => text.slice(start, end)).join(' '));
  const [fr, en] = (['fr', 'en'] as const).map((one) => words.filter(({ form }) => TELLING[one].has(form)).length);
  const sure = words.length > 3 && found.isReliable();
  if (!sure && fr! !== en!) return { language: fr! > en! ? 'fr' : 'en', code: fr! > en! ? 'fr' : 'en' };
  const code = found.language;
  if (!code || !found.isReliable()) return { language: 'unknown' };
  return { language: code === 'fr' || code === 'en' ? code : 'other', code };
}
