import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as segments from '../segments/contract.ts';
import * as tasks from '../tasks/contract.ts';
import * as contracts from './contract.ts';
import { getPlannedCampaign, markBegun, markEnded, moveCampaignStep, wroteContent } from './index.ts';
import { planCrons } from './jobs.ts';
import { keepFigures } from './queries.ts';
import { weekOf } from './rules.ts';
import { aCampaign, anObjective } from './testing.ts';
import { bringTasks } from './workflow.ts';

let app: TestApp;
let alice: Member;
let maud: Member;
let bob: Member;
let carl: Member;
let programmeId: string;
let objectiveId: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  maud = await app.invite(alice, 'Maud Planner', { role: 'marketing' });
  bob = await app.invite(alice, 'Bob Writer');
  carl = await app.invite(alice, 'Carl Owner');
  objectiveId = (await maud.call(contracts.saveObjective, anObjective)).id;
  const programme = { name: 'Keeping in touch', objectiveIds: [objectiveId], ownerId: carl.me.memberId };
  programmeId = (await maud.call(contracts.saveProgramme, { ...programme, budgetCents: 100_000 })).id;
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const today = () => new Date().toISOString().slice(0, 10);
const plan = (who: Member) => who.call(contracts.getPlan, {});
const addCampaign = async (more: object = {}) =>
  (await carl.call(contracts.saveCampaign, { programmeId, ...aCampaign, plannedOn: '2027-03-03', ...more })).id;
const read = (campaignId: string, who = alice) => who.call(contracts.getCampaign, { campaignId });
const move = (who: Member, campaignId: string, step: contracts.Step, done = true) =>
  who.call(contracts.moveStep, { campaignId, step, done });
const give = (who: Member, campaignId: string, step: contracts.Step, to: Member | null, dueOn: string | null) =>
  who.call(contracts.giveStep, { campaignId, step, responsibleId: to?.me.memberId ?? null, dueOn });
const titles = async (who: Member) =>
  (await who.call(tasks.listTasks, { whose: 'mine' })).items
    .map(({ title, dueOn }) => `${title} ${dueOn}`)
    .filter((one) => /Spring|Crash/.test(one));

describe('what is planned', () => {
  test('is read by everybody and written by admins, marketing and whoever owns it', async () => {
    expect(await codeOf(bob.call(contracts.saveObjective, anObjective))).toBe('forbidden');
    expect(await codeOf(bob.call(contracts.saveProgramme, { name: 'Mine', objectiveIds: [] }))).toBe('forbidden');
    expect(await codeOf(bob.call(contracts.saveCampaign, { programmeId, ...aCampaign }))).toBe('forbidden');
    const seen = await plan(bob);
    expect(seen).toMatchObject({
      mayPlan: false,
      objectives: [{ name: 'Twelve customers', standing: 'unmeasured', mine: false, owner: { name: 'Maud Planner' } }],
      programmes: [{ name: 'Keeping in touch', objectiveIds: [objectiveId], owner: { name: 'Carl Owner' } }],
    });
    const [programme] = (await plan(carl)).programmes;
    expect(programme!.mine).toBe(true);
    const changed = { programmeId, name: 'Staying in touch', objectiveIds: [objectiveId], budgetCents: 100_000 };
    await carl.call(contracts.saveProgramme, { ...changed, version: programme!.version });
    expect(await codeOf(carl.call(contracts.saveProgramme, { ...changed, version: programme!.version }))).toBe(
      'conflict',
    );
    expect((await plan(bob)).programmes[0]).toMatchObject({ name: 'Staying in touch', owner: { name: 'Carl Owner' } });
  });

  test('goes into the archive and comes back, a programme with its campaigns', async () => {
    const campaignId = await addCampaign({ name: 'Put away' });
    expect(await codeOf(bob.call(contracts.setArchived, { part: 'campaign', id: campaignId, archived: true }))).toBe(
      'forbidden',
    );
    expect(await codeOf(bob.call(contracts.setArchived, { part: 'programme', id: programmeId, archived: true }))).toBe(
      'forbidden',
    );
    await carl.call(contracts.setArchived, { part: 'programme', id: programmeId, archived: true });
    expect(await plan(bob)).toMatchObject({ programmes: [], campaigns: [] });
    expect(await bob.call(contracts.getPlan, { archived: 'true' })).toMatchObject({
      programmes: [{ id: programmeId }],
    });
    await carl.call(contracts.setArchived, { part: 'programme', id: programmeId, archived: false });
    expect((await plan(bob)).campaigns).toMatchObject([{ id: campaignId }]);
    await carl.call(contracts.setArchived, { part: 'campaign', id: campaignId, archived: true });
    expect((await plan(bob)).campaigns).toEqual([]);
    expect((await read(campaignId)).history.map(({ act }) => act)).toEqual(['archived', 'made']);
  });

  test('names only what there is: objectives, segments that one sees, active members', async () => {
    const programme = { name: 'P', objectiveIds: [] };
    const hers = await bob.call(segments.addSegment, {
      ...{ name: 'Mine', kind: 'filter', filter: 'everyone', audience: { kind: 'mine' } },
    });
    expect(await codeOf(maud.call(contracts.saveProgramme, { ...programme, segmentId: hers.id }))).toBe(
      'invalid_input',
    );
    expect(await codeOf(maud.call(contracts.saveProgramme, { ...programme, objectiveIds: [programmeId] }))).toBe(
      'invalid_input',
    );
    expect(await codeOf(maud.call(contracts.saveProgramme, { ...programme, ownerId: programmeId }))).toBe(
      'invalid_input',
    );
    const period = { startsOn: '2027-02-01', endsOn: '2027-01-01' };
    expect(await codeOf(maud.call(contracts.saveProgramme, { ...programme, ...period }))).toBe('invalid_input');
    const timeless = { programmeId, ...aCampaign, plannedTime: '09:00' };
    expect(await codeOf(maud.call(contracts.saveCampaign, timeless))).toBe('invalid_input');
  });

  test('is the company’s own: each table lets through what is of one’s workspace', async () => {
    const rows = await app.query<{ tables: number }>(
      `select count(*)::int as tables from pg_policies where schemaname = 'plan' and qual like '%app.workspace%'`,
    );
    expect(rows[0]!.tables).toBeGreaterThanOrEqual(9);
  });
});

