import type { Input, Output } from '../kernel/contract.ts';
import type { Member } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

type New = Partial<Input<typeof contracts.createOpportunity>>;

/** Writes an opportunity of the member's. */
export const addOpportunity = (member: Member, said: New = {}): Promise<Output<typeof contracts.createOpportunity>> =>
  member.call(contracts.createOpportunity, { name: 'Maintenance contract', ...said });

export const everybody = { visibility: { kind: 'workspace' as const } };

/** Names of what the member sees, in order. */
export async function seen(member: Member, filter: Input<typeof contracts.listOpportunities> = {}): Promise<string[]> {
  return (await member.call(contracts.listOpportunities, filter)).items.map(({ name }) => name);
}
