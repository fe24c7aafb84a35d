import { foldHeader } from '../formats/table/header.ts';
import type { Target } from './contract.ts';

/**
 * Headers, folded, of the exports of deals that we know (HubSpot, Salesforce, Pipedrive, in English and French, and Salesforce's own field
 * names) and of tables that people keep. A leading "Deal", "Opportunity", "Affaire" or "Transaction" is left out first where that helps.
 */
const words: Record<Exclude<Target, 'ignore'>, string> = {
  name: `name | title | nom | titre | intitule | deal name | deal | opportunity | opportunity name | affaire | nom de l affaire | nom de la transaction
    | nom de l opportunite | libelle | objet`,
  organization: `organization | organisation | company | account | account name | client | customer | societe | entreprise | compte | nom du compte
    | associated company | primary company | entreprise associee | company name | organisme | prospect`,
  contact: `contact | contact person | person | personne | associated contact | contact associe | primary contact | contact principal | contact name
    | interlocuteur | personne a contacter | personne de contact`,
  email: `email | e mail | contact email | mail | courriel | adresse e mail | person email work | associated contact email`,
  stage: `stage | deal stage | stage name | etape | phase | phase de la transaction | etape de l opportunite | pipeline stage | step`,
  outcome: `status | outcome | statut | issue | resultat | etat | is won | won`,
  amount: `amount | value | deal value | montant | valeur | amount in company currency | total amount | ca | chiffre d affaires | budget
    | montant de la transaction | prix`,
  currency: `currency | devise | amount currency | currency iso code | opportunity currency | deal currency | monnaie | value currency`,
  expectedOn: `close date | expected close date | expected | date de fermeture | date de cloture | echeance | date de cloture prevue | date prevue
    | cloture prevue | date de signature prevue | expected closing date | expected on`,
  openedOn: `create date | created date | created | deal created | date de creation | opened | ouverte le | creee le | cree le | date d ouverture
    | add time | affaire creee | start date | date de debut`,
  closedOn: `closed | closed on | closed date | won time | lost time | deal closed on | close le | cloturee le | fermee le | date de gain
    | date de perte | won on | lost on | heure de gain | heure de perte`,
  owner: `owner | deal owner | opportunity owner | proprietaire | proprietaire de la transaction | proprietaire de l opportunite | responsable
    | commercial | sales rep | sales person | salesperson | vendeur | account owner`,
  reason: `closed lost reason | lost reason | loss reason | closed won reason | win reason | reason | raison | motif | raison de la perte
    | raison de perte | motif de perte | motif de fermeture perdue | motif de fermeture gagnee | win loss reason | reasons | raisons`,
  note: `note | notes | description | deal description | comment | comments | commentaire | commentaires | remarque | remarques | next step
    | prochaine etape`,
  externalId: `record id | id | deal id | opportunity id | identifiant | id d enregistrement | id de l opportunite | opportunity id 18 | hs object id
    | reference | id de la transaction | id d objet`,
};

const dictionary: ReadonlyMap<string, Target> = new Map(
  Object.entries(words).flatMap(([target, list]) =>
    list.split('|').map((word) => [word.replaceAll(/\s+/g, ' ').trim(), target as Target] as const),
  ),
);

const lead = /^(?:deal|opportunity|affaire|transaction|opportunite)s? /;

/** What a header says its column holds. */
export function targetOf(header: string): Target {
  const folded = foldHeader(header);
  return dictionary.get(folded) ?? dictionary.get(folded.replace(lead, '')) ?? 'ignore';
}

/** Of these the first column that is recognised counts, the others are kept as they are; of the rest, each fills what those before it leave empty. */
const single: ReadonlySet<Target> = new Set(['name', 'externalId', 'stage', 'amount', 'currency']);

/** What the columns of a table hold, by its header. */
export function targetsOf(headers: readonly string[]): Target[] {
  const taken = new Set<Target>();
  return headers.map((header) => {
    const target = targetOf(header);
    if (single.has(target) && taken.has(target)) return 'ignore';
    taken.add(target);
    return target;
  });
}

/** Which of the first rows names the columns: the one of which most is known, at least a name or organisation and one thing more. */
export function findHeader(rows: readonly (readonly string[])[]): number | null {
  let best: { at: number; known: number } | null = null;
  for (const [at, cells] of rows.slice(0, 30).entries()) {
    const targets = new Set(targetsOf(cells));
    targets.delete('ignore');
    const names = targets.has('name') || targets.has('organization');
    if (names && targets.size >= 2 && targets.size > (best?.known ?? 0)) best = { at, known: targets.size };
  }
  return best?.at ?? null;
}

/** The product that wrote a file, by headers that no other writes. */
export function sourceOf(headers: readonly string[]): string {
  const folded = new Set(headers.map(foldHeader));
  const has = (...names: string[]) => names.every((name) => folded.has(name));
  // A table of one's own may have deals with names and stages; HubSpot's exports have ids besides.
  if (has('deal stage', 'record id') || has('nom de la transaction', 'id d enregistrement')) return 'hubspot';
  if (has('opportunity name') || has('stage name', 'close date') || has('nom de l opportunite')) return 'salesforce';
  const piped = headers.filter((header) => /^(?:deal|affaire) - /i.test(header.trim())).length;
  return piped >= 2 ? 'pipedrive' : 'table';
}
