import * as content from '../content/contract.ts';
import { aSaying } from '../content/testing.ts';
import type { Input } from '../kernel/contract.ts';
import type { Member } from '../kernel/testing.ts';
import * as plan from '../plan/contract.ts';
import * as contracts from './contract.ts';

type Drawn = Input<typeof contracts.saveDraft>['definition'];
export type DrawnNode = Drawn['nodes'][number];

/** Steps one after the other, with an exit behind the last. */
export function inARow(...nodes: (Record<string, unknown> & { kind: string })[]): Pick<Drawn, 'start' | 'nodes'> {
  const all = nodes.map((node, at) => ({
    id: `s${at + 1}`,
    next: at + 1 < nodes.length ? `s${at + 2}` : 'out',
    ...node,
  }));
  return { start: all[0]?.id ?? 'out', nodes: [...all, { id: 'out', kind: 'exit' }] as unknown as DrawnNode[] };
}

export const aDrawing = (steps: Pick<Drawn, 'start' | 'nodes'>, more: Partial<Drawn> = {}): Drawn => ({
  ...{ entry: { kind: 'hand' }, again: null, goal: null },
  ...steps,
  ...more,
});

let contents = 0;
/** A content that everybody may send. */
export async function aContent(
  by: Member,
  text = 'Bonjour {{ person.givenName | default: "à vous" }},',
  kind: 'email' | 'letter' = 'email',
): Promise<string> {
  const { id } = await by.call(content.addContent, {
    name: `Letter ${++contents}`,
    ...{ audience: { kind: 'workspace' as const }, kind },
  });
  await by.call(content.saveContent, { contentId: id, edition: 1, said: { en: aSaying(text) } });
  return id;
}

/** Plans a scenario in a programme of its owner's. @returns its id */
export async function planned(owner: Member, purpose: 'service' | 'newsletter' = 'service'): Promise<string> {
  const { id: programmeId } = await owner.call(plan.saveProgramme, { name: 'Keeping in touch', objectiveIds: [] });
  const campaign = { programmeId, kind: 'scenario' as const, name: 'By itself', purpose, channel: 'email' as const };
  return (await owner.call(plan.saveCampaign, campaign)).id;
}

/** Says of a planned scenario that it is written and checked. */
export async function checked(owner: Member, campaignId: string): Promise<void> {
  const { steps } = await owner.call(plan.getCampaign, { campaignId });
  for (const step of ['brief', 'content', 'check'] as const)
    if (!steps.find((one) => one.step === step)!.done)
      await owner.call(plan.moveStep, { campaignId, step, done: true });
}

/** Approves a scenario as it stands. */
export async function approveAsSeen(approver: Member, scenarioId: string) {
  const { edition, contents } = await approver.call(contracts.getScenario, { scenarioId });
  const seen = contents.map((one) => ({ id: one.id, edition: one.edition }));
  return approver.call(contracts.approve, { scenarioId, edition, contents: seen });
}

/** Says of a planned scenario that it is written, checked and approved. */
export async function approved(owner: Member, approver: Member, scenarioId: string): Promise<void> {
  await checked(owner, scenarioId);
  const { problems } = await approveAsSeen(approver, scenarioId);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
}

/** Draws, has approved and publishes: it runs. */
export async function running(
  owner: Member,
  approver: Member,
  definition: Drawn,
  more: { scenarioId?: string; inFlight?: 'stay' | 'move'; takeIn?: boolean } = {},
): Promise<string> {
  const { scenarioId = await planned(owner), ...how } = more;
  const { edition: before } = await owner.call(contracts.getScenario, { scenarioId });
  const { edition, problems } = await owner.call(contracts.saveDraft, { scenarioId, edition: before, definition });
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  await approved(owner, approver, scenarioId);
  await owner.call(contracts.publish, { scenarioId, edition, ...how });
  return scenarioId;
}
