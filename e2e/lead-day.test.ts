import type { Page } from 'playwright-core';
import { beforeAll, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire plans a lead day for her team, takes part, lends what is new, and sees what came of it.

const story = stageStory();
let page: Page;

beforeAll(async () => {
  page = await story.begin('Claire Delmas');
});
test('a lead day is planned for a team, with a goal', async () => {
  await page.evaluate(async () => {
    const headers = { 'content-type': 'application/json', 'x-entregent-csrf': '1' };
    const send = (path: string, body: object) =>
      fetch(`/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const me = (await (await fetch('/api/v1/me')).json()) as { memberId: string };
    await send('/teams', { name: 'Sales', memberIds: [me.memberId], leadIds: [] });
    await send('/cards', {
      fields: [
        { kind: 'name', value: { given: 'Hedy', family: 'Lamarr' } },
        { kind: 'email', value: { value: 'hedy@hop.example' } },
        { kind: 'organization', value: { name: 'Hop SA' } },
      ],
    });
  });
  await page.goto(`${story.product.url}/quality/lead-days`);
  await page.getByRole('button', { name: 'Plan a lead day' }).click();
  await page.getByLabel('Goal').fill('What the fair brought us');
  await expectAccessible(page, 'planning');
  await page.getByRole('dialog').getByRole('button', { name: 'Plan a lead day' }).click();
  await page.getByRole('heading', { name: 'What the fair brought us' }).waitFor();
});

test('who takes part goes through their books; what is private does not count', async () => {
  await page.getByRole('button', { name: 'Take part for Sales' }).click();
  await page
    .getByText('One new contact', { exact: false })
    .or(page.getByText(/one new contact: entregent/i))
    .waitFor();
  await page.getByText('Private: it does not count', { exact: false }).waitFor();
  await page.getByText('0 points').first().waitFor();
  await expectAccessible(page, 'taking part');
});

test('lending the book makes it count, and the board shows it by name only when wanted', async () => {
  await page.getByRole('button', { name: /^lend “/i }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^lend/i }).click();
  await page.getByText('Lent: it counts.').waitFor();
  await page.getByText('3 points').first().waitFor();
  await page.getByText(/no sum while fewer than three/i).waitFor();
  await page.getByLabel('Show my name beside my numbers').check();
  await page.getByText('Claire Delmas · 3 points').waitFor();
  await page.getByRole('button', { name: 'Count the result now' }).click();
  await page.getByRole('heading', { name: 'Result' }).waitFor();
});
