import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../kernel/errors.ts';
import { openSecrets } from '../kernel/secrets.ts';
import { makeFingerprint, readFingerprint, type Shown } from './fingerprint.ts';

const openWith = () => openSecrets('', { ENTREGENT_MASTER_KEY: randomBytes(32).toString('hex') });
const secrets = openWith();
const shown: Shown = {
  ...{ workspaceId: 'w', memberId: 'm', appId: 'a', tool: 'log_note' },
  ...{ arguments: { personId: 'p', text: 'One' }, state: ['Jeanne', [1, null]] },
};
const minute = 60_000;

function codeOf(work: () => unknown): string {
  try {
    return String(work());
  } catch (error) {
    return error instanceof AppError ? error.code : 'thrown';
  }
}
const refused = (said: Shown, fingerprint: string, now?: number, by = secrets) =>
  codeOf(() => readFingerprint(by, said, fingerprint, now)) === 'not_as_shown';

test('a fingerprint stands for what was shown, in whatever order it is said, for ten minutes', () => {
  const now = Date.now();
  const { fingerprint, expiresAt } = makeFingerprint(secrets, shown, now);
  expect(Date.parse(expiresAt)).toBe(now + 10 * minute);
  const turned = { ...shown, arguments: { text: 'One', personId: 'p' } };
  expect(readFingerprint(secrets, turned, fingerprint, now + 10 * minute)).toBe(fingerprint.split('.')[0]);
  expect(refused(shown, fingerprint, now + 10 * minute + 1)).toBe(true);
});

test('it stands for nothing else, for nobody else, and under no other key', () => {
  const { fingerprint } = makeFingerprint(secrets, shown);
  const changed: Partial<Shown>[] = [
    { workspaceId: 'v' },
    { memberId: 'n' },
    { appId: 'b' },
    { tool: 'propose_duplicate' },
    { arguments: { personId: 'p', text: 'Two' } },
    { state: ['Jeanne', [2, null]] },
  ];
  for (const change of changed) expect(refused({ ...shown, ...change }, fingerprint)).toBe(true);
  expect(refused(shown, fingerprint, undefined, openWith())).toBe(true);
});

test('whatever else is given for one is refused, and nothing breaks', () => {
  const { fingerprint } = makeFingerprint(secrets, shown);
  const parts = fingerprint.split('.') as [string, string, string];
  const broken = fc.oneof(
    fc.string(),
    fc.tuple(fc.constant(parts[0]), fc.nat().map(String), fc.constant(parts[2])).map((all) => all.join('.')),
    fc.tuple(fc.uuid(), fc.constant(parts[1]), fc.constant(parts[2])).map((all) => all.join('.')),
    fc.tuple(fc.constant(parts[0]), fc.constant(parts[1]), fc.base64String()).map((all) => all.join('.')),
  );
  fc.assert(fc.property(broken, (given) => given === fingerprint || refused(shown, given)));
});
