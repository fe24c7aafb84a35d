import { createHmac, randomBytes } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Customers complain; Claire sees of what and where, reads the very message, says that it is about something else, and the picture follows.

const story = stageStory(['--private-network', '127.0.0.1']);
const secret = `whsec_${randomBytes(32).toString('base64')}`;
let hookUrl = '';
let said = 0;

/** Has a program bring messages, each of somebody else, signed as Standard Webhooks 1.0 says. */
async function deliver(...texts: string[]): Promise<number> {
  const events = texts.map((text) => {
    const from = `customer${++said}@client.example`;
    return {
      kind: 'message',
      message: {
        ...{ externalId: `m${said}`, thread: from, direction: 'in', at: new Date().toISOString(), text },
        correspondent: { point: { channel: 'email', address: from }, name: `Customer ${said}` },
      },
    };
  });
  const body = JSON.stringify({ events });
  const [id, seconds] = [`msg_${said}`, String(Math.floor(Date.now() / 1000))];
  const key = Buffer.from(secret.slice(6), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  const headers = { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
  return (await fetch(hookUrl, { method: 'POST', headers, body })).status;
}

beforeAll(async () => {
  await story.begin('Claire Delmas');
  await story.join('Louis Martin', { locale: 'fr-FR', colorScheme: 'dark', viewport: { width: 390, height: 844 } });
});

test('what customers write stands in the picture by topic, and Voices in the menu', async () => {
  const { hookUrl: url } = await story.send<{ hookUrl: string }>('Claire', 'POST', '/channels', {
    ...{ kind: 'webhook', name: 'Shop', settings: {}, secret: { signing: secret } },
    access: [{ kind: 'workspace' }],
  });
  hookUrl = url;
  const late = 'The delivery is late again and I am very disappointed.';
  const glad = 'Great price, thank you so much, I am delighted!';
  expect(await deliver(late, `${late} Awful.`, glad)).toBe(204);
  await expect.poll(countOf, { timeout: 20_000 }).toBe(3);
  const page = await story.at('Claire', '/home');
  await page.getByRole('link', { name: 'Voices' }).click();
  await page.getByRole('link', { name: 'Delivery and delays, Shop: 2' }).waitFor();
  // What pleases stands there only where one asks for all.
  expect(await page.getByRole('link', { name: /^Price, Shop/ }).count()).toBe(0);
  await page.getByText('All', { exact: true }).click();
  await page.getByRole('link', { name: 'Price, Shop: 1' }).waitFor();
  await page.getByText('Dissatisfied', { exact: true }).click();
  await expectAccessible(page, 'voices');
});

/** Messages that were read. */
async function countOf(): Promise<number> {
  const { rows } = await story.send<{ rows: { cells: { all: number }[] }[] }>('Claire', 'GET', '/voices/board');
  return rows.flatMap(({ cells }) => cells).reduce((sum, { all }) => sum + all, 0);
}

test('a cell opens its messages, a message its conversation, where Claire says that it is about something else', async () => {
  const page = story.page('Claire');
  await page.getByRole('link', { name: 'Delivery and delays, Shop: 2' }).click();
  const panel = page.getByRole('complementary', { name: 'Delivery and delays – Shop' });
  await panel.getByRole('link', { name: /Awful/ }).waitFor();
  expect(await panel.getByRole('listitem').count()).toBe(2);
  await expectAccessible(page, 'the messages of a cell');
  await panel.getByRole('link', { name: /Awful/ }).click();
  const log = page.getByRole('log');
  await log.getByText('Dissatisfied').waitFor();
  await log.getByRole('button', { name: /why/i }).click();
  await page.getByText('Delivery and delays: late').waitFor();
  await expectAccessible(page, 'what was read in a message');
  await page.keyboard.press('Escape');
  await log.getByRole('button', { name: 'Correct what was read' }).click();
  await page.getByRole('menuitem', { name: 'Neutral' }).click();
  await page.getByText('Noted. The next messages are read accordingly.').waitFor();
  await log.getByText('Dissatisfied').waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Voices' }).click();
  await page.getByRole('link', { name: 'Delivery and delays, Shop: 1' }).waitFor();
});

test('Claire names a topic, and what fitted none is read by it', async () => {
  expect(await deliver('The marmalade is bitter, I am so disappointed.')).toBe(204);
  const page = await story.at('Claire', '/voices/topics');
  await page.getByRole('button', { name: 'New topic' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name in French').fill('Confiture');
  await form.getByLabel('Name in English').fill('Jam');
  await form.getByLabel('Words and phrases').fill('marmalade*, jam');
  await expectAccessible(page, 'a topic');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Jam', { exact: true }).waitFor();
  await expectAccessible(page, 'topics');
  await expect
    .poll(
      async () => {
        await story.at('Claire', '/voices');
        await page.getByRole('table').waitFor();
        return page.getByRole('link', { name: 'Jam, Shop: 1' }).count();
      },
      { timeout: 20_000 },
    )
    .toBe(1);
});

test('Louis sees it on his phone, in French and in the dark, by week and as voices', async () => {
  const page = await story.at('Louis', '/voices');
  await page.getByRole('link', { name: /^Livraison et délais, Shop\s: 1$/ }).waitFor();
  await page.getByText('Par semaine').click();
  await page.getByRole('link', { name: /^Livraison et délais, semaine du/ }).waitFor();
  await page.getByText('Voix', { exact: true }).last().click();
  await page.getByText(/une personne sur un sujet/).waitFor();
  await expectAccessible(page, 'voices, dark, phone');
  await page.getByRole('link', { name: /^Livraison et délais, semaine du/ }).click();
  await page.getByRole('dialog').getByRole('listitem').first().waitFor();
});
