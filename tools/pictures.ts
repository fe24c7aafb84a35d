// npm run -s pictures: takes the pictures of README, LISEZMOI and the guides anew, from a product of its own with nobody's contacts in it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { openBrowser, openPage } from '../e2e/browser.ts';
import { newDataFolder, startProduct } from '../e2e/product.ts';
import { root } from '../server/kernel/config.ts';
import { planPictures } from './plan-pictures.ts';

const folder = join(root, 'docs/pictures');
/** The address that stands on the pictures. */
const publicUrl = 'https://contacts.example.com';
const port = 8391;
const words = {
  en: {
    locale: 'en-GB',
    add: /add a device/i,
    name: 'What is it called?',
    device: 'Claire’s phone',
    make: /create its password/i,
  },
  fr: {
    locale: 'fr-FR',
    add: /ajouter un appareil/i,
    name: 'Comment s’appelle-t-il ?',
    device: 'Téléphone de Claire',
    make: /créer son mot de passe/i,
  },
} as const;

async function setUp(page: Page, link: string, locale: 'fr' | 'en'): Promise<void> {
  await page.goto(link);
  const token = link.split('#token=')[1]!;
  const someone = { workspace: 'Exemple SA', name: 'Claire Delmas', email: 'claire@exemple.example' };
  await page.evaluate(
    async (body) => {
      const headers = { 'content-type': 'application/json', 'x-entregent-csrf': '1' };
      const answer = await fetch('/api/v1/setup', { method: 'POST', headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(await answer.text());
    },
    { ...someone, token, locale, password: 'seven green bicycles' },
  );
}

/** What stands around the choice of a device, on its own. */
async function take(page: Page, device: string, name: string): Promise<void> {
  await page.getByRole('combobox').selectOption(device);
  await page.waitForTimeout(500);
  const picture = await page
    .getByRole('status')
    .filter({ has: page.getByRole('combobox') })
    .screenshot({ animations: 'disabled' });
  await sharp(picture)
    .png({ palette: true, quality: 80, effort: 10 })
    .toFile(join(folder, `${name}.png`));
}

/** What somebody sees who connects a phone, in one language: where an iPhone asks for it, and the code for Android. */
async function connectPhone(browser: Browser, language: 'fr' | 'en'): Promise<void> {
  const data = newDataFolder();
  const product = await startProduct(data.path, ['--public-url', publicUrl, '--port', `${port}`]);
  try {
    const said = words[language];
    const local = `http://127.0.0.1:${port}`;
    const page = await openPage(browser, { locale: said.locale, viewport: { width: 1000, height: 1100 } }, []);
    await setUp(page, product.setupLink!.replace(publicUrl, local), language);
    await page.goto(`${local}/settings/devices`);
    await page.getByRole('button', { name: said.add }).click();
    await page.getByLabel(said.name).fill(said.device);
    await page.getByRole('button', { name: said.make }).click();
    for (const device of ['iphone', 'android']) await take(page, device, `${device}.${language}`);
    await page.context().close();
  } finally {
    await product.stop();
    data.remove();
  }
}

mkdirSync(folder, { recursive: true });
const browser = await openBrowser();
for (const language of ['fr', 'en'] as const) {
  await connectPhone(browser, language);
  await planPictures(browser, language, setUp);
}
await browser.close();
