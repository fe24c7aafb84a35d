import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// A story of three: Claire administers, Louis lends his contacts, Emma uses them; from the import to the withdrawal.

const { at, begin, join, open, page } = stageStory();

const contacts = [
  'First Name,Last Name,Work E-mail,Mobile Phone,Notes,Company',
  'Hedy,Lamarr,hedy@hop.example,06 12 34 56 78,Likes torpedoes,Hop SA',
  'Alan,Turing,alan@bletchley.example,06 12 34 56 79,,Bletchley',
].join('\n');

beforeAll(async () => {
  await begin('Claire Delmas');
  await join('Louis Martin');
  await join('Emma Petit');
});
async function found(name: string, q: string): Promise<number> {
  const people = await at(name, `/people?q=${q}`);
  await people.getByRole('heading', { level: 1 }).waitFor();
  return people.evaluate(async (asked) => {
    const answer = await fetch(`/api/v1/people?q=${asked}`);
    return ((await answer.json()) as { items: unknown[] }).items.length;
  }, q);
}

test('what Louis imports is his alone, until he lends it in a sentence whose effect he sees beforehand', async () => {
  const louis = await at('Louis', '/imports');
  const file = { name: 'phone.csv', mimeType: 'text/csv', buffer: Buffer.from(contacts) };
  await louis.locator('input[type=file]').first().setInputFiles(file);
  await louis.getByRole('button', { name: /import 2 contacts/i }).click();
  await louis
    .getByText(/the import is done/i)
    .first()
    .waitFor();
  expect(await found('Emma', 'Lamarr')).toBe(0);
  await at('Louis', '/delegations');
  await louis.getByText(/nobody but those who look after it/i).waitFor();
  await expectAccessible(louis, 'delegations');
  await louis.getByRole('button', { name: /^lend/i }).click();
  await louis.getByLabel('To whom').selectOption({ label: 'Emma Petit' });
  await louis.getByText('2 contacts.').waitFor();
  // Private numbers and notes stay with him unless he says otherwise.
  const preview = louis.getByRole('region', { name: /what it would open/i });
  await preview.getByText('Hedy Lamarr').waitFor();
  expect(await preview.textContent()).not.toMatch(/torpedoes|12 34 56/);
  await louis.getByLabel(/^notes$/i).uncheck();
  await preview.getByText(/torpedoes/).waitFor();
  await louis.getByLabel(/^notes$/i).check();
  await expectAccessible(louis, 'lending');
  await louis
    .getByRole('dialog')
    .getByRole('button', { name: /^lend$/i })
    .click();
  await louis.getByText(/Emma Petit may find and read the contacts/).waitFor();
  expect(await found('Emma', 'Lamarr')).toBe(1);
  expect(await found('Claire', 'Lamarr')).toBe(0);
});

test('Emma reads what is lent, without what stays with Louis, and he hears of it and answers her', async () => {
  const emma = await at('Emma', '/delegations/to-me');
  await emma.getByText(/Emma Petit may find and read/).waitFor();
  await emma.getByRole('link', { name: /see the contacts/i }).click();
  await emma.getByText('Hedy Lamarr').first().click();
  await emma.getByRole('heading', { name: /the card behind/i }).waitFor();
  expect(await emma.getByText('hedy@hop.example').count()).toBeGreaterThan(0);
  expect(await emma.locator('body').textContent()).not.toMatch(/torpedoes|12 34 56/);
  const louis = await at('Louis', '/home');
  await louis.getByText(/Emma Petit opened Hedy Lamarr/).waitFor();
  await expectAccessible(louis, 'home');
  await louis.getByRole('button', { name: /^answer$/i }).click();
  await louis.getByRole('textbox', { name: /answer Emma Petit/i }).fill('Please go through me for Hedy.');
  await louis.getByRole('button', { name: /answer Emma Petit/i }).click();
  await louis.getByText('Please go through me for Hedy.').waitFor();
  await at('Emma', '/home');
  await emma.getByText('Please go through me for Hedy.').waitFor();
  await emma.getByRole('button', { name: /i have read it/i }).click();
  await emma.getByText('Please go through me for Hedy.').waitFor({ state: 'detached' });
});

test('Louis withdraws: Emma finds nothing any more at once, and he can take that back', async () => {
  const louis = await at('Louis', '/delegations');
  await louis.getByRole('button', { name: /^withdraw$/i }).click();
  await louis.getByText(/nobody but those who look after it/i).waitFor();
  expect(await found('Emma', 'Lamarr')).toBe(0);
  await at('Louis', '/delegations/ended');
  await louis.getByText(/ended by Louis Martin/i).waitFor();
  await expectAccessible(louis, 'ended grants');
  await louis.getByRole('button', { name: /lend again/i }).click();
  await louis.getByText(/nothing has ended/i).waitFor();
  expect(await found('Emma', 'Lamarr')).toBe(1);
});

test('on a phone and in the dark the sentence is as usable', async () => {
  const state = await page('Louis').context().storageState();
  const options = { viewport: { width: 390, height: 844 }, colorScheme: 'dark', storageState: state } as const;
  await open('phone', options);
  const phone = await at('phone', '/delegations');
  await phone.getByRole('button', { name: /^lend/i }).first().click();
  await phone.getByRole('dialog').waitFor();
  await expectAccessible(phone, 'lending on a phone');
  const overflow = await phone.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
});