describe('the production of a campaign', () => {
  test('goes step by step, each by who may, and tells its history', async () => {
    const campaignId = await addCampaign();
    await give(carl, campaignId, 'content', bob, '2027-02-01');
    expect(await codeOf(give(bob, campaignId, 'content', bob, '2027-02-02'))).toBe('forbidden');
    expect(await codeOf(move(bob, campaignId, 'brief'))).toBe('forbidden');
    expect(await codeOf(move(maud, campaignId, 'brief'))).toBe('forbidden');
    expect(await codeOf(move(bob, campaignId, 'content'))).toBe('conflict');
    await move(carl, campaignId, 'brief');
    expect(await codeOf(move(carl, campaignId, 'brief'))).toBe('conflict');
    const after = await move(bob, campaignId, 'content');
    expect(after).toMatchObject({ step: 'check', forMe: true });
    expect(after.steps.map(({ may }) => may)).toEqual(['others', 'yes', 'others', 'others', 'others', 'others']);
    expect(after.history.map(({ act, step, by }) => [act, step, by])).toEqual([
      ['done', 'content', 'Bob Writer'],
      ['done', 'brief', 'Carl Owner'],
      ['given', 'content', 'Carl Owner'],
      ['made', null, 'Carl Owner'],
    ]);
    await move(alice, campaignId, 'check');
    await move(alice, campaignId, 'approval');
    await move(alice, campaignId, 'scheduled');
    expect(await read(campaignId)).toMatchObject({ step: 'measured' });
    const reopened = await carl.call(contracts.moveStep, { campaignId, step: 'content', done: false, words: 'A typo' });
    expect(reopened).toMatchObject({
      step: 'content',
      history: [{ act: 'reopened', words: 'A typo' }, {}, {}, {}, {}, {}, {}, {}],
    });
    expect(reopened.steps.filter(({ done }) => done).map(({ step }) => step)).toEqual(['brief']);
  });

  test('is approved by nobody who wrote it, be they admin or owner, nor by handing the step over', async () => {
    const campaignId = await addCampaign();
    await give(carl, campaignId, 'content', bob, null);
    await give(carl, campaignId, 'approval', bob, null);
    for (const step of ['brief', 'content', 'check'] as const) await move(alice, campaignId, step);
    expect(await codeOf(move(alice, campaignId, 'approval'))).toBe('forbidden');
    expect(await codeOf(move(bob, campaignId, 'approval'))).toBe('forbidden');
    await give(carl, campaignId, 'content', carl, null);
    expect(await codeOf(move(alice, campaignId, 'approval'))).toBe('forbidden');
    expect((await read(campaignId)).steps[3]).toMatchObject({ may: 'four_eyes' });
    expect(await move(bob, campaignId, 'approval')).toMatchObject({
      step: 'scheduled',
      history: [{ alone: false }, {}, {}, {}, {}, {}, {}, {}],
    });
  });

  test('waits for a day before it is scheduled', async () => {
    const campaignId = await addCampaign({ plannedOn: null });
    await move(carl, campaignId, 'brief');
    await move(carl, campaignId, 'content');
    await move(alice, campaignId, 'check');
    await move(alice, campaignId, 'approval');
    expect(await codeOf(move(alice, campaignId, 'scheduled'))).toBe('conflict');
    const { version } = await read(campaignId);
    const day = await carl.call(contracts.moveDay, { campaignId, version, plannedOn: '2027-04-01' });
    expect(day).toMatchObject({
      plannedOn: '2027-04-01',
      history: [{ act: 'day', day: '2027-04-01', from: null }, {}, {}, {}, {}, {}],
    });
    expect(await codeOf(carl.call(contracts.moveDay, { campaignId, version, plannedOn: null }))).toBe('conflict');
    expect(await codeOf(bob.call(contracts.moveDay, { campaignId, version: day.version, plannedOn: null }))).toBe(
      'forbidden',
    );
    expect(await move(alice, campaignId, 'scheduled')).toMatchObject({ step: 'measured' });
  });

  test('the brief is written by who answers for it, the outcome by who measures', async () => {
    const campaignId = await addCampaign();
    await give(carl, campaignId, 'brief', bob, null);
    const written = await bob.call(contracts.writeBrief, { campaignId, version: 1, brief: 'Say *why*.' });
    expect(written).toMatchObject({ brief: 'Say *why*.', mayBrief: true, mine: false });
    const outcome = {
      campaignId,
      version: 2,
      beganOn: '2027-03-04',
      endedOn: '2027-03-05',
      spentCents: 12_000,
      brought: '4',
    };
    expect(await codeOf(bob.call(contracts.reportOutcome, outcome))).toBe('forbidden');
    await give(carl, campaignId, 'brief', null, null);
    expect(await codeOf(bob.call(contracts.writeBrief, { campaignId, version: 2, brief: 'Owned' }))).toBe('forbidden');
    await give(carl, campaignId, 'measured', bob, null);
    expect(await codeOf(bob.call(contracts.reportOutcome, { ...outcome, endedOn: '2027-03-01' }))).toBe(
      'invalid_input',
    );
    expect(await bob.call(contracts.reportOutcome, outcome)).toMatchObject({
      spentCents: 12_000,
      beganOn: '2027-03-04',
    });
  });

  test('gives tasks to who answers for its steps, once, and takes them back', async () => {
    const campaignId = await addCampaign({ name: 'Spring' });
    await give(carl, campaignId, 'brief', bob, '2027-01-10');
    await give(carl, campaignId, 'content', bob, '2027-01-20');
    await give(carl, campaignId, 'content', bob, '2027-01-20');
    expect(await titles(bob)).toEqual(['Write the brief: Spring 2027-01-10', 'Write the content: Spring 2027-01-20']);
    await give(carl, campaignId, 'content', alice, '2027-01-21');
    expect(await titles(bob)).toEqual(['Write the brief: Spring 2027-01-10']);
    expect(await titles(alice)).toEqual(['Write the content: Spring 2027-01-21']);
    await move(bob, campaignId, 'brief');
    expect(await titles(bob)).toEqual([]);
    const done = (await bob.call(tasks.listTasks, { state: 'done' })).items;
    expect(done.map(({ title }) => title)).toContain('Write the brief: Spring');
    await move(bob, campaignId, 'brief', false);
    expect(await titles(bob)).toEqual(['Write the brief: Spring 2027-01-10']);
    await carl.call(contracts.setArchived, { part: 'campaign', id: campaignId, archived: true });
    expect([...(await titles(bob)), ...(await titles(alice))]).toEqual([]);
    await carl.call(contracts.setArchived, { part: 'campaign', id: campaignId, archived: false });
    expect(await titles(alice)).toEqual(['Write the content: Spring 2027-01-21']);
  });

  test('a crash while tasks are given leaves none of them, and the next run gives each once', async () => {
    const campaignId = await addCampaign({ name: 'Crash' });
    await app.query(`create function plan.crash() returns trigger language plpgsql as $$ begin
      if new.task_id is not null then raise exception 'planted crash'; end if; return new; end $$`);
    await app.query('create trigger crash before update on plan.step for each row execute function plan.crash()');
    await give(carl, campaignId, 'brief', bob, '2027-01-10');
    expect(await titles(bob)).not.toContain('Write the brief: Crash 2027-01-10');
    await app.query('drop function plan.crash cascade');
    expect(app.errors.splice(0).every((one) => one.includes('planted crash'))).toBe(true);
    await app.query(`delete from kernel.outbox where topic = 'plan.followTasks'`);
    const { workspace, memberId } = carl.me;
    for (const _time of [1, 2])
      await app.app.db.asSystem('keeper', (tx) => bringTasks(app.app, tx, workspace.id, campaignId, memberId));
    expect((await titles(bob)).filter((one) => one === 'Write the brief: Crash 2027-01-10')).toHaveLength(1);
  });
});

