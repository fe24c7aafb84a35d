import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { interpretCard, parseVcard } from '../formats/vcard/index.ts';
import { compareFields, type Field, fieldsOf } from './fields.ts';
import { type CardState, toOctets, toVersion } from './octets.ts';

const read = (octets: string): { kind: 'person' | 'organization'; uid: string; fields: Field[] } => {
  const contact = interpretCard(
    parseVcard(octets),
    { octets: false, charset: undefined, old: false },
    { country: 'FR' },
  );
  return { kind: contact.kind, uid: contact.uid ?? '', fields: fieldsOf(contact, null) };
};
const stateOf = (octets: string, change: (fields: Field[]) => readonly Field[] = (fields) => fields): CardState => {
  const { kind, uid, fields } = read(octets);
  return { kind, uid, fields: change(fields), original: octets, photo: null, country: 'FR' };
};
const lines = (...properties: string[]) => ['BEGIN:VCARD', 'VERSION:3.0', ...properties, 'END:VCARD', ''].join('\r\n');

const phone = lines(
  'PRODID:-//Apple Inc.//iOS 18.1//EN',
  'UID:abc',
  'N:Curie;Marie;;;',
  'FN:Marie Curie',
  'ORG:Institut du Radium;Physique',
  'TITLE:Directrice',
  'item1.EMAIL;type=INTERNET:marie@radium.example',
  'item1.X-ABLabel:Labo',
  'TEL;type=CELL:06 12 00 00 01',
  'item2.X-ABDATE;type=pref:1895-07-26',
  'item2.X-ABLabel:_$!<Anniversary>!$_',
  'X-CUSTOM-THING:keep me',
);

describe('a card given to a device', () => {
  test('is the very octets that it was put with, as long as nobody changed it', () => {
    expect(toOctets(stateOf(phone))).toBe(phone);
  });

  test('has a corrected value in its place, and all else as it was', () => {
    const octets = toOctets(
      stateOf(phone, (fields) =>
        fields.map((field) => (field.kind === 'title' ? { kind: 'title', value: { value: 'Professeure' } } : field)),
      ),
    );
    expect(octets).toContain('TITLE:Professeure');
    expect(octets).not.toContain('Directrice');
    for (const kept of ['item1.X-ABLabel:Labo', 'X-CUSTOM-THING:keep me', 'item2.X-ABDATE;type=pref:1895-07-26'])
      expect(octets).toContain(kept);
    expect(octets.match(/^FN:/gm)).toHaveLength(1);
  });

  test('loses a number that was removed, with its label, and gets one that was added', () => {
    const octets = toOctets(
      stateOf(phone, (fields) => [
        ...fields.filter(({ kind }) => kind !== 'email'),
        { kind: 'email', value: { value: 'm.curie@sorbonne.example', normalised: 'm.curie@sorbonne.example' } },
      ]),
    );
    expect(octets).not.toContain('Labo');
    expect(octets).toContain('EMAIL:m.curie@sorbonne.example');
    expect(octets).toContain('TEL;type=CELL:06 12 00 00 01');
  });

  test('is written anew where its source was no vCard', () => {
    const octets = toOctets({ ...stateOf(phone), original: null });
    expect(octets).toContain('VERSION:3.0');
    expect(read(octets).fields).toEqual(
      expect.arrayContaining(read(phone).fields.filter(({ kind }) => kind === 'name')),
    );
  });

  test('is given as 4.0 to who asks for that', async () => {
    const octets = await toVersion(phone, '4.0', 'FR');
    expect(octets).toContain('VERSION:4.0');
    expect(octets).toContain('X-CUSTOM-THING:keep me');
  });
});

test('whatever fields are taken away or added, what is given says these fields', () => {
  const value = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).map((text) => `x${text.trim()}x`);
  const field: fc.Arbitrary<Field> = fc.oneof(
    value.map((text): Field => ({ kind: 'title', value: { value: text } })),
    value.map((text): Field => ({ kind: 'note', value: { value: text } })),
    fc
      .tuple(value, value)
      .map(([given, family]): Field => ({ kind: 'name', value: { given, family, full: `${given} ${family}` } })),
    fc
      .nat(9999)
      .map((no): Field => ({ kind: 'email', value: { value: `p${no}@x.example`, normalised: `p${no}@x.example` } })),
    fc.nat(9).map(
      (no): Field => ({
        kind: 'phone',
        value: { raw: `06 12 00 00 0${no}`, e164: `+3361200000${no}`, type: 'mobile' },
      }),
    ),
  );
  const single = new Set(['title', 'note', 'name']);
  fc.assert(
    fc.property(fc.subarray([...stateOf(phone).fields]), fc.array(field, { maxLength: 4 }), (kept, added) => {
      const fields: Field[] = [];
      for (const one of [...kept, ...added])
        if (!single.has(one.kind) || !fields.some(({ kind }) => kind === one.kind)) fields.push(one);
      const octets = toOctets(stateOf(phone, () => fields));
      const said = read(octets).fields.map(
        (one) => `${one.kind} ${JSON.stringify(one.value.value ?? one.value.raw ?? one.value.full ?? one.value.name)}`,
      );
      for (const one of fields) {
        if (one.kind === 'extra') continue;
        expect(said).toContain(
          `${one.kind} ${JSON.stringify(one.value.value ?? one.value.raw ?? one.value.full ?? one.value.name)}`,
        );
      }
      expect(said.filter((one) => /^(email|phone|title|note)/.test(one)).length).toBe(
        new Set(fields.filter(({ kind }) => /^(email|phone|title|note)$/.test(kind)).map((one) => JSON.stringify(one)))
          .size,
      );
    }),
  );
});

test('no device takes away what an import said of consent', () => {
  const row = (no: number, kind: string, value: object) => ({ no, kind, value });
  const consent = row(1, 'consent', { channel: 'email', state: 'objected', evidence: 'Unsubscribed' });
  const found = compareFields([row(0, 'title', { value: 'Dr' }), consent], []);
  expect(found.remove.map(({ no }) => no)).toEqual([0]);
});
