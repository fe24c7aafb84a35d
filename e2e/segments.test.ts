import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire says of whom something holds, in a sentence with blanks; who buys comes in by themselves; she reads why, computes a score, and keeps a list.

const story = stageStory();
const day = 86_400_000;
let hedyId = '';

async function tell(email: string, daysAgo: number, amount: number): Promise<void> {
  await story.send('Claire', 'POST', '/facts/batch', {
    source: 'till',
    facts: [
      {
        ...{ externalId: `${email} ${daysAgo}`, kind: 'order', email, props: { number: `C${daysAgo}` } },
        ...{ at: new Date(Date.now() - daysAgo * day).toISOString(), amount: { value: amount, currency: 'EUR' } },
      },
    ],
  });
}

beforeAll(async () => {
  await story.begin('Claire Delmas');
  for (const [given, family, city] of [
    ['Hedy', 'Lamarr', 'Lyon'],
    ['Ada', 'Byron', 'Paris'],
  ]) {
    const { id } = await story.send<{ id: string }>('Claire', 'POST', '/cards', {
      fields: [
        { kind: 'name', value: { given, family } },
        { kind: 'email', value: { value: `${given!.toLowerCase()}@hop.example`, type: 'work' } },
        { kind: 'address', value: { raw: city, city } },
      ],
    });
    hedyId ||= id;
  }
  await tell('hedy@hop.example', 3, 120);
  await tell('hedy@hop.example', 40, 80);
});

test('a segment is written as a sentence, counted while one writes, and keeps itself', async () => {
  const page = await story.at('Claire', '/knowledge/segments');
  await page.getByRole('heading', { name: 'No segment yet' }).waitFor();
  await expectAccessible(page, 'no segment');
  await page.getByRole('button', { name: 'New segment' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Buyers');
  await page.getByLabel('Computed with').selectOption('mine');
  await page.getByRole('button', { name: 'Add a condition' }).click();
  await page.getByRole('menuitem', { name: 'What they did' }).click();
  await page.getByLabel('What they did', { exact: true }).selectOption('order');
  await page.getByRole('region', { name: 'How many' }).getByText('of 2').waitFor();
  await page.getByRole('region', { name: 'How many' }).getByRole('link', { name: 'Hedy Lamarr' }).waitFor();
  await page.screenshot({ path: 'test-results/segment-editor.png', fullPage: true });
  await expectAccessible(page, 'the editor of a segment');
  await page.getByText('Text', { exact: true }).click();
  expect(await page.getByLabel('Condition', { exact: true }).inputValue()).toBe('count(order last 12 months) >= 1');
  await page.getByLabel('Condition', { exact: true }).fill('count(order last 12 months) >= 1 and city ~ "x"');
  await page.getByText('Regular expressions are not understood').first().waitFor();
  await page.getByLabel('Condition', { exact: true }).fill('count(order last 12 months) >= 1');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: 'Buyers' }).waitFor();
  await page.getByRole('link', { name: 'Hedy Lamarr' }).first().waitFor();
  await tell('ada@hop.example', 1, 50);
  await expect
    .poll(async () => {
      await page.reload();
      await page.getByRole('heading', { name: 'Buyers' }).waitFor();
      return page.getByRole('link', { name: 'Ada Byron' }).count();
    })
    .toBeGreaterThan(0);
  await page
    .getByRole('button', { name: 'Why? Hedy Lamarr' })
    .or(page.getByRole('button', { name: /Hedy Lamarr/ }))
    .first()
    .click();
  await page.getByRole('dialog').getByText('count(order last 12 months) >= 1').waitFor();
  await page.getByRole('dialog').getByText('(2)').waitFor();
  await page.keyboard.press('Escape');
  await page.screenshot({ path: 'test-results/segment.png', fullPage: true });
  await expectAccessible(page, 'a segment');
});

test('a segment leaves as a file with the columns one chooses, and one hears who stays', async () => {
  const page = await story.at('Claire', '/knowledge/segments');
  await page.getByRole('link', { name: /Buyers/ }).click();
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('In it since').check();
  await expectAccessible(page, 'a segment to export');
  await form.getByText('CSV', { exact: true }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    form.getByRole('button', { name: 'Export', exact: true }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('Buyers.csv');
  expect(await readFile(await file.path(), 'utf8')).toContain('hedy@hop.example');
  await page.getByText('2 people are in the file.').waitFor();
});

test('a condition asks for opportunities and categories, in blanks and as text', async () => {
  const page = await story.at('Claire', '/knowledge/segments/new');
  await page.getByRole('button', { name: 'Add a condition' }).click();
  await page.getByRole('menuitem', { name: 'Opportunities', exact: true }).click();
  await page.getByLabel('Value', { exact: true }).first().selectOption({ label: 'Won' });
  await page.getByRole('button', { name: 'Add a condition' }).click();
  await page.getByRole('menuitem', { name: 'A category on their cards' }).click();
  await page.getByLabel('Value', { exact: true }).last().fill('Fair 2025');
  await expectAccessible(page, 'conditions by opportunities and categories');
  await page.screenshot({ path: 'test-results/segment-opportunities.png', fullPage: true });
  await page.getByText('Text', { exact: true }).click();
  expect(await page.getByLabel('Condition', { exact: true }).inputValue()).toBe(
    'count(opportunity where state = won) >= 1 and category = "Fair 2025"',
  );
});

test('a score is made of rules, and stands on the page of a person with its why', async () => {
  const page = await story.at('Claire', '/knowledge/measures');
  await page.getByRole('button', { name: 'Score' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill('Loyalty');
  await form.getByLabel('Points').fill('40');
  await form.getByLabel('Because').fill('Ordered twice');
  await form.getByLabel('Condition', { exact: true }).fill('count(order) >= 2');
  await expectAccessible(page, 'a new score');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Ordered twice').waitFor();
  await page.goto(`${story.product.url}/people/${hedyId}`);
  const known = page.getByRole('region', { name: 'What is computed' });
  await known.getByText('Customer').waitFor();
  await known.getByText('40').waitFor();
  await known.getByRole('button', { name: /Loyalty/ }).click();
  await page.getByText('+40 Ordered twice').waitFor();
  await known.getByRole('link', { name: 'Buyers' }).waitFor();
});

test('stages of life are said by the company, and lists are kept; on a phone, in the dark', async () => {
  const page = await story.at('Claire', '/knowledge/stages');
  await page.getByText('Customer', { exact: true }).waitFor();
  await expectAccessible(page, 'stages of life');
  await page.screenshot({ path: 'test-results/stages.png', fullPage: true });
  await page.goto(`${story.product.url}/knowledge/segments`);
  await page.getByRole('link', { name: /Buyers/ }).click();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Keep as a list' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Take out' }).first().waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: 'dark' });
  for (const [at, name] of [
    ['/knowledge/segments', 'segments'],
    ['/knowledge/segments/new', 'segment-new'],
    ['/knowledge/measures', 'measures'],
    ['/knowledge/segments/comparison', 'comparison'],
  ] as const) {
    await page.goto(story.product.url + at);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.screenshot({ path: `test-results/phone-${name}.png`, fullPage: true });
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await expectAccessible(page, `${name} on a phone`);
  }
});