describe('what others do with a campaign', () => {
  test('is read with its programme, moved by the same rules, and says when it began, ended and what it brought', async () => {
    const campaignId = await addCampaign();
    const { workspaceId } = { workspaceId: alice.me.workspace.id };
    const asKeeper = <T>(work: (tx: Parameters<typeof markBegun>[0]) => Promise<T>) =>
      app.app.db.asSystem('keeper', work);
    const actor = { workspaceId, memberId: bob.me.memberId };
    const moving = (tx: Parameters<typeof markBegun>[0], memberId: string | null) => ({
      app: app.app,
      tx,
      workspaceId,
      memberId,
      role: 'member' as const,
    });
    await expect(
      app.app.db.asActor(actor, (tx) => moveCampaignStep(moving(tx, actor.memberId), campaignId, 'brief', true)),
    ).rejects.toMatchObject({ code: 'forbidden' });
    await app.app.db.asActor({ ...actor, memberId: carl.me.memberId }, (tx) =>
      moveCampaignStep(moving(tx, carl.me.memberId), campaignId, 'brief', true),
    );
    await move(carl, campaignId, 'content');
    expect(
      await app.app.db.asActor({ ...actor, memberId: carl.me.memberId }, (tx) =>
        wroteContent(tx, { ...actor, memberId: carl.me.memberId }, campaignId),
      ),
    ).toBe(true);
    expect(await app.app.db.asActor(actor, (tx) => wroteContent(tx, actor, campaignId))).toBe(false);
    await asKeeper((tx) => markBegun(tx, workspaceId, campaignId, '2027-03-04', null));
    await asKeeper((tx) => markBegun(tx, workspaceId, campaignId, '2027-03-09', null));
    await asKeeper((tx) =>
      markEnded(tx, workspaceId, campaignId, { day: '2027-03-10', spentCents: null, brought: '12 answers' }, null),
    );
    const planned = await app.app.db.asActor(actor, (tx) => getPlannedCampaign(tx, actor, campaignId));
    expect(planned).toMatchObject({
      ...{
        name: 'Letter',
        purpose: 'newsletter',
        beganOn: '2027-03-04',
        endedOn: '2027-03-10',
        done: ['brief', 'content'],
      },
      ...{ archived: false, programme: { name: 'Staying in touch', currency: 'EUR', ownerId: carl.me.memberId } },
    });
    const { history, brought } = await read(campaignId);
    expect(brought).toBe('12 answers');
    expect(history.filter(({ act }) => act === 'outcome').map(({ by }) => by)).toEqual([null, null]);
  });
});

