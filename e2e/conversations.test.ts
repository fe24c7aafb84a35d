import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// A customer writes by a program of theirs; Claire and Louis find it in the inbox, talk about it, answer; the answer arrives there.

const story = stageStory(['--private-network', '127.0.0.1']);
const secret = `whsec_${randomBytes(32).toString('base64')}`;
/** What our side sent to the program. */
const received: { to: { point: { address: string } }; text: string }[] = [];
let peer: Server;
let hookUrl = '';

/** Has the program bring messages, signed as Standard Webhooks 1.0 says. */
async function deliver(
  ...messages: { id: string; text: string; at?: Date; from?: string; name?: string }[]
): Promise<number> {
  const events = messages.map(({ id, text, at = new Date(), from = 'lea@client.example', name = 'Léa Moreau' }) => ({
    kind: 'message',
    message: {
      externalId: id,
      thread: from,
      correspondent: { point: { channel: 'email', address: from }, name },
      direction: 'in',
      at: at.toISOString(),
      text,
    },
  }));
  const body = JSON.stringify({ events });
  const [id, seconds] = [`msg_${messages[0]!.id}`, String(Math.floor(Date.now() / 1000))];
  const key = Buffer.from(secret.slice(6), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  const headers = { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
  return (await fetch(hookUrl, { method: 'POST', headers, body })).status;
}

beforeAll(async () => {
  peer = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const said = JSON.parse(Buffer.concat(pieces).toString());
      if (said.type === 'message.send') received.push(said.data);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ externalId: `out-${received.length}` }));
    });
  });
  await new Promise<void>((ready) => peer.listen(0, '127.0.0.1', ready));
  await story.begin('Claire Delmas');
  await story.join('Louis Martin', { locale: 'fr-FR', colorScheme: 'dark', viewport: { width: 390, height: 844 } });
});
afterAll(() => void peer.close());

