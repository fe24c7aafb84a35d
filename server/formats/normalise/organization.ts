import { fold } from './fold.ts';

/** Legal forms, folded, without dots. The short ones count as such in capitals, dotted, or in a key only. */
const LEGAL_FORMS = new Set(
  `sa sas sasu sarl eurl sci snc scop scp scm scs sca gie sel selarl selas earl gaec sem spl epic epa saem scic eirl
  ltd limited llc llp lp inc incorporated corp corporation plc co company pty pte pvt cic
  gmbh mbh ag kg kgaa ug ohg gbr ev eg se partg
  bv nv bvba sprl srl asbl vzw vof cv scrl
  spa sapa sas snc sl slu sau slne lda ltda sgps eireli
  oy oyj ab as asa aps is hf ehf
  sro spzoo zoo kft zrt nyrt doo dd ood ead ad sarlau`.split(/\s+/),
);

/** Too like names and words to count in small letters ("Marie As", "Inc" aside). */
const SHORT_FORMS = new Set(
  `sa sem sel lp co ag kg ug ev eg se bv nv sl spa oy ab as is hf ad dd cv epa spl zoo cic lda sau sca scs scm scp gbr doo`.split(
    /\s+/,
  ),
);

const WORDS = new RegExp(
  `^(?:${[
    'societe|entreprise|etablissements?|ets|cabinet|groupe|groupement|association|assoc|federation|confederation|fondation|syndicat',
    'mairie|commune|prefecture|ministere|departement|metropole|communaute|conseil|departemental|agglomeration|chambre|cci|tresor|urssaf|cpam|caf|pole',
    'universite|university|universitat|universidad|universita|institut|institute|instituto|lycee|college|ecole|academie|academy|faculte|hochschule|schule|school',
    'hopital|clinique|pharmacie|laboratoires?|hospital|klinik|krankenhaus|apotheke|clinic|pharmacy|chu|ehpad',
    'garage|restaurant|brasserie|boulangerie|patisserie|boucherie|traiteur|hotel|camping|librairie|imprimerie|menuiserie|plomberie|transports?|taxis?|auberge|bistrot|cafe|pizzeria|hair|coiffure',
    'banque|credit|assurances?|mutuelle|insurance|versicherung|sparkasse|volksbank|notaires?|avocats|huissiers?',
    'editions|productions?|industries?|industrie|technologies?|technology|tech|systems?|systemes?|solutions?|services?|logistics?|logistique|consulting|consultants?|conseils|ingenierie|engineering|software|informatique|digital|studios?|media|medias|communication|immobilier|batiment|construction|travaux|energies?|energie|automobiles?|electronics?|pharma|laboratory|labs?|ventures|capital|partners|partenaires|associes|associates|international|holdings?|group|gruppe|enterprises?|network|foundation|fund|trust|council|agency|agence|bureau|office|department|ministry|club|team|verein|verband|stadt|gemeinde|handwerkskammer|firma|freres|brothers|sohne|sons|hermanos|fratelli|cooperative|coop|federacion|asociacion|ayuntamiento|fundacion|empresa|grupo|azienda|comune',
  ].join('|')})$`,
);

/** German compounds write the telling word at the end: "Stadtsparkasse", "Maschinenbau". */
const ENDINGS =
  /(?:sparkasse|werke|werk|maschinenbau|verein|verband|schule|klinik|versicherung|technik|handel|verlag|bank|gesellschaft)$/;

/**
 * Whether a text names an organisation rather than a person: a legal form in its place, a word that companies, public bodies and
 * associations carry, "&", digits. Made for fields that may hold either; a bare brand ("Renault") cannot be told and gives false.
 */
export function looksLikeOrganization(text: string): boolean {
  const plain = text.trim();
  if (plain.length < 2 || plain.length > 300 || plain.includes('@')) return false;
  const words = plain.split(/[\s,/()]+/).filter((word) => word !== '');
  if (words.some((word, i) => isLegalForm(word, i === 0 || i === words.length - 1))) return true;
  if (/\s&\s|\s\+\s|\bet (?:fils|cie|associés)\b|& ?(?:co|cie|fils|sons)\b/i.test(plain)) return true;
  const folded = words.map((word) =>
    fold(word)
      .replace(/^[dl]'/, '')
      .replace(/[^a-z0-9-]/g, ''),
  );
  if (folded.some((word) => WORDS.test(word))) return true;
  return (
    folded.some((word) => word.length > 7 && ENDINGS.test(word)) ||
    (words.length > 1 && /^(?:the|les?) /i.test(plain) && isAllPlural(folded))
  );
}

function isAllPlural(words: string[]): boolean {
  return words.slice(1).every((word) => word.endsWith('s'));
}

function isLegalForm(word: string, atEdge: boolean): boolean {
  const form = fold(word).replace(/[./]/g, '');
  if (!LEGAL_FORMS.has(form)) return false;
  if (!SHORT_FORMS.has(form)) return true;
  const dotted = /\..*\.|\//.test(word);
  return (
    atEdge &&
    (dotted || word === word.toUpperCase() || (form === 'co' && word.endsWith('.')) || /^(?:SpA|eV|eG)$/.test(word))
  );
}

/**
 * What matching compares of an organisation's name: folded words without legal forms, articles and "and".
 * "S.A.R.L. Dupont & Fils" and "Dupont et Fils" have one key. Never "" for a name with a letter or digit in it.
 */
export function organizationKey(name: string): string {
  const joined = fold(name)
    .replace(/\b([a-z])\.(?=[a-z]\b)/g, '$1')
    .replace(/\b([a-z])\/([a-z])\b/g, '$1$2')
    .replace(/\bsp\.? ?z ?\.?o\.? ?o\b\.?/g, 'spzoo')
    .replace(/\be\. ?v\b\.?/g, 'ev');
  const words = joined.match(/[\p{L}\p{N}]+/gu) ?? [];
  const kept = words.filter((word) => !LEGAL_FORMS.has(word) && !LINKS.has(word));
  return (kept.length > 0 ? kept : words).join(' ');
}

const LINKS = new Set(['the', 'et', 'and', 'und', 'le', 'la', 'les', 'l', 'ste', 'societe', 'ets', 'etablissements']);