describe('an objective', () => {
  test('measured by hand has the last word of each week, which can be taken back', async () => {
    const say = (who: Member, day: string, value: number | null) =>
      who.call(contracts.recordFigure, { objectiveId, day, value });
    expect(await codeOf(bob.call(contracts.recordFigure, { objectiveId, day: today(), value: 3 }))).toBe('forbidden');
    expect(await say(maud, '2026-11-04', 2)).toEqual({ before: null });
    expect(await say(maud, '2026-11-06', 3)).toEqual({ before: 2 });
    await say(alice, '2026-11-12', 5);
    expect(await codeOf(say(maud, '2999-01-01', 5))).toBe('invalid_input');
    const [objective] = (await plan(bob)).objectives;
    expect(objective).toMatchObject({
      trend: [
        { week: '2026-11-02', value: 3 },
        { week: '2026-11-09', value: 5 },
      ],
      now: { value: 5, saidBy: 'Alice Martin' },
    });
    expect(await say(alice, '2026-11-12', null)).toEqual({ before: 5 });
    expect((await plan(bob)).objectives[0]!.trend).toHaveLength(1);
  });

  test('measured by a segment is counted each week, once, of what everybody may know', async () => {
    const { id: bookId } = await alice.call(delegation.createBook, { name: 'Shared' });
    await alice.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, acts: ['read'] });
    for (const at of [1, 2, 3, 4])
      await addContact(alice, { name: `Known Person${at}`, email: `p${at}@client.example`, bookId });
    const make = (who: Member, name: string, filter: string, audience: segments.Audience) =>
      who.call(segments.addSegment, { name, kind: 'filter', filter, audience });
    const one = await make(alice, 'One', 'email = "p1@client.example"', { kind: 'workspace' });
    const own = await make(maud, 'Own', 'everyone', { kind: 'mine' });
    await app.settle();
    const counted = { ...anObjective, name: 'Counted', measuredBy: 'members' as const, unit: '' };
    expect(await codeOf(maud.call(contracts.saveObjective, { ...counted, segmentId: own.id }))).toBe('invalid_input');
    expect(await codeOf(maud.call(contracts.saveObjective, counted))).toBe('invalid_input');
    const { id } = await maud.call(contracts.saveObjective, { ...counted, segmentId: one.id });
    const share = { ...counted, name: 'Share', measuredBy: 'share' as const, segmentId: one.id };
    const { id: shareId } = await maud.call(contracts.saveObjective, share);
    const of = async (wanted: string) => (await plan(bob)).objectives.find((each) => each.id === wanted)!;
    const members = (await alice.call(segments.getSegment, { segmentId: one.id })).members!;
    expect(await of(id)).toMatchObject({ now: { value: members, saidBy: null }, segment: { name: 'One' } });
    expect(await of(shareId)).toMatchObject({ now: { value: 25 } });
    expect(await codeOf(maud.call(contracts.recordFigure, { objectiveId: id, day: today(), value: 9 }))).toBe(
      'invalid_input',
    );
    const workspaceId = alice.me.workspace.id;
    await expect(
      app.app.db.asSystem('keeper', async (tx) => {
        await keepFigures(tx, workspaceId);
        throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    for (const { run } of [...planCrons, ...planCrons]) await run(app.app);
    const rows = await app.query<{ week: string }>('select week::text from plan.figure where objective_id = $1', [id]);
    expect(rows).toEqual([{ week: weekOf(today()) }]);
  });

  test('nobody writes a figure in the name of another, past the operations', async () => {
    const actor = { workspaceId: alice.me.workspace.id, memberId: bob.me.memberId };
    const lie = app.app.db.asActor(actor, (tx) =>
      tx
        .insertInto('plan.move')
        .values({
          workspace_id: actor.workspaceId,
          move_id: objectiveId,
          campaign_id: objectiveId,
          act: 'done',
          member_id: alice.me.memberId,
        })
        .execute(),
    );
    await expect(lie).rejects.toMatchObject({ code: '42501' });
  });
});

describe('an example', () => {
  test('begins an empty plan, goes as a whole and comes back; what was changed stays', async () => {
    const other = await openTestApp();
    try {
      const ann = await other.setUp('Ann Alone');
      await ann.call(contracts.addExample, {});
      expect(await codeOf(ann.call(contracts.addExample, {}))).toBe('conflict');
      const seen = await plan(ann);
      expect([seen.objectives.length, seen.programmes.length, seen.example]).toEqual([2, 4, true]);
      expect(seen.moments.filter(({ programmeId: serving }) => serving === null)).toHaveLength(1);
      const { id, version, name, objectiveIds, priority } = seen.programmes[0]!;
      await ann.call(contracts.saveProgramme, {
        programmeId: id,
        version,
        name: `${name} now`,
        objectiveIds,
        priority,
      });
      await ann.call(contracts.archiveExample, { archived: true });
      const left = await plan(ann);
      expect([left.objectives.length, left.programmes.map((one) => one.name), left.example]).toEqual([
        0,
        [`${name} now`],
        false,
      ]);
      await ann.call(contracts.archiveExample, { archived: false });
      expect((await plan(ann)).programmes).toHaveLength(4);
      // The one member of a workspace may approve what they wrote, and the history says so.
      const campaign = (await plan(ann)).campaigns.find(({ plannedOn }) => plannedOn !== null)!;
      for (const step of ['brief', 'content', 'check'] as const) await move(ann, campaign.id, step);
      expect(await move(ann, campaign.id, 'approval')).toMatchObject({ history: [{ alone: true }, {}, {}, {}, {}] });
      expect(other.errors).toEqual([]);
    } finally {
      await other.close();
    }
  });
});
