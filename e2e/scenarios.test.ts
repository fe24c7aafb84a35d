import { expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire begins from a ready scenario and draws one of her own, by picture and by list; tries it on a contact; Bruno approves it; she lets it run, puts
// the contact in, and reads why each step went as it did. Bruno answers what it asks about a contact of his.

const story = stageStory();
let scenarioId = '';

interface Member {
  id: string;
  name: string;
}

test('a ready scenario is planned as a draft, and the page says what stands in its way', async () => {
  const page = await story.begin('Claire Delmas');
  await story.join('Bruno Petit');
  await story.send('Claire', 'PUT', '/plan/programmes', { name: 'Keeping in touch', objectiveIds: [] });
  await story.at('Claire', '/plan/scenarios');
  await page.getByText('No scenario yet').waitFor();
  await expectAccessible(page, 'no scenario yet');
  await page.getByRole('button', { name: 'Begin from Win back' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Add it to the plan' }).click();
  await page.getByRole('heading', { name: 'Win back', level: 1 }).waitFor();
  await page.getByText('Somebody else has to approve it').waitFor();
  await page.getByRole('button', { name: /Who comes in, Whoever comes into “Customers asleep”/ }).waitFor();
  await expectAccessible(page, 'a ready scenario');
  await page.screenshot({ path: 'test-results/scenario-picture.png', fullPage: true });
});

test('a scenario is drawn step by step: in the list, in the picture by keyboard', async () => {
  const page = story.page('Claire');
  const { programmes } = await story.send<{ programmes: Member[] }>('Claire', 'GET', '/plan');
  const campaign = {
    kind: 'scenario',
    name: 'Courtesy',
    purpose: 'service',
    channel: 'email',
    programmeId: programmes[0]!.id,
  };
  ({ id: scenarioId } = await story.send<Member>('Claire', 'PUT', '/plan/campaigns', campaign));
  await story.at('Claire', `/plan/campaigns/${scenarioId}`);
  await page.getByRole('link', { name: 'Draw and run' }).click();
  await page.getByText('Nothing drawn yet').waitFor();
  await page.getByText('List', { exact: true }).click();
  const steps = page.getByRole('list', { name: 'Steps, one after the other' });
  await steps.getByRole('button', { name: 'Add a step' }).click();
  await page.getByRole('menuitem', { name: 'Ask the holder' }).click();
  const panel = page.getByRole('complementary', { name: 'Step' });
  await panel.getByLabel('What the holder is asked').fill('May we wish them well?');
  await panel.getByRole('button', { name: 'Add a step' }).click();
  await page.getByRole('menuitem', { name: 'Task for a colleague' }).first().click();
  await panel.getByLabel('What is to be done').fill('Call them');
  await panel.getByRole('button', { name: 'Close' }).click();
  expect(await steps.getByRole('listitem').allTextContents()).toEqual(
    expect.arrayContaining([expect.stringContaining('Task: Call them')]),
  );
  await expectAccessible(page, 'a scenario as a list');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  await page.getByText('Somebody else has to approve it').waitFor();
  await page.getByText('Picture', { exact: true }).click();
  const entry = page.getByRole('button', { name: 'Who comes in, People who are put in by hand' });
  await entry.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Step 1: Ask the holder' }).waitFor();
  await expectAccessible(page, 'a step beside the picture');
  await page.screenshot({ path: 'test-results/scenario-step.png' });
});

test('it is tried on a contact over time that is not waited for', async () => {
  const page = story.page('Claire');
  await story.send('Bruno', 'POST', '/cards', {
    fields: [
      { kind: 'name', value: { full: 'Dora Client' } },
      { kind: 'email', value: { value: 'dora@client.example' } },
    ],
  });
  const { items } = await story.send<{ items: Member[] }>('Bruno', 'GET', '/books');
  await story.send('Bruno', 'POST', `/books/${items[0]!.id}/grants`, {
    grantee: { kind: 'workspace' },
    acts: ['read', 'contact'],
  });
  await page.getByRole('button', { name: 'Try it' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Whom' }).fill('Dora');
  await page.getByRole('option', { name: /Dora Client/ }).click();
  await dialog.getByLabel('Holders answer').selectOption('unanswered');
  await dialog.getByRole('button', { name: 'Try', exact: true }).click();
  await dialog.getByText('Their holder did not answer').waitFor();
  await dialog.getByText('Came to the end').waitFor();
  await expectAccessible(page, 'a dry run');
  await page.screenshot({ path: 'test-results/scenario-dry-run.png' });
  await dialog.getByRole('button', { name: 'Close' }).click();
});

test('once somebody else has approved it, it runs; their holder is asked, and the way says why', async () => {
  const page = story.page('Claire');
  const { items } = await story.send<{ items: Member[] }>('Claire', 'GET', '/members');
  const responsibleId = items.find(({ name }) => name === 'Bruno Petit')!.id;
  await story.send('Claire', 'PUT', `/plan/campaigns/${scenarioId}/steps/approval`, { responsibleId, dueOn: null });
  for (const step of ['brief', 'content', 'check'])
    await story.send('Claire', 'POST', `/plan/campaigns/${scenarioId}/steps/${step}/moves`, { done: true });
  const approver = await story.at('Bruno', `/plan/campaigns/${scenarioId}`);
  await approver.getByRole('link', { name: 'Review and approve' }).click();
  await approver.getByRole('button', { name: 'Approve' }).click();
  await approver.getByText('Approved: exactly this can be published.').waitFor();
  await expectAccessible(approver, 'a scenario that somebody else approves');
  await story.at('Claire', `/plan/scenarios/${scenarioId}`);
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByText('It runs with your rights').waitFor();
  await expectAccessible(page, 'publishing');
  await page.getByRole('button', { name: 'Let it run' }).click();
  await page.getByText('Version 1 runs.').waitFor();
  await page.getByRole('radiogroup', { name: 'How it is shown' }).getByText('People').click();
  await page.getByRole('combobox', { name: 'Put somebody in' }).fill('Dora');
  await page.getByRole('option', { name: /Dora Client/ }).click();
  await page.getByRole('button', { name: 'Put in', exact: true }).click();
  await page.getByText('1 person came in.').waitFor();

  const asked = async () =>
    (await story.send<{ items: unknown[] }>('Bruno', 'GET', '/scenario-questions')).items.length;
  await expect.poll(asked, { timeout: 20_000 }).toBe(1);
  const bruno = await story.at('Bruno', '/scenario-questions');
  await bruno.getByText('May we wish them well?').waitFor();
  await expectAccessible(bruno, 'what a scenario asks');
  await bruno.getByRole('button', { name: 'Go ahead' }).click();
  await bruno.getByText('No questions for you').waitFor();

  const done = async () =>
    (await story.send<{ goal: number; ended: number }>('Claire', 'GET', `/scenarios/${scenarioId}`)).ended;
  await expect.poll(done, { timeout: 20_000 }).toBe(1);
  await page.reload();
  await page.getByRole('radiogroup', { name: 'How it is shown' }).getByText('People').click();
  await page.getByRole('button', { name: 'The way of Dora Client' }).click();
  const way = page.getByRole('complementary', { name: 'One person’s way' });
  await way.getByText('Their holder: go ahead').waitFor();
  await way.getByText('Task given').waitFor();
  await expectAccessible(page, 'one person’s way');
  await page.screenshot({ path: 'test-results/scenario-way.png' });
});

test('on a phone the scenario is its list', async () => {
  const page = story.page('Claire');
  await page.setViewportSize({ width: 390, height: 844 });
  await story.at('Claire', `/plan/scenarios/${scenarioId}`);
  await page.getByRole('list', { name: 'Steps, one after the other' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectAccessible(page, 'a scenario on a phone');
  await page.screenshot({ path: 'test-results/scenario-phone.png', fullPage: true });
});

test('it is ended by a button that says what goes with it', async () => {
  const page = story.page('Claire');
  await page.setViewportSize({ width: 1280, height: 800 });
  await story.at('Claire', `/plan/scenarios/${scenarioId}`);
  await page.getByRole('button', { name: 'End it' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('letters that are not posted').waitFor();
  await expectAccessible(page, 'ending a scenario');
  await page.screenshot({ path: 'test-results/scenario-end.png' });
  await dialog.getByRole('button', { name: 'End it' }).click();
  await page.getByText('The scenario has ended.').waitFor();
  await page.getByText('Ended', { exact: false }).first().waitFor();
});
