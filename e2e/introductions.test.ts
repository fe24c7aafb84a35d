import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// A story of three: Louis and Claire know Hedy Lamarr and let her be found; Emma looks for her.

const { at, begin, join, open, page, send } = stageStory();

beforeAll(async () => {
  await begin('Claire Delmas');
  for (const name of ['Louis Martin', 'Emma Petit']) await join(name);
  for (const holder of ['Louis', 'Claire']) {
    const name = { kind: 'name', value: { given: 'Hedy', family: 'Lamarr' } };
    const email = { kind: 'email', value: { value: 'hedy@hop.example', type: 'work' } };
    await send(holder, 'POST', '/cards', { fields: [name, email] });
    await lend(holder, { grantee: { kind: 'workspace' }, acts: ['discover'] });
  }
});

async function lend(holder: string, terms: object): Promise<void> {
  const { items } = await send<{ items: { id: string; mine: boolean }[] }>(holder, 'GET', '/books');
  await send(holder, 'POST', `/books/${items.find(({ mine }) => mine)!.id}/grants`, terms);
}

test('a search says that somebody here knows her; Emma asks, without learning who', async () => {
  const emma = await at('Emma', '/people?q=Lamarr');
  await emma.getByText(/known to colleagues who let them be found/i).waitFor();
  await emma.getByRole('button', { name: /ask for an introduction/i }).click();
  await emma.getByLabel(/whom you are looking for, and why/i).fill('We would like to show her our radio.');
  await expectAccessible(emma, 'asking');
  await emma.getByRole('button', { name: /send the request/i }).click();
  await emma.getByText(/on its way/i).waitFor();
  await at('Emma', '/introductions');
  await emma.getByText(/no answer yet/i).waitFor();
  expect(await emma.locator('main').textContent()).not.toMatch(/Louis|Claire/);
});

test('Claire declines, which nobody sees; Louis introduces, to her first and then to both', async () => {
  const emma = page('Emma');
  const before = await emma.locator('main').textContent();
  const claire = await at('Claire', '/home');
  await claire.getByRole('link', { name: /look and answer/i }).click();
  await claire.getByRole('button', { name: /decline/i }).click();
  await claire.getByText(/nothing of it shows/i).waitFor();
  expect(await emma.locator('main').textContent()).toBe(before);
  const louis = await at('Louis', '/notices');
  await louis.getByText(/Emma Petit asks you for an introduction/).click();
  await expectAccessible(louis, 'asked');
  await louis.getByRole('button', { name: /^introduce/i }).click();
  const first = louis.getByRole('region', { name: /first ask your contact/i });
  await first.getByText(/May I put you in touch/).waitFor();
  expect(await first.getByRole('link', { name: /mail program/i }).getAttribute('href')).toMatch(/^mailto:hedy%40hop/);
  await expectAccessible(louis, 'introducing');
  await louis.getByRole('button', { name: /the introduction is made/i }).click();
  // Emma's page follows by itself.
  await emma.getByText(/Louis Martin introduced you/).waitFor();
  await emma.getByRole('button', { name: /we talked/i }).click();
  await louis.getByText(/Emma Petit says of it: We talked/).waitFor();
});

test('a task about her is recalled, and ticked off', async () => {
  const louis = await at('Louis', '/people?q=Lamarr');
  await louis.getByText('Hedy Lamarr').first().click();
  await louis.getByRole('button', { name: /new task/i }).click();
  await louis.getByLabel('What', { exact: true }).fill('Thank her');
  await louis.getByLabel(/for which day/i).fill('2026-01-05');
  await expectAccessible(louis, 'a new task');
  await louis.getByRole('button', { name: /write it down/i }).click();
  await louis.getByText(/overdue/i).waitFor();
  await at('Louis', '/notices');
  await louis.getByText(/To do: Thank her/).waitFor();
  await at('Louis', '/tasks');
  await louis.getByRole('checkbox', { name: /thank her/i }).click();
  await louis.getByText(/nothing to do/i).waitFor();
});

test('what Louis withdraws leaves the screen of Emma by itself', async () => {
  const louis = await at('Louis', '/delegations');
  await lend('Louis', { grantee: { kind: 'workspace' }, acts: ['read'] });
  const emma = await at('Emma', '/people?q=Lamarr');
  await emma.getByText('Hedy Lamarr').first().click();
  await emma.getByText('hedy@hop.example').first().waitFor();
  await louis.reload();
  await louis
    .getByRole('listitem')
    .filter({ hasText: /find and read/ })
    .getByRole('button', { name: /^withdraw$/i })
    .click();
  // The next poll would come five minutes later.
  await emma.getByText('hedy@hop.example').first().waitFor({ state: 'detached' });
  await emma.getByText('Hedy Lamarr').first().waitFor({ state: 'detached' });
});

test('on a phone and in the dark, in French', async () => {
  const state = await page('Claire').context().storageState();
  const options = { viewport: { width: 390, height: 844 }, colorScheme: 'dark', storageState: state } as const;
  const phone = await open('phone', options);
  for (const path of ['/introductions/asked', '/introductions', '/tasks', '/notices', '/settings/notices']) {
    await at('phone', path);
    await phone.getByRole('heading', { level: 1 }).waitFor();
    await expectAccessible(phone, path);
    const overflow = await phone.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, path).toBeLessThanOrEqual(0);
  }
});
