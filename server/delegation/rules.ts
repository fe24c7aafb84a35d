import type { Grant, GrantTerms } from './contract.ts';
import { type FieldGroup, fieldClass, fieldGroups } from './field-classes.ts';

type Act = GrantTerms['acts'][number];

const implied: Partial<Record<Act, readonly Act[]>> = {
  read: ['discover'],
  contact: ['discover'],
  export: ['discover', 'read'],
  enrich: ['discover', 'read'],
};
const ladder: readonly Act[] = ['discover', 'read', 'contact', 'export', 'enrich'];

/** The acts with those that each of them supposes, in the order of the ladder. */
export function withImplied(acts: readonly Act[]): Act[] {
  const wanted = new Set(acts.flatMap((act) => [act, ...(implied[act] ?? [])]));
  return ladder.filter((act) => wanted.has(act));
}

/** All classes of fields, one bit each. */
const allFields = 0x7ffffffe;

/**
 * The classes that a grant opens, as bits. The original octets hold everything, so they are left out with whatever else is.
 */
export function maskWithout(except: readonly FieldGroup[]): number {
  const left: readonly FieldGroup[] = except.length > 0 ? [...except, 'original'] : [];
  const bits = left.flatMap((group) => fieldGroups[group].map((name) => 1 << fieldClass[name]));
  return allFields & ~bits.reduce((all, bit) => all | bit, 0);
}

/** The groups of which a mask leaves out every class; the original is named only where it is all that is left out. */
export function groupsLeftOut(mask: number): FieldGroup[] {
  const groups = (Object.keys(fieldGroups) as FieldGroup[]).filter((group) =>
    fieldGroups[group].every((name) => ((mask >>> fieldClass[name]) & 1) === 0),
  );
  return groups.length > 1 ? groups.filter((group) => group !== 'original') : groups;
}

/** Whether a grant stands at an instant, is to come, or is over. */
export function stateOf(startsAt: Date, endsAt: Date | null, now: Date): Grant['state'] {
  if (endsAt !== null && endsAt <= now) return 'ended';
  return startsAt > now ? 'planned' : 'standing';
}
