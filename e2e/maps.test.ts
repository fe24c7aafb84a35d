import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire corrects an org chart by hand and by keyboard, and makes a power map; Louis changes it at the same time, on a phone, in French.

const story = stageStory();
let organizationId = '';
const ids: Record<string, string> = {};
let mapUrl = '';

beforeAll(async () => {
  await story.begin('Claire Delmas', { viewport: { width: 1280, height: 800 } });
  await story.join('Louis Martin', { locale: 'fr-FR', colorScheme: 'dark', viewport: { width: 390, height: 844 } });
  const name = 'Verrerie Aubert';
  const send = (path: string, body: object) => story.send<{ id: string }>('Claire', 'POST', path, body);
  const called = [{ kind: 'name', value: { full: name } }];
  const organization = { kind: 'organization', value: { name } };
  organizationId = (await send('/cards', { kind: 'organization', fields: [...called, organization] })).id;
  for (const [given, title] of [
    ['Paula', 'PDG'],
    ['Farid', 'Directeur financier'],
    ['Chloé', 'Directrice commerciale'],
    ['Hugo', 'Comptable'],
  ]) {
    const fields = [{ kind: 'name', value: { given, family: 'Perrot' } }, organization];
    ids[given!] = (await send('/cards', { fields: [...fields, { kind: 'title', value: { value: title } }] })).id;
  }
  const adviser = [
    { kind: 'name', value: { given: 'Ada', family: 'Conseil' } },
    { kind: 'organization', value: { name: 'Cabinet Lointain' } },
  ];
  await send('/cards', { fields: adviser });
  const { items } = await story.send<{ items: { id: string }[] }>('Claire', 'GET', '/books');
  await send(`/books/${items[0]!.id}/grants`, { grantee: { kind: 'workspace' }, acts: ['discover', 'read'] });
});

const node = (page: Page, name: string) => page.locator('svg [data-id]').filter({ hasText: name });

