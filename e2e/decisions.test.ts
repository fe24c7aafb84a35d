import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible, keepScreenshot } from './browser.ts';
import { stageStory } from './story.ts';

// Enough customers complain of the same: Claire finds it among the decisions, decides, answers all of them, and sees how they take it.

const story = stageStory(['--private-network', '127.0.0.1']);
const secret = `whsec_${randomBytes(32).toString('base64')}`;
let hookUrl = '';
let said = 0;
/** The program on whose channel they write; what it is given to deliver. */
let program: Server;
const delivered: { to: string; text: string }[] = [];

async function deliver(text: string, from: string): Promise<number> {
  const message = {
    ...{ externalId: `m${++said}`, thread: from, direction: 'in', at: new Date().toISOString(), text },
    correspondent: { point: { channel: 'email', address: from }, name: from.split('@')[0] },
  };
  const body = JSON.stringify({ events: [{ kind: 'message', message }] });
  const [id, seconds] = [`msg_${said}`, String(Math.floor(Date.now() / 1000))];
  const key = Buffer.from(secret.slice(6), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  const headers = { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
  return (await fetch(hookUrl, { method: 'POST', headers, body })).status;
}

const late = 'The delivery is late again and I am very disappointed.';
const customers = ['Anna', 'Bruno', 'Chloe', 'David', 'Emma'];
const addressOf = (name: string) => `${name}@client.example`;

beforeAll(async () => {
  program = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { data } = JSON.parse(Buffer.concat(pieces).toString());
    // Asked whether it is there, it only answers.
    if (data?.to) delivered.push({ to: data.to.point.address, text: data.text });
    response.writeHead(200).end(JSON.stringify({ externalId: data?.messageId ?? 'x' }));
  });
  program.listen(0, '127.0.0.1');
  await once(program, 'listening');
  const url = `http://127.0.0.1:${(program.address() as AddressInfo).port}/`;
  await story.begin('Claire Delmas');
  await story.join('Louis Martin', { locale: 'fr-FR', colorScheme: 'dark', viewport: { width: 390, height: 844 } });
  const channel = await story.send<{ hookUrl: string }>('Claire', 'POST', '/channels', {
    ...{ kind: 'webhook', name: 'Shop', settings: { url }, secret: { signing: secret } },
    access: [{ kind: 'workspace' }],
  });
  hookUrl = channel.hookUrl;
});
afterAll(() => void program.close());

test('Claire says from when on complaints are something to decide', async () => {
  const page = await story.at('Claire', '/voices/thresholds');
  await page.getByRole('button', { name: 'Change the threshold: Delivery and delays' }).click();
  await page.getByRole('spinbutton', { name: 'People' }).fill('5');
  await expectAccessible(page, 'a threshold');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Complaints of at least 5 people, within 30 days.').waitFor();
  await expectAccessible(page, 'thresholds');
});

test('when enough people have said it, it stands among the decisions, with what weighs', async () => {
  for (const name of customers) expect(await deliver(late, addressOf(name))).toBe(204);
  const page = story.page('Claire');
  await expect
    .poll(
      async () => {
        await story.at('Claire', '/voices/decisions');
        await page.getByRole('heading', { name: 'Decisions', level: 1 }).waitFor();
        await page
          .getByText(/Nothing to decide|Delivery and delays/)
          .first()
          .waitFor();
        return page.getByRole('link', { name: /Delivery and delays/ }).count();
      },
      { timeout: 20_000 },
    )
    .toBe(1);
  await expectAccessible(page, 'decisions');
  await page.getByRole('link', { name: 'Weight' }).click();
  // The page before has a link of this name too.
  await page.getByRole('heading', { name: 'Weight', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'Delivery and delays' }).click();
  await page.getByRole('complementary').getByText('Emma').waitFor();
  await expectAccessible(page, 'the weight of voices');
});

test('she decides, and everybody reads it', async () => {
  const page = await story.at('Claire', '/voices/decisions');
  await page.getByRole('link', { name: /Delivery and delays/ }).click();
  await page.getByText('5 people, 0 organisations, as you see them.').waitFor();
  await page.getByLabel('In words').fill('We change the carrier.');
  await page.getByLabel('Until').fill('2030-01-15');
  await page.getByRole('button', { name: 'Decide' }).click();
  await page.getByText('Decided.', { exact: true }).waitFor();
  await page.getByText('Claire Delmas: We will do it, in the hands of Claire Delmas.').waitFor();
  await expectAccessible(page, 'a decision');
  const phone = await story.at('Louis', '/voices/decisions');
  await phone.getByRole('link', { name: /Livraison et délais.*Nous le ferons/s }).click();
  await phone.getByText('We change the carrier.').first().waitFor();
  await expectAccessible(phone, 'a decision, dark, phone');
  await keepScreenshot(phone, 'decision phone');
});

test('she answers all of them in two clicks, each where they wrote, and their reaction comes back', async () => {
  const page = story.page('Claire');
  await page.getByRole('button', { name: 'Answer 5 people' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('In English').fill('Hello {{ contact.first_name }}, we change the carrier.');
  await expectAccessible(page, 'the answer');
  await dialog.getByRole('button', { name: 'See each one' }).click();
  await dialog.getByText('Hello Chloe, we change the carrier.').waitFor();
  await expectAccessible(page, 'the answers');
  await dialog.getByRole('button', { name: 'Send all 5' }).click();
  await page.getByText('Everybody whom you hear has had an answer.').waitFor();
  await expect.poll(() => delivered.length, { timeout: 20_000 }).toBe(5);
  expect(delivered.map(({ to }) => to).sort()).toEqual(customers.map((name) => addressOf(name).toLowerCase()));
  expect(await deliver('Thank you so much, I am delighted, great!', addressOf('Emma'))).toBe(204);
  await expect
    .poll(
      async () => {
        await page.reload();
        await page.getByRole('heading', { name: 'Answering all of them' }).waitFor();
        return page.getByText('They answered: 1 satisfied, 0 neutral, 0 dissatisfied.').count();
      },
      { timeout: 20_000 },
    )
    .toBe(1);
  await page.getByText('Answered', { exact: true }).click();
  await page.getByRole('link', { name: /I am delighted/ }).waitFor();
  await expectAccessible(page, 'who was answered');
  await keepScreenshot(page, 'decision desk');
});
