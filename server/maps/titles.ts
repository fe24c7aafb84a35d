import { fold } from '../formats/normalise/fold.ts';

/** What somebody's work is about, as far as titles say it. */
export type Field =
  | 'general'
  | 'finance'
  | 'legal'
  | 'people'
  | 'sales'
  | 'marketing'
  | 'communication'
  | 'service'
  | 'technology'
  | 'research'
  | 'production'
  | 'purchasing'
  | 'logistics'
  | 'quality'
  | 'administration';

/** Fields that answer to one chief where none of their own stands. */
export type Department = 'general' | 'money' | 'customers' | 'technology' | 'operations' | 'people';

export const departmentOf: Record<Field, Department> = {
  general: 'general',
  finance: 'money',
  legal: 'money',
  administration: 'money',
  people: 'people',
  sales: 'customers',
  marketing: 'customers',
  communication: 'customers',
  service: 'customers',
  technology: 'technology',
  research: 'technology',
  production: 'operations',
  purchasing: 'operations',
  logistics: 'operations',
  quality: 'operations',
};

/** The field under which another one is led where it has no chief of its own, before the rest of the department. */
export const kinOf: Partial<Record<Field, Field>> = {
  communication: 'marketing',
  marketing: 'sales',
  service: 'sales',
  legal: 'administration',
  administration: 'finance',
  research: 'technology',
  quality: 'production',
  logistics: 'production',
};

/** Rungs of the ladder; the lower the number, the higher up. */
export const levels = {
  head: 0,
  deputyHead: 10,
  officer: 20,
  vicePresident: 25,
  director: 30,
  deputyDirector: 35,
  manager: 40,
  teamLead: 50,
  contributor: 60,
  assistant: 70,
  trainee: 80,
} as const;
export type Level = (typeof levels)[keyof typeof levels];

export interface Title {
  level: Level;
  /** Empty: the title names none. The first one named comes first. */
  fields: Field[];
}

