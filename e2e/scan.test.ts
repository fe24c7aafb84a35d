import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { drawCard, drawnCard, layOut } from '../server/sources/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

const story = stageStory();
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale: 'fr-FR' };
let page: Page;

beforeAll(async () => {
  page = await story.begin('Claire Delmas', { ...phone, colorScheme: 'dark' });
});
const vcard = 'BEGIN:VCARD\r\nVERSION:3.0\r\nN:Brun;Ada;;;\r\nFN:Ada Brun\r\nORG:Atelier Brun\r\nEND:VCARD\r\n';
const camera = () => page.locator('input[type=file][capture=environment]');
const keep = () => page.getByRole('button', { name: 'Garder ce contact' });

async function contacts(): Promise<string[]> {
  const answer = await page.evaluate(() => fetch('/api/v1/people').then((response) => response.json()));
  return (answer as { items: { name: string }[] }).items.map(({ name }) => name);
}

test('cards of a fair are photographed one after the other, checked beside their pictures, and kept with where we met', async () => {
  await page.getByRole('navigation').getByRole('link', { name: 'Numériser' }).click();
  await page.waitForURL(/\/scan/);
  await page.getByLabel('Où vous êtes-vous rencontrés').fill('Salon de Lyon');
  await expectAccessible(page, 'before the first card');
  const second = await drawCard(
    [
      { text: 'Atelier Brun', x: 70, y: 110, size: 64 },
      { text: 'ada@brun.example', x: 70, y: 480, size: 34 },
    ],
    vcard,
  );
  await page
    .locator('input[type=file][multiple]')
    .last()
    .setInputFiles([
      { name: 'un.jpg', mimeType: 'image/jpeg', buffer: await drawCard() },
      { name: 'deux.jpg', mimeType: 'image/jpeg', buffer: second },
    ]);
  await page.getByLabel('Prénom').waitFor();
  expect(await page.getByLabel('Prénom').inputValue()).toBe('Hélène');
  expect(await page.getByLabel('Nom', { exact: true }).inputValue()).toBe('Lefèvre');
  expect(await page.getByLabel('Téléphone mobile').inputValue()).toBe('06 39 98 12 34');
  await expectAccessible(page, 'a card to check');
  expect(await page.getByAltText(/un\.jpg/).isVisible()).toBe(true);
  // Nothing of it is there before it is confirmed.
  expect(await contacts()).toEqual([]);
  await page.getByLabel('Fonction').fill('Directrice générale');
  await keep().click();
  await page.getByText('Contact gardé : Hélène Lefèvre.').waitFor();
  await page.getByText('Lu dans le code QR de la carte.').waitFor();
  expect(await page.getByLabel('Nom', { exact: true }).inputValue()).toBe('Brun');
  // By the keyboard too: the card's heading has the focus, and Enter in a field keeps it.
  await page.getByLabel('Nom', { exact: true }).press('Enter');
  await page.getByText('2 contacts gardés').waitFor();
  expect((await contacts()).sort()).toEqual(['Ada Brun', 'Hélène Lefèvre']);
});

test('the contact says where it comes from, with the note and the picture', async () => {
  await page.getByRole('link', { name: 'Hélène Lefèvre' }).click();
  await page.waitForURL(/\/people\//);
  await page.getByText('Directrice générale').first().waitFor();
  await page.getByText('Lieu de rencontre : Salon de Lyon').first().waitFor();
  await page.getByRole('button', { name: /Cartes de visite/ }).click();
  await page.getByRole('menuitem', { name: /origin/i }).click();
  const picture = page.getByAltText('Photo telle qu’elle a été confirmée');
  await picture.waitFor();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(800);
});

test('several cards on one picture are read one by one', async () => {
  await page.goto(`${story.product.url}/scan`);
  const card = (name: string) =>
    drawCard([
      { text: name, x: 70, y: 210, size: 60 },
      { text: `${name.split(' ')[0]!.toLowerCase()}@fair.example`, x: 70, y: 480, size: 40 },
    ]);
  const cards = [
    { picture: await card('Rosa Marin'), turn: 4 },
    { picture: await card('Denis Lebrun'), turn: -9 },
  ];
  await page
    .locator('input[type=file][multiple]')
    .last()
    .setInputFiles({ name: 'table.jpg', mimeType: 'image/jpeg', buffer: await layOut(cards) });
  for (const name of ['Marin', 'Lebrun']) {
    await expect.poll(() => page.getByLabel('Nom', { exact: true }).inputValue(), { timeout: 20_000 }).toBe(name);
    await page.getByText('La photo montrait plusieurs cartes').waitFor();
    if (name === 'Marin') await expectAccessible(page, 'one of several cards');
    await keep().click();
  }
  await page.getByText('Contact gardé : Denis Lebrun.').waitFor();
});

test('a picture that cannot be read says so, and its contact can be typed', async () => {
  await page.goto(`${story.product.url}/scan`);
  await camera().setInputFiles({ name: 'rien.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') });
  await page.getByText(/Cette image ne se lit pas/).waitFor();
  await page.getByRole('button', { name: 'Ne pas garder' }).click();
  await expect.poll(() => keep().count()).toBe(0);
});

test('a double tap, a crash while it is kept and one more tap make one contact', async () => {
  const lines = drawnCard.map((line) => (line.text === 'Hélène Lefèvre' ? { ...line, text: 'Martin Dupont' } : line));
  await camera().setInputFiles({ name: 'x.jpg', mimeType: 'image/jpeg', buffer: await drawCard(lines) });
  await page.getByLabel('Prénom').waitFor();
  expect(await page.getByLabel('Prénom').inputValue()).toBe('Martin');
  // The request is sent; whether it has been carried out, nobody knows.
  const sent = page.waitForRequest(/\/business-cards$/);
  await keep().dblclick();
  await sent;
  await story.product.stop('SIGKILL');
  await page
    .getByText(/Entregent ne répond pas/)
    .first()
    .waitFor();
  await story.restart();
  const kept = page.getByText('Contact gardé : Martin Dupont.');
  await expect
    .poll(
      async () => {
        if ((await kept.count()) === 0) await keep().click();
        return kept.count();
      },
      { timeout: 30_000, interval: 1000 },
    )
    .toBe(1);
  // The list is brought up to date behind the card.
  await expect.poll(contacts).toContain('Martin Dupont');
  expect((await contacts()).filter((name) => name === 'Martin Dupont')).toHaveLength(1);
});
