import { parseAddress } from '../formats/normalise/address.ts';
import { splitName } from '../formats/normalise/name.ts';
import type { Field } from '../formats/signatures/read.ts';
import type { FieldInput } from './contract.ts';

/**
 * What was recognised in a signature or on a business card, as a value to write on a card.
 *
 * @param country ISO 3166-1 alpha-2, for addresses that name none
 */
export function inputOf({ kind, value, phone }: Field, country: string): FieldInput {
  switch (kind) {
    case 'name':
      return { kind, value: splitName(value) };
    case 'organization':
      return { kind, value: { name: value } };
    case 'phone':
      return { kind, value: { raw: value, ...phoneMarks[phone ?? 'work'] } };
    case 'address':
      return { kind, value: { raw: value, ...parseAddress(value, country), type: 'work' } };
    case 'profile':
      return { kind: 'url', value: { value } };
    default:
      return { kind, value: { value } };
  }
}

const phoneMarks = {
  mobile: { type: 'mobile' },
  work: { place: 'work' },
  fax: { type: 'fax', place: 'work' },
  home: { place: 'home' },
} as const;