/** Words that name a field; French and English, folded. The order does not matter: where they stand in the title does. */
const fieldWords: [Field, RegExp][] = [
  [
    'finance',
    /\b(?:financ\w*|financial|compta\w*|account(?:ing|ant)s?|tresor\w*|treasur\w*|controle de gestion|controlling|controleu\w* de gestion|controllers?|audit\w*|daf|raf|cfo|tax|fiscal\w*|budget\w*)\b/,
  ],
  ['legal', /\b(?:juridique\w*|juriste?s?|legal|counsel|lawyer|avocat\w*|compliance|conformite|dpo|clo)\b/],
  [
    'people',
    /\b(?:ressources humaines|rh|drh|rrh|hr|chro|human resources|people|talents?|recrut\w*|recruit\w*|formation|training|paie|payroll)\b/,
  ],
  [
    'sales',
    /\b(?:commercia\w+|ventes?|vendeu\w*|sales|business develop\w+|key accounts?|grands? comptes?|comptes? cles?|account (?:manager|executive)s?|avant-vente|presales|cro|cco|export|revenue|clientele)\b/,
  ],
  ['marketing', /\b(?:marketing|cmo|brand|marque|growth|digital marketing|crm|product marketing)\b/],
  [
    'communication',
    /\b(?:communication\w*|presse|press|public relations|relations publiques|events?|evenementiel|editorial|graphi\w+|redact\w+|webdesign\w*)\b/,
  ],
  [
    'service',
    /\b(?:service clients?|relation clients?|support|sav|apres-vente|customer\w*|client success|experience clients?|helpdesk|hotline)\b/,
  ],
  [
    'technology',
    /\b(?:informatique\w*|systemes? d'informations?|dsi|rssi|cio|cto|ciso|cdo|it|software|logiciels?|develop(?:p?eu\w*|ers?)|devops|data|technolog\w*|infrastructures?|reseaux?|network|cyber\w*|architecte?s?|cloud|webmaster|systems?|digital|numerique|transformation)\b/,
  ],
  [
    'research',
    /\b(?:r&d|recherche|research|innovation|scientifi\w+|bureau d'etudes?|methodes|design|conception|produits?|product)\b/,
  ],
  [
    'production',
    /\b(?:productions?|usine|plant|factory|industriel\w*|manufactur\w*|operations?|coo|exploitation|atelier|maintenance|travaux|chantier\w*|site)\b/,
  ],
  ['purchasing', /\b(?:achats?|acheteu\w*|purchas\w*|procurement|buyers?|approvisionn\w+|sourcing|cpo)\b/],
  ['logistics', /\b(?:logisti\w*|supply chain|transports?|entrepot|warehouse|expeditions?|shipping|flux)\b/],
  [
    'quality',
    /\b(?:qualite|quality|qse|qhse|hse|securite|safety|environnement|rse|csr|sustainability|developpement durable)\b/,
  ],
  [
    'administration',
    /\b(?:administrati\w+|admin|office manager|services? generaux|facilit(?:y|ies)|secretari(?!\w* general)\w+|secretaires?(?! general)|accueil|reception\w*)\b/,
  ],
  [
    'general',
    /\b(?:general\w*|direction|presidence|comite de direction|executive|ceo|pdg|dg|dga|president\w*|chief of staff|strateg\w+)\b/,
  ],
];

/** Words of many fields: they tell one only where nothing else does ("ingénieur commercial" sells). */
const weakWords = /\b(?:engineering|ingenieu?r\w*|engineers?|technique\w*|technical)\b/;

/** A title that is a function of the company as a whole. */
const headWords =
  /\b(?:pdg|p-dg|p\.d\.g|(?:president|dg)(?:e)?[- ]directeur general|president\w*|chairman|chairwoman|chairperson|ceo|chief executive|managing director|founder|fondat\w+|co-?found\w*|cofondat\w+|owner|proprietaire|gerante?|co-?gerante?|dirigeante?|(?:dg|dgs)|directeur general|directrice generale|general manager|maire|mayor|managing partner)\b/;

/** Whoever is head of a part only, or stands for a head: not the head. */
const partOf = /\b(?:adjoint\w*|deputy|delegue\w*|vice|assistant\w*|dga|associate|joint)\b/;
const vice = /\b(?:vice[- ]president\w*|vp|svp|evp|avp)\b/;

const traineeWords =
  /\b(?:stagiaires?|stage|apprenti\w*|alternan(?:te?s?|ce)|intern|interns|trainee|apprentice|working student|volontaire|vie|doctorant\w*)\b/;
const assistantWords =
  /\b(?:assistante?s?|secretaires?|secretary|(?:executive|personal) assistant|pa|ea|standardiste|hotesse|receptionist|office manager|aide)\b/;
const officerWords =
  /\b(?:c[fotimrphd]o|ciso|chro|chief [\w &]*officer|chief (?!of staff)\w+|daf|dsi|drh|rssi|secretaire generale?|general counsel|directeur executif|directrice executive|executive director|membre du (?:directoire|comex|codir))\b/;
const directorWords =
  /\b(?:directeurs?|directrices?|directors?|dir|head|direction|partner|associee?|doyen|dean|principal)\b/;
const partDirector =
  /\b(?:adjointe?|deputy|associate|regiona\w*|region|agence|branch|local|zone|secteur|site|district|projets?|project|comptes?|account|artistique|art|creati\w+|clientele|sales director for)\b/;
const managerWords =
  /\b(?:responsables?|managers?|chef\w* (?:de |du |des |d')?(?:service|departement|division|agence|bureau|pole|secteur|site)|chef comptable|chief accountant|lead(?:er)?|superviseu\w*|supervisor|cadre dirigeant|gestionnaire principal|rrh|raf|coordinat\w+|intendante?)\b/;
const teamWords =
  /\b(?:chef\w* (?:d'|de l'|des )?equipe|chef\w* (?:d'|de |des )?(?:atelier|chantier|rayon|ligne|poste|quart)|team lead(?:er)?|tech(?:nical)? lead|lead (?:developer|engineer|designer)|animat\w+ d'equipe|foreman|contremaitre|agent de maitrise|shift (?:lead(?:er)?|manager))\b/;
/** Managers of a matter, not of people. */
const ofMatters =
  /\b(?:project|program(?:me)?|product|account|key account|sales account|community|office|customer success|delivery|case|content|brand|category|chef\w* (?:de |du |des |d')?(?:projets?|produits?|marques?|publicite)|responsable (?:de )?(?:comptes?|clienteles?|grands comptes))\b/;
const contributorWords =
  /\b(?:ingenieure?s?|engineers?|technicien\w*|technicians?|analystes?|analysts?|consultante?s?|chargee?s?|develop(?:p?eu\w*|ers?)|comptables?|accountants?|juristes?|acheteu\w*|buyers?|vendeu\w*|commercia(?:l|le|ux)|attachee?s?|conseille\w+|advisers?|advisors?|specialist\w*|expert\w*|architectes?|architects?|designers?|chefs? (?:de |du |des |d')?(?:projets?|produits?)|(?:sales )?representati\w+|representante?s?|delegu\w+|operateu\w*|operators?|agents?|employee?s?|gestionnaires?|redact\w+|charge d'affaires|formateu\w*|trainers?|clerk|officer|chercheu\w*|researchers?|controleu\w*|controllers?|auditeu\w*|auditors?|account executive|scientists?|medecin|nurse|infirmi\w+|professeu\w*|teachers?|conducteu\w*|drivers?|recruteu\w*|recruiters?|data|executive)\b/;

/** Puts dots, slashes and hyphens of spelling aside: "P.D.G.", "D.A.F", "Resp.". */
const plain = (text: string): string =>
  ` ${fold(text)
    .replace(/\b(?:[a-z]\.){2,}[a-z]?\b\.?/g, (initials) => initials.replaceAll('.', ''))
    .replace(/\bresp\.?(?= )/g, 'responsable')
    .replace(/\bdir\.(?= )/g, 'directeur')
    .replace(/\bmgr\b/g, 'manager')
    .replace(/\basst\.?(?= )/g, 'assistant')
    .replace(/\((?:e|ne|trice|euse|rice|se|h\/f|f\/h|m\/f)\)/g, '')
    .replace(/·\w*/g, '')
    .replace(/\s+/g, ' ')
    .trim()} `;

function levelOf(text: string): Level | null {
  if (traineeWords.test(text)) return levels.trainee;
  const assists = /\b(?:assistante?|assistant)\b/.exec(text);
  // "Assistant manager" stands below the manager; "assistante de direction" and "assistant to the CEO" assist.
  if (assists && !/\bassistante? (?:manager|director|directeur|vice)\b/.test(text)) return levels.assistant;
  if (vice.test(text)) return levels.vicePresident;
  if (headWords.test(text)) {
    if (partOf.test(text)) return levels.deputyHead;
    // The president of a region, the general manager of a plant.
    return partDirector.test(text) && !/\b(?:pdg|ceo|fondat|founder|gerant|owner)/.test(text)
      ? levels.director
      : levels.head;
  }
  if (/\bdga\b/.test(text)) return levels.deputyHead;
  if (officerWords.test(text)) return levels.officer;
  if (assistantWords.test(text) && !/\bsecretaire generale?\b/.test(text)) return levels.assistant;
  if (teamWords.test(text)) return levels.teamLead;
  if (directorWords.test(text) && !/\b(?:de|to the) direction\b|\bcharge\w* de direction\b/.test(text)) {
    if (/\bhead(?! of\b)\b/.test(text) && !/\bhead,|\bhead \w/.test(text) && !/directeu|directri|director/.test(text))
      return levels.manager;
    return partDirector.test(text) || /\bassistant\b/.test(text) ? levels.deputyDirector : levels.director;
  }
  if (ofMatters.test(text)) return levels.contributor;
  if (managerWords.test(text)) return partOf.test(text) ? levels.teamLead : levels.manager;
  return contributorWords.test(text) ? levels.contributor : null;
}

function fieldsOf(text: string): Field[] {
  const found = fieldWords
    .flatMap(([field, words]) => {
      const at = text.search(words);
      return at < 0 ? [] : [{ field, at }];
    })
    .sort((a, b) => a.at - b.at)
    .map(({ field }) => field);
  return found.length === 0 && weakWords.test(text) ? ['research'] : found;
}

/**
 * Reads a title in French or English: how high somebody stands, and what their work is about. What it cannot tell, it does not guess.
 *
 * @returns null when nothing in it says where its holder stands
 */
export function readTitle(text: string): Title | null {
  const folded = plain(text);
  const level = levelOf(folded);
  const fields = fieldsOf(folded);
  const atTop = level === levels.head || level === levels.deputyHead;
  if (level !== null)
    // Who leads the company leads all of it, whatever else the title names.
    return { level, fields: atTop ? ['general', ...fields.filter((field) => field !== 'general')] : narrowed(fields) };
  const named = narrowed(fields).filter((field) => field !== 'general');
  return named.length > 0 ? { level: levels.contributor, fields: named } : null;
}

/** "General" beside a field of its own says nothing: "direction financière", "secrétaire général". */
function narrowed(fields: Field[]): Field[] {
  const own = fields.filter((field) => field !== 'general');
  return own.length > 0 ? own : fields;
}
