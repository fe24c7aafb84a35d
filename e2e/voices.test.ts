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
  const { url } = await story.send<{ url: string }>('Claire', 'POST', '/channels', {
    ...{ kind: 'webhook', name: 'Shop', settings: { url: 'http://127.0.0.1:1/' }, secret },
    access: [{ kind: 'workspace' }],
  });
  hookUrl = url;
  const late = 'The delivery is late again and I am very disappointed.';
  expect(await deliver(late, `${late} Awful.`, 'Great price, thank you so much, I am delighted!')).toBe(204);
  const page = await story.at('Claire', '/home');
  await page.getByRole('link', { name: 'Voices' }).click();
  const cell = page.getByRole('link', { name: 'Delivery and delays, Shop: 2' });
  await expect(async () => {
    await page.reload();
    await cell.waitFor({ timeout: 1000 });
  }).toPass({ timeout: 20_000 });
  await expectAccessible(page, 'voices');
});