test('Claire opens a channel for a program', async () => {
  const page = await story.at('Claire', '/conversations');
  await page.getByRole('heading', { name: 'No channel yet' }).waitFor();
  await page.getByRole('link', { name: 'Open a channel' }).click();
  await page.getByRole('button', { name: 'Open a channel' }).click();
  await page.getByRole('menuitem', { name: 'Webhook' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('Shop');
  await form.getByLabel('Where our answers go').fill(`http://127.0.0.1:${(peer.address() as AddressInfo).port}/`);
  await form.getByLabel('Secret for signatures').fill(secret);
  await expectAccessible(page, 'opening a channel');
  await form.getByRole('button', { name: 'Open a channel' }).click();
  await form.getByText('The address that the platform is to call').waitFor();
  hookUrl = (await form.locator('code').textContent())!;
  await form.getByRole('button', { name: 'Done' }).click();
  await page.getByText('Tended by everybody').waitFor();
});

test('what the program brings is in the inbox at once, once, and what it did not sign is not', async () => {
  const page = await story.at('Claire', '/conversations');
  await page.getByText('No conversation matches this choice now.').waitFor();
  expect(await deliver({ id: 'm1', text: 'Bonjour, ma commande 4711 n’est pas arrivée.' })).toBe(204);
  const line = page.getByRole('link', { name: /Léa Moreau/ });
  await line.waitFor({ timeout: 5000 });
  expect(await deliver({ id: 'm1', text: 'Bonjour, ma commande 4711 n’est pas arrivée.' })).toBe(204);
  expect((await fetch(hookUrl, { method: 'POST', body: '{"events":[]}' })).status).toBe(403);
  await line.click();
  await page.getByRole('log').getByText('commande 4711').waitFor();
  expect(await page.getByRole('article').count()).toBe(1);
  await page.getByText('Nobody of your contacts has this address.').waitFor();
  await expectAccessible(page, 'a conversation');
});

test('Louis sees on his phone that Claire looks at it, and notes what he knows', async () => {
  const page = await story.at('Louis', '/conversations');
  await page.getByRole('link', { name: /Léa Moreau/ }).click();
  await page.getByText('Claire Delmas la regarde').waitFor({ timeout: 10_000 });
  await page.getByText('Noter', { exact: true }).click();
  await page.getByLabel('Votre note').fill('Le transporteur a du retard dans le Nord. ');
  await page.getByLabel('Votre note').press('End');
  await page.keyboard.type('@Claire');
  await page.getByRole('listbox').getByRole('option', { name: 'Claire Delmas' }).waitFor();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.getByLabel('Votre note').inputValue()).toContain('@Claire Delmas');
  await page.getByRole('button', { name: 'Garder la note' }).click();
  await page.getByRole('log').getByText('retard dans le Nord').waitFor();
  await expectAccessible(page, 'a conversation, dark, phone');
});

test('Claire hears of it, answers by the keyboard, and the answer arrives at the program', async () => {
  const page = story.page('Claire');
  await page.getByRole('log').getByText('retard dans le Nord').waitFor({ timeout: 10_000 });
  await page.getByRole('log').focus();
  await page.keyboard.press('r');
  await page.getByLabel('Your answer').fill('Bonjour Léa, votre colis arrive demain.');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Sent', { exact: true }).waitFor({ timeout: 10_000 });
  expect(received).toMatchObject([
    { to: { point: { address: 'lea@client.example' } }, text: 'Bonjour Léa, votre colis arrive demain.' },
  ]);
  await page.getByRole('log').focus();
  await page.keyboard.press('e');
  await page.getByText('Claire Delmas closed it').waitFor();
  await page.getByRole('button', { name: 'Open again' }).waitFor();
});

test('an answer does not leave over something newer, and what is searched is found', async () => {
  const page = await story.at('Claire', '/conversations?status=closed');
  await page.getByRole('link', { name: /Léa Moreau/ }).click();
  await page.getByText('closed it').waitFor();
  expect(await deliver({ id: 'm2', text: 'Merci, il est là.', at: new Date(Date.now() + 2000) })).toBe(204);
  await page.getByRole('log').getByText('il est là').waitFor({ timeout: 10_000 });
  await page.getByRole('searchbox', { name: 'Search in messages' }).fill('colis demain');
  await page.getByRole('list', { name: 'Messages found' }).getByText('votre colis').waitFor();
  await page.getByRole('searchbox', { name: 'Search in messages' }).fill('');
  await page.getByRole('link', { name: 'Figures' }).click();
  await page.getByRole('cell', { name: 'Shop' }).waitFor();
  await expectAccessible(page, 'figures');
});

test('one goes through the inbox by the keyboard: next, mine, asleep and back, unread', async () => {
  // Later than what Léa said last, so that Paul stands first however quickly the story is told.
  const at = new Date(Date.now() + 4000);
  await deliver({ id: 'k1', text: 'Une autre question', from: 'paul@client.example', name: 'Paul Petit', at });
  const page = await story.at('Claire', '/conversations');
  await page.getByRole('link', { name: /Paul Petit/ }).waitFor();
  await page.keyboard.press('j');
  await page.getByRole('region', { name: 'Paul Petit' }).getByText('Une autre question').waitFor();
  await page.keyboard.press('a');
  await page.getByText('Claire Delmas took it').waitFor();
  await page.keyboard.press('z');
  await page.getByText('Claire Delmas snoozed it').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Claire Delmas opened it again').waitFor();
  await page.keyboard.press('j');
  await page.getByRole('region', { name: 'Léa Moreau' }).waitFor();
  await page.keyboard.press('k');
  await page.getByRole('region', { name: 'Paul Petit' }).waitFor();
  await page.keyboard.press('u');
  await page.getByText('Choose a conversation on the left').waitFor();
  await page
    .getByRole('link', { name: /Paul Petit/ })
    .getByRole('img', { name: 'Unread' })
    .waitFor();
});

test('a saved reply is filled with who it goes to', async () => {
  const page = await story.at('Claire', '/conversations/replies');
  await page.getByRole('button', { name: 'New saved reply' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('Thanks');
  await form.getByLabel('In French').fill('Merci {{ contact.first_name }} !');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Merci {{ contact.first_name }}').waitFor();
  await expectAccessible(page, 'saved replies');
  await story.at('Claire', '/conversations');
  await page.getByRole('link', { name: /Léa Moreau/ }).click();
  await page.getByRole('button', { name: 'Saved replies' }).click();
  await page.getByRole('menuitem', { name: 'Thanks' }).click();
  await expect.poll(() => page.getByLabel('Your answer').inputValue()).toBe('Merci Léa !');
});

test('Louis, who lends Léa to his colleagues, hears on his phone that she wrote, and finds it on her page', async () => {
  const louis = story.page('Louis');
  const { id: bookId } = await story.send<{ id: string }>('Louis', 'POST', '/books', { name: 'Clients' });
  const name = { kind: 'name', value: { given: 'Léa', family: 'Moreau' } };
  const email = { kind: 'email', value: { value: 'lea@client.example' } };
  const { id } = await story.send<{ id: string }>('Louis', 'POST', '/cards', { bookId, fields: [name, email] });
  await story.send('Louis', 'POST', `/books/${bookId}/grants`, { grantee: { kind: 'workspace' }, acts: ['read'] });
  await deliver({ id: 'm3', text: 'Et pour la facture ?' });
  await story.at('Louis', '/home');
  await louis.getByText(/L’entreprise a reçu un message de.Léa Moreau/).waitFor();
  await story.at('Louis', `/people/${id}`);
  const talks = louis.getByRole('region', { name: 'Conversations et notes' });
  await talks.getByText('Et pour la facture').waitFor();
  await talks.scrollIntoViewIfNeeded();
  await expectAccessible(louis, 'a person with conversations, dark, phone');
  await talks.getByRole('link', { name: /facture/ }).click();
  await louis.getByRole('log').getByText('Et pour la facture').waitFor();
  const thread = louis.getByRole('region', { name: 'Léa Moreau' });
  await thread.getByRole('button', { name: 'Plus', exact: true }).click();
  await louis.getByRole('menuitem', { name: 'Suivre ce que dit cette personne' }).click();
  await louis.getByText('Vous serez averti(e) de ses messages').waitFor();
});

test('Claire has a conversation erased, for good, by a typed word', async () => {
  const page = await story.at('Claire', '/conversations');
  await page.getByRole('link', { name: /Paul Petit/ }).click();
  await page.getByRole('button', { name: 'Share' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Erase what was said' }).click();
  const dialog = page.getByRole('dialog');
  await expectAccessible(page, 'erasing a conversation');
  expect(await dialog.getByRole('button', { name: 'Erase for good' }).isDisabled()).toBe(true);
  await dialog.getByLabel('Type ERASE to go on').fill('ERASE');
  await dialog.getByRole('button', { name: 'Erase for good' }).click();
  await page.getByText('Choose a conversation on the left').waitFor();
  await page.getByRole('link', { name: /Paul Petit/ }).waitFor({ state: 'detached' });
});
