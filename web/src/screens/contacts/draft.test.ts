import { describe, expect, test } from 'vitest';
import { fieldInput } from '../../../../server/cards/contract.ts';
import { draftOf, fieldFrom } from './draft.ts';

describe('a corrected value', () => {
  test('leaves out what the server derives from the words typed before', () => {
    const draft = draftOf({ value: { raw: '06 12', e164: '+33612', type: 'mobile', preferred: true } });
    expect(fieldFrom('phone', { ...draft, raw: ' 06 13 ' })).toEqual({
      kind: 'phone',
      value: { raw: '06 13', type: 'mobile' },
    });
  });

  test("keeps the source's own label", () => {
    expect(fieldFrom('email', { value: 'a@b.example', label: 'Assistante' })).toEqual({
      kind: 'email',
      value: { value: 'a@b.example', label: 'Assistante' },
    });
  });

  test('is a name in parts, or whole when it has none', () => {
    expect(fieldFrom('name', { full: 'Anne Le Goff', given: 'Anne', family: 'Le Goff' }).value).toEqual({
      given: 'Anne',
      family: 'Le Goff',
    });
    expect(fieldFrom('name', { full: 'Vergers du Layon' }).value).toEqual({ full: 'Vergers du Layon' });
  });

  test('is one that the contract accepts', () => {
    for (const field of [
      fieldFrom('address', { city: 'Angers', type: 'work' }),
      fieldFrom('birthday', { value: '--03-14' }),
    ]) {
      expect(fieldInput.safeParse(field).success).toBe(true);
    }
  });
});
