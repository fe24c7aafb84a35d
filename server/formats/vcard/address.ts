import type { ContactAddress } from '../contact.ts';
import { countryCode, parseAddress } from '../normalise/address.ts';
import { type Draft, keepExtra, marksOf, placeOf } from './draft.ts';
import { parameter, typesOf, type VcardProperty } from './property.ts';
import { componentsOf, textOf } from './value.ts';

/**
 * RFC 6350, 6.3.1: post office box; extended address; street; city; region; postcode; country. Products put whole addresses into one
 * component: that one is then taken apart as text.
 */
export function addAddress(draft: Draft, property: VcardProperty): void {
  const components = componentsOf(property, draft.card, ', ').map((text) => text.replace(/\r\n?/g, '\n'));
  const filled = components.filter((component) => component !== '');
  if (filled.length === 0) return;
  const [box = '', extended = '', street = '', city = '', region = '', postcode = '', country = ''] = components;
  const raw = (parameter(property, 'LABEL') ?? filled.join('\n')).replace(/\\n/gi, '\n');
  const address: ContactAddress = { raw };
  const lines = [box, extended, street].filter((line) => line !== '').join(', ');
  if (filled.length === 1 && (lines !== '' || components.length < 3)) {
    Object.assign(address, parseAddress(filled[0]!, draft.options.country));
  } else Object.assign(address, withoutEmpty({ street: lines, postcode, city, region, country }));
  finish(draft, property, address);
}

function finish(draft: Draft, property: VcardProperty, address: ContactAddress): void {
  const { type, label } = marksOf(draft, property);
  const region = property.group === undefined ? undefined : draft.regions.get(property.group.toLowerCase());
  // RFC 8605 writes the code as parameter CC, Apple in a property of the same group.
  const written = parameter(property, 'CC') ?? region;
  const code = (written?.length === 2 ? countryCode(written) : undefined) ?? countryCode(address.country ?? '');
  if (code) address.countryCode = code;
  if (type) address.type = type;
  if (label) address.label = label;
  draft.contact.addresses.push(address);
}

function withoutEmpty(parts: Partial<ContactAddress>): Partial<ContactAddress> {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== ''));
}

/** `LABEL` (vCard 2.1, 3.0) is an address as text: of its own when no `ADR` of the same type stands beside it, else kept as extra. */
export function addLabels(draft: Draft): void {
  const types = new Set(draft.contact.addresses.map((address) => address.type));
  for (const property of draft.addressLabels) {
    const raw = textOf(property, draft.card).replace(/\r\n?/g, '\n');
    if (raw === '') continue;
    const place = placeOf(typesOf(property));
    if (types.has(place) || (place === undefined && types.size > 0)) keepExtra(draft, property);
    else finish(draft, property, { raw, ...parseAddress(raw, draft.options.country) });
  }
}
