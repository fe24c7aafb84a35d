import type { Contact, ContactAddress } from '../contact.ts';
import { countryCode, parseAddress } from '../normalise/address.ts';
import { cellValue, warn } from './cells.ts';
import type { Field, Target } from './columns.ts';
import { readLabel } from './labels.ts';

/** The columns that make one address. */
export interface AddressColumns {
  place?: 'work' | 'home' | 'other';
  typeColumn?: number;
  parts: { field: Field; column: number }[];
}

/** Gathers address columns: those with one number, and those with one place, belong together. */
export function groupAddresses(columns: { target: Target; column: number }[]): AddressColumns[] {
  const groups = new Map<string, AddressColumns>();
  for (const { target, column } of columns) {
    const place = target.qualifiers.find((word) => word === 'work' || word === 'home' || word === 'other');
    const key = `${target.number}:${place ?? ''}`;
    const group = groups.get(key) ?? { place, parts: [] };
    groups.set(key, group);
    if (target.field === 'addressType') group.typeColumn = column;
    else group.parts.push({ field: target.field, column });
  }
  return [...groups.values()].filter((group) => group.parts.length > 0);
}

type Parts = Partial<Record<Field, string[]>>;

/** Adds the address of a row's columns; a lone country or region is one too. */
export function addAddress(contact: Contact, group: AddressColumns, cells: string[], country: string): void {
  const parts: Parts = {};
  for (const { field, column } of group.parts) {
    const value = cellValue(cells[column]);
    if (value === '') continue;
    const list = parts[field];
    if (!list) parts[field] = [value];
    else if (!list.includes(value)) list.push(value);
  }
  if (Object.keys(parts).length === 0) return;
  const structured = group.parts.some(({ field }) => field === 'city' || field === 'postcode');
  const address = structured && !onlyFormatted(parts) ? fromParts(parts, country, contact) : fromText(parts, country);
  const label = group.typeColumn === undefined ? undefined : readLabel(cells[group.typeColumn] ?? '');
  const type = label?.place ?? group.place;
  if (type) address.type = type;
  if (label?.own) address.label = label.own;
  contact.addresses.push(address);
}

function onlyFormatted(parts: Parts): boolean {
  return parts.formatted !== undefined && !parts.city && !parts.postcode && !parts.street;
}

function fromParts(parts: Parts, defaultCountry: string, contact: Contact): ContactAddress {
  const lines = [...(parts.streetPart ? [parts.streetPart.join(' ')] : []), ...(parts.street ?? [])];
  const street = [...(parts.extended ?? []), ...lines, ...(parts.pobox ?? [])].join('\n');
  const [city, region, country] = [parts.city?.[0], parts.region?.[0], parts.country?.[0]];
  const code = country ? countryCode(country) : undefined;
  const postcode = padded(parts.postcode?.[0], code ?? (country ? '' : defaultCountry), contact);
  const cityLine = [parts.postcode?.[0], city].filter(Boolean).join(' ');
  const raw = parts.formatted?.[0] ?? [street, cityLine, region, country].filter(Boolean).join('\n');
  return {
    raw,
    ...(street ? { street } : {}),
    ...(postcode ? { postcode } : {}),
    ...(city ? { city } : {}),
    ...(region ? { region } : {}),
    ...(country ? { country } : {}),
    ...(code ? { countryCode: code } : {}),
  };
}

/** Countries whose postcodes all have five digits: four are a number whose leading zero a spreadsheet took. */
const FIVE_DIGITS = new Set(['FR', 'DE', 'ES', 'IT', 'US']);

function padded(postcode: string | undefined, country: string, contact: Contact): string | undefined {
  if (!postcode || !/^\d{4}$/.test(postcode) || !FIVE_DIGITS.has(country)) return postcode;
  warn(contact, 'postcode.padded', postcode);
  return `0${postcode}`;
}

function fromText(parts: Parts, country: string): ContactAddress {
  const raw = [
    parts.formatted,
    parts.extended,
    parts.streetPart,
    parts.street,
    parts.pobox,
    parts.region,
    parts.country,
  ]
    .flatMap((lines) => lines ?? [])
    .join('\n');
  const named = parts.country?.[0];
  const code = named ? countryCode(named) : undefined;
  const text = [parts.formatted, parts.street].flatMap((lines) => lines ?? []).join('\n');
  return {
    raw,
    ...(text ? parseAddress(text, code ?? country) : {}),
    ...(parts.region ? { region: parts.region[0] } : {}),
    ...(named ? { country: named } : {}),
    ...(code ? { countryCode: code } : {}),
  };
}
