import type { Input, Output } from '../kernel/contract.ts';
import { type Member, ProblemAnswer } from '../kernel/testing.ts';
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

/** Runs a call that must be refused, and gives what is wrong with which field. */
export async function fieldsOf(call: Promise<unknown>): Promise<Record<string, string>> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ProblemAnswer) return error.problem.fields ?? {};
    throw error;
  }
  throw new Error('The call succeeded.');
}
