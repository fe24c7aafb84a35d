import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { allowedBy, readToken, standingOf, writeToken } from './rules.ts';

const unknown = { consent: 'unknown', objectedTo: [] } as const;

describe('what somebody may be written to for', () => {
  test.each([
    ['email', unknown, ['invitation', 'service', 'survey', 'recruiting']],
    [
      'email',
      { consent: 'given', objectedTo: ['survey'] },
      ['invitation', 'newsletter', 'prospecting', 'service', 'recruiting'],
    ],
    ['email', { consent: 'objected', objectedTo: [] }, []],
    ['phone', unknown, ['service']],
    ['phone', { consent: 'objected', objectedTo: [] }, []],
  ] as const)('by %s, of %j', (channel, standing, purposes) => {
    expect(allowedBy(channel, standing)).toEqual(purposes);
  });

  test.each([
    ['nothing objects to all', 'email', [], { consent: 'objected', objectedTo: [] }],
    ['a newsletter is consent', 'email', ['newsletter'], { consent: 'given' }],
    ['what is no advertising asks for none', 'email', ['service'], { consent: 'unknown' }],
    ['a call', 'phone', ['service'], { consent: 'given', objectedTo: [] }],
    ['no call', 'phone', [], { consent: 'objected', objectedTo: [] }],
  ] as const)('%s', (_what, channel, wanted, standing) => {
    expect(standingOf(channel, wanted, unknown)).toMatchObject(standing);
  });

  test('what was chosen is what stands, by e-mail', () => {
    const purpose = fc.constantFrom('invitation', 'newsletter', 'prospecting', 'service', 'survey', 'recruiting');
    fc.assert(
      fc.property(fc.uniqueArray(purpose), (wanted) => {
        expect(allowedBy('email', standingOf('email', wanted, unknown)).sort()).toEqual(wanted.sort());
      }),
    );
  });
});

test('a token is read back, and nothing else is', () => {
  const [workspaceId, linkId, secret] = [newId(), newId(), randomBytes(32)];
  const token = writeToken(workspaceId, linkId, secret);
  expect(readToken(token)).toMatchObject({ workspaceId, linkId });
  fc.assert(fc.property(fc.string(), (text) => text === token || readToken(text) === null));
});
