import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire, on her phone and in French, notes what was said in a call and in a meeting of her calendar; Bruno hears of what she shares.

const story = stageStory();
const phone = { viewport: { width: 390, height: 844 }, locale: 'fr-FR', hasTouch: true, permissions: ['microphone'] };

beforeAll(async () => {
  await story.begin('Claire Delmas', phone);
  await story.join('Bruno Petit', { locale: 'fr-FR' });
  for (const [given, email] of [
    ['Léa', 'lea@client.example'],
    ['Max', 'max@client.example'],
  ])
    await story.send('Claire', 'POST', '/cards', {
      kind: 'person',
      fields: [
        { kind: 'name', value: { given, family: 'Moreau' } },
        { kind: 'email', value: { value: email } },
      ],
    });
  const at = new Date(Date.now() - 2 * 3_600_000).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const event = [
    ...[
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:x',
      'BEGIN:VEVENT',
      'UID:m1',
      `DTSTAMP:${at}`,
      `DTSTART:${at}`,
      'DURATION:PT1H',
    ],
    ...['ORGANIZER:mailto:claire@exemple.example', 'ATTENDEE;PARTSTAT=ACCEPTED:mailto:max@client.example'],
    ...['END:VEVENT', 'END:VCALENDAR', ''],
  ];
  await story.send('Claire', 'POST', '/calendars/file', { text: event.join('\r\n') });
});

test('ce qui a été dit au téléphone se note en quelques gestes, avec la voix', async () => {
  const page = await story.at('Claire', '/home');
  await page.getByRole('navigation').last().getByRole('button', { name: /^Plus/ }).click();
  await page.getByRole('menuitem', { name: 'Terrain' }).click();
  await page.getByLabel('Avec qui').first().fill('Moreau');
  await page.getByRole('option', { name: 'Léa Moreau' }).click();
  await page
    .getByRole('textbox', { name: 'Ce qui a été dit' })
    .fill('La démo était trop longue, elle est très mécontente de la livraison.');
  await page.getByRole('button', { name: 'Enregistrer votre voix' }).click();
  await page.getByRole('button', { name: /Enregistrement, 0:01/ }).click();
  await page.getByText('Votre voix, 0:').waitFor();
  await expectAccessible(page, 'une note de terrain');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.getByRole('button', { name: 'Garder' }).click();
  const log = page.getByRole('log');
  await log.getByText('La démo était trop longue').waitFor();
  await log.getByText('Appel · sortant').waitFor();
  await log.locator('audio').waitFor();
  await expectAccessible(page, 'une note dans sa conversation');
});

test('elle est à qui l’a écrite : un collègue ne la voit qu’une fois partagée', async () => {
  const bruno = await story.at('Bruno', '/conversations?status=closed');
  await bruno.getByText('Léa Moreau').waitFor({ state: 'detached' });
  const page = story.page('Claire');
  await page.getByRole('button', { name: 'Partager' }).click();
  await page.getByRole('menuitem', { name: 'Un(e) collègue…' }).click();
  await page.getByRole('dialog').getByRole('combobox').press('ArrowDown');
  await page.getByRole('option', { name: 'Bruno Petit' }).click();
  await page.getByRole('button', { name: /Partagé/ }).waitFor();
  await story.at('Bruno', '/conversations?status=closed');
  await bruno.getByRole('link', { name: /démo était trop longue/ }).click();
  await bruno.getByRole('log').getByText('La démo était trop longue').waitFor();
});

test('un rendez-vous de l’agenda est proposé, personnes et heure remplies', async () => {
  const page = await story.at('Claire', '/note');
  await page.getByRole('heading', { name: 'Qu’a-t-il été dit ?' }).waitFor();
  await page.getByRole('region', { name: 'Qu’a-t-il été dit ?' }).getByRole('button', { name: 'Noter' }).click();
  await page.getByText('Max Moreau').waitFor();
  expect(await page.getByLabel('Minutes').inputValue()).toBe('60');
  await page.getByRole('textbox', { name: 'Ce qui a été dit' }).fill('Il attend un devis pour mai.');
  await page.getByRole('button', { name: 'Garder' }).click();
  await page.getByRole('log').getByText('Il attend un devis pour mai.').waitFor();
  await page.getByRole('log').getByText('Visioconférence').waitFor();
  const { items } = await story.send<{ items: object[] }>('Claire', 'GET', '/past-meetings');
  expect(items).toEqual([]);
});
