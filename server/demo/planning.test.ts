import { expect, test } from 'vitest';
import { openTestApp } from '../kernel/testing.ts';
import { getCampaign, getPlan } from '../plan/contract.ts';
import { fillPlan } from './planning.ts';

test('the plan of the demo company lives: figures week by week, campaigns on their way, one that is over; told again it stands once', async () => {
  const app = await openTestApp();
  try {
    const alice = await app.setUp();
    const others = [await app.invite(alice, 'Bruno Petit'), await app.invite(alice, 'Carla Morel')];
    const { workspace, memberId } = alice.me;
    const memberIds = [memberId, ...others.map(({ me }) => me.memberId)];
    for (const _time of [1, 2])
      await app.app.db.asSystem('keeper', (tx) =>
        fillPlan(tx, { workspaceId: workspace.id, memberIds } as Parameters<typeof fillPlan>[1]),
      );
    const plan = await alice.call(getPlan, {});
    expect([plan.objectives.length, plan.programmes.length, plan.campaigns.length, plan.example]).toEqual([
      2,
      4,
      7,
      false,
    ]);
    expect(plan.objectives.map(({ trend }) => trend.length)).toEqual([8, 8]);
    const past = plan.campaigns.find(({ name }) => name === 'Lettre d’automne')!;
    expect(past).toMatchObject({ step: null, spentCents: 36_500, brought: '41 réponses, 6 demandes de visite' });
    expect((await alice.call(getCampaign, { campaignId: past.id })).history).toHaveLength(2);
    expect(plan.moments.filter(({ programmeId }) => programmeId === null)).toHaveLength(1);
    expect(app.errors).toEqual([]);
  } finally {
    await app.close();
  }
});
