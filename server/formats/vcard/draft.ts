import type { Contact, ContactKind, Place, ReadOptions } from '../contact.ts';
import { encodingOf, typesOf, type VcardProperty } from './property.ts';
import { base64Size, type CardText, decodeValue } from './value.ts';

/** A contact while its card is being read. */
export interface Draft {
  contact: Contact;
  card: CardText;
  options: ReadOptions;
  /** What the card itself says it is. */
  kind?: ContactKind;
  /** A filled `N` was seen. */
  named?: boolean;
  /** A filled `ORG` was seen. */
  organized?: boolean;
  /** Serves as title when there is no `TITLE`. */
  role?: VcardProperty;
  /** What `contact.photo` was read from. */
  photo?: VcardProperty;
  /** Apple's labels by group, groups in lower case. */
  labels: Map<string, string>;
  usedLabels: Set<string>;
  /** Apple's country codes of addresses by group. */
  regions: Map<string, string>;
  /** `LABEL` properties, which wait for the addresses they may belong to. */
  addressLabels: VcardProperty[];
}

/** Keeps a property as the source wrote it; only quoted-printable and the charset are undone. */
export function keepExtra(draft: Draft, property: VcardProperty): void {
  const { group, name, params } = property;
  const binary = encodingOf(property) === 'base64';
  const quotedPrintable = encodingOf(property) === 'quoted-printable';
  let written = group === undefined ? name : `${group}.${name}`;
  for (const param of params) {
    const decoded = /^(?:encoding|charset)$/i.test(param.name) || /^quoted-printable$/i.test(param.value);
    if (decoded && !binary) continue;
    written += param.name === '' ? `;${param.value}` : `;${param.name}=${param.value}`;
  }
  const omitted = binary && draft.options.octets === false;
  const value = omitted ? `[${base64Size(property.value)}]` : decodeValue(property, draft.card);
  const oneLine = quotedPrintable ? value.replace(/\r\n|\r|\n/g, '\\n') : value;
  if (oneLine.trim() !== '' || quotedPrintable) draft.contact.extra.push({ name: written, value: oneLine });
}

export function warn(draft: Draft, code: string, detail?: string): void {
  draft.contact.warnings.push(detail === undefined ? { code } : { code, detail: detail.slice(0, 200) });
}

/** Apple's own labels are written "_$!<Home>!$_"; what people typed stands plain. */
const APPLE_LABEL = /^_\$!<(.*)>!\$_$/;

/** The label that people or Apple gave a property through its group. */
export function labelOf(draft: Draft, property: VcardProperty): string | undefined {
  if (property.group === undefined || draft.labels.size === 0) return undefined;
  const group = property.group.toLowerCase();
  const label = draft.labels.get(group);
  if (!label) return undefined;
  draft.usedLabels.add(group);
  return label;
}

/** Where a contact point belongs and how it is called. */
export interface Marks {
  types: string[];
  type: Place | undefined;
  label: string | undefined;
  preferred: boolean;
}

const PLACES: Record<string, Place> = {
  work: 'work',
  business: 'work',
  office: 'work',
  home: 'home',
  personal: 'home',
  other: 'other',
};

/** Types that tell nothing that the contact has no place for. */
const PLAIN = new Set(
  `pref internet voice video text msg textphone cell fax pager main iphone mobile homefax workfax car pcs isdn bbs modem voip
  dom intl postal parcel x400 applelink attmail cis eworld ibmmail mcimail powershare prodigy tlx`.split(/\s+/),
);

/** Reads `TYPE`, `PREF` and the label of a property. */
export function marksOf(draft: Draft, property: VcardProperty): Marks {
  const types = typesOf(property);
  const label = labelOf(draft, property);
  const apple = label === undefined ? undefined : APPLE_LABEL.exec(label)?.[1]?.toLowerCase();
  if (apple !== undefined) types.push(apple);
  const own =
    label !== undefined && (apple === undefined || !isKnown(apple))
      ? apple === undefined
        ? label
        : APPLE_LABEL.exec(label)![1]!
      : undefined;
  const unknown = types.find((type) => !isKnown(type) && type !== apple);
  return {
    types,
    type: placeOf(types),
    label: own ?? unknown?.replace(/^x-/, ''),
    preferred: types.includes('pref') || property.params.some(isPreference),
  };
}

function isKnown(type: string): boolean {
  return type in PLACES || PLAIN.has(type) || type === 'homepage';
}

/** The first type that names a place. */
export function placeOf(types: string[]): Place | undefined {
  for (const type of types) {
    const place = PLACES[type] ?? (type === 'homefax' ? 'home' : type === 'workfax' ? 'work' : undefined);
    if (place) return place;
  }
  return undefined;
}

/** RFC 6350, 5.3: 1 is most preferred. */
function isPreference({ name, value }: { name: string; value: string }): boolean {
  return value.trim() === '1' && name.toUpperCase() === 'PREF';
}