async function drag(page: Page, name: string, to: { x: number; y: number }): Promise<void> {
  const box = (await node(page, name).boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await page.mouse.up();
}

async function centreOf(page: Page, name: string) {
  const box = (await node(page, name).boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

test('Claire opens the org chart from the organisation; dragging somebody under another says so, and is undone', async () => {
  const page = await story.at('Claire', `/people/${organizationId}`);
  await page.getByRole('link', { name: 'Org chart' }).click();
  const hugo = page.getByRole('button', { name: /^Hugo Perrot, Comptable, reports to Farid Perrot, read from titles/ });
  await hugo.waitFor();
  await expectAccessible(page, 'org chart');
  await drag(page, 'Hugo Perrot', await centreOf(page, 'Chloé Perrot'));
  await page.getByText('Hugo Perrot now reports to Chloé Perrot.').waitFor();
  await page
    .getByRole('button', { name: /^Hugo Perrot, Comptable, reports to Chloé Perrot, said by people/ })
    .waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await hugo.waitFor();
});

test('the same by keyboard: arrows go, M moves, Enter opens; the list says the same', async () => {
  const page = story.page('Claire');
  await node(page, 'Verrerie Aubert').focus();
  await page.keyboard.press('ArrowDown');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toContain('Paula Perrot');
  await node(page, 'Hugo Perrot').focus();
  await page.keyboard.press('m');
  const panel = page.getByRole('complementary', { name: 'Hugo Perrot' });
  await panel.getByRole('combobox', { name: 'Move under' }).fill('Paula');
  await page.getByRole('option', { name: /Paula Perrot/ }).click();
  await panel.getByText('Me: reports to Paula Perrot').waitFor();
  await expectAccessible(page, 'somebody of the org chart');
  await page.getByText('List', { exact: true }).click();
  await page.getByRole('button', { name: /Hugo Perrot.*said by people/ }).waitFor();
});

test('a drawing leaves as SVG, PNG and PDF that hold it', async () => {
  const page = story.page('Claire');
  const files: Record<string, Buffer> = {};
  for (const [format, item] of Object.entries({ svg: 'Drawing (SVG)', png: 'Picture (PNG)', pdf: 'Page (PDF)' })) {
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: item }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`Org chart of Verrerie Aubert.${format}`);
    files[format] = readFileSync(await download.path());
  }
  expect(files.svg!.toString()).toContain('Hugo Perrot');
  // Read by the browser itself: not empty, and not of one colour.
  const colours = await page.evaluate(
    async (octets) => {
      const picture = await createImageBitmap(new Blob([Uint8Array.from(octets)], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      const pen = canvas.getContext('2d')!;
      pen.drawImage(picture, 0, 0);
      const { data } = pen.getImageData(0, 0, picture.width, picture.height);
      return new Set(new Uint32Array(data.buffer)).size;
    },
    [...files.png!],
  );
  expect(colours).toBeGreaterThan(20);
  expect(files.pdf!.subarray(0, 5).toString()).toBe('%PDF-');
  expect(files.pdf!.length).toBeGreaterThan(5000);
});

test('Claire begins a power map, places people, draws who listens to whom, and keeps a version', async () => {
  const page = await story.at('Claire', `/people/${organizationId}/maps`);
  await page.getByRole('button', { name: 'New map' }).click();
  await page.getByLabel('What it is about').fill('Renewal');
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByText('No decision maker is known here.').waitFor();
  mapUrl = new URL(page.url()).pathname;
  for (const name of ['Farid Perrot', 'Chloé Perrot']) {
    await page.getByRole('combobox', { name: 'Put somebody on the map' }).click();
    await page.getByRole('option', { name: new RegExp(name) }).click();
    await node(page, name).waitFor();
  }
  await page.getByRole('combobox', { name: 'Put somebody on the map' }).fill('Conseil');
  await page.getByRole('option', { name: 'Ada Conseil, Cabinet Lointain' }).click();
  await page.getByRole('button', { name: /^Ada Conseil, from elsewhere/ }).waitFor();
  await node(page, 'Farid Perrot').focus();
  await page.keyboard.press('m');
  for (const key of ['ArrowUp', 'ArrowUp', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight'])
    await page.keyboard.press(key);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Farid Perrot.*influence some.*for us \(placed by hand\)/ }).waitFor();
  await node(page, 'Farid Perrot').click();
  await page.getByRole('button', { name: 'Draw a line on the map' }).click();
  await node(page, 'Chloé Perrot').click();
  await page.getByText('Chloé Perrot listens to Farid Perrot.').waitFor();
  await expectAccessible(page, 'power map');
  await page.getByRole('button', { name: 'Versions' }).click();
  await page.getByRole('menuitem', { name: 'Keep this state' }).click();
  await page.getByLabel('Name of this state').fill('Kick-off');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('This state is kept.').waitFor();
  await page.getByRole('button', { name: 'This map' }).click();
  await page.getByRole('menuitem', { name: /Share with/ }).click();
  await page.getByText('The map is shared.').waitFor();
});

test('Louis changes it on his phone; Claire, who changes it too, is told, and keeps hers as a new version', async () => {
  const page = await story.at('Louis', mapUrl);
  await page.getByRole('button', { name: /^Farid Perrot/ }).click();
  const panel = page.getByRole('dialog');
  await panel.getByLabel('Position').selectOption('Contre nous');
  await panel.getByText('Place donnée par Louis Martin.').waitFor();
  await page.getByText(/Farid Perrot\s: influence faible, contre nous/).waitFor();
  await expectAccessible(page, 'somebody on a power map, dark, phone');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);

  const claire = story.page('Claire');
  await node(claire, 'Chloé Perrot').focus();
  await claire.keyboard.press('m');
  await claire.keyboard.press('ArrowRight');
  await claire.getByText(/changed this map on .*, while you did/).waitFor();
  await claire.getByRole('button', { name: 'Keep mine as a new version' }).click();
  await claire.getByRole('button', { name: /^Chloé Perrot.*against us \(placed by hand\)/ }).waitFor();
  await claire.getByRole('button', { name: /^Farid Perrot.*against us \(placed by hand\)/ }).waitFor();
  await claire.keyboard.press('Escape');
  await claire.getByRole('button', { name: 'Versions' }).click();
  await claire.getByRole('menuitem', { name: /Kick-off/ }).click();
  await claire.getByText(/“Kick-off”, the map as it was on/).waitFor();
  await claire.getByRole('button', { name: /^Farid Perrot.*, for us \(placed by hand\)/ }).waitFor();
  await claire.getByRole('button', { name: 'Restore this state' }).click();
  await claire.getByText(/The map is as it was on/).waitFor();
  await claire.getByRole('button', { name: /^Farid Perrot.*, for us \(placed by hand\)/ }).waitFor();
});
