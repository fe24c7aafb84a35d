/** Programs in which most people read mail, on any of their systems. */
export type MailClient = 'apple' | 'gmail' | 'outlook';

/**
 * What at least one edition of each does not take, as last tested there: from caniemail.com (github.com/hteumeuleu/caniemail, MIT), its state of
 * 29 June 2026 (6b086a3). Of its features those are kept that are a property of CSS, a value of one, or an element of HTML.
 */
const properties: [MailClient[], string][] = [
  [['apple', 'gmail', 'outlook'], 'cursor inline-size'],
  [
    ['gmail', 'outlook'],
    'animation border-image bottom clip-path color-scheme filter flex-direction flex-wrap font-stretch grid-template justify-content left list-style-image outline-offset position right shape-margin shape-outside text-decoration-thickness text-shadow text-underline-offset top transform transition visibility z-index',
  ],
  [
    ['outlook'],
    'background-blend-mode background-clip background-image background-origin background-position background-repeat background-size border-radius box-shadow box-sizing caption-side column-count display:flex display:grid float gap list-style-position max-height min-height min-width mix-blend-mode object-fit object-position opacity outline overflow text-align-last text-decoration-color text-overflow white-space word-wrap writing-mode',
  ],
];
const elements: [MailClient[], string][] = [
  [['gmail', 'outlook'], 'audio bdi dialog meter object picture progress rp rt ruby svg video wbr'],
  [
    ['outlook'],
    'abbr acronym article aside base button details figcaption figure footer form header input main mark nav section select summary textarea time',
  ],
];

const byName = (rows: typeof properties): ReadonlyMap<string, readonly MailClient[]> =>
  new Map(rows.flatMap(([clients, names]) => names.split(' ').map((name) => [name, clients] as const)));

/** By property, or `property:value`. */
export const propertiesNotTaken = byName(properties);
/** By element. */
export const elementsNotTaken = byName(elements);
