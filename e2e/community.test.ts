import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultRules } from '../server/outreach/pressure.ts';
import { type MailSink, openMailSink } from '../server/outreach/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire opens a community; Ann and Bao come in by a link in a mail and write without scripts; Claire moderates and answers.

const story = stageStory();
let sink: MailSink;

beforeAll(async () => {
  sink = await openMailSink();
  await story.begin('Claire Delmas');
  await story.join('Louis Martin', { locale: 'fr-FR', colorScheme: 'dark', viewport: { width: 390, height: 844 } });
  // Whatever the time of day and the day, nobody is left alone.
  await story.send('Claire', 'PUT', '/gate/rules', { ...defaultRules, quiet: null });
  await story.send('Claire', 'PUT', '/mail', {
    ...{ host: '127.0.0.1', port: sink.port, security: 'none', username: null, replyTo: null },
    ...{ senderName: 'Exemple SA', senderAddress: 'crm@exemple.example' },
  });
  const phone = { viewport: { width: 390, height: 844 }, javaScriptEnabled: false };
  await story.open('Ann', { locale: 'en-GB', ...phone });
  await story.open('Bao', { locale: 'fr-FR', colorScheme: 'dark', ...phone });
});
afterAll(() => sink?.close());

test('Claire opens a community', async () => {
  const page = await story.at('Claire', '/voices/community');
  await page.getByRole('heading', { name: 'No community yet' }).waitFor();
  await page.getByRole('button', { name: 'Open a community' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill('Users of Exemple');
  await expectAccessible(page, 'opening a community');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: /\/c\/users-of-exemple/ }).waitFor();
  await expectAccessible(page, 'a community that is new');
});

/** Somebody asks for a link and comes in by it. */
async function comeIn(
  who: string,
  email: string,
  name: string,
  [send, label, enter]: readonly [RegExp, RegExp, RegExp],
) {
  const page = await story.at(who, '/c/users-of-exemple/join');
  await page.locator('input[name=email]').fill(email);
  await page.getByRole('button', { name: send }).click();
  await expect.poll(() => sink.mails.some(({ to }) => to.includes(email)), { timeout: 15_000 }).toBe(true);
  const mail = sink.mails.findLast(({ to }) => to.includes(email))!;
  await page.goto(/href="([^"]+\/enter\/[^"]+)"/.exec(mail.mail.html!)![1]!);
  await page.getByLabel(label).fill(name);
  await page.getByRole('button', { name: enter }).click();
  await page.getByRole('link', { name }).waitFor();
  return page;
}

test('Ann comes in by a link in a mail and shares an idea, which waits for a moderator', async () => {
  const page = await comeIn('Ann', 'ann@hop.example', 'Ann 🦊', [
    /Send me the link/,
    /The name that others see/,
    /Come in/,
  ]);
  await page.getByRole('link', { name: 'Ideas' }).click();
  await page.getByLabel('In one line').fill('Parcels on Saturdays');
  await page.getByLabel('In more words').fill('The delivery is too slow.\n<b>Saturdays</b> would help, שלום');
  await page.getByRole('button', { name: 'Share the idea' }).click();
  await page.getByText('a moderator reads it before others see it').waitFor();
  await page.getByText('<b>Saturdays</b> would help').waitFor();
  await page.screenshot({ path: 'test-results/community-idea.png', fullPage: true });
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
});

test('Claire lets it through, says where it stands, and answers', async () => {
  const page = story.page('Claire');
  await page.reload();
  const queue = page.getByRole('region', { name: 'Waiting for a moderator' });
  await queue.getByText('Parcels on Saturdays').waitFor();
  await expectAccessible(page, 'the queue of moderators');
  await queue.getByRole('button', { name: 'Show' }).click();
  await queue.getByText('Nothing is waiting.').waitFor();
  await page.getByRole('region', { name: 'Ideas' }).getByRole('button', { name: 'Parcels on Saturdays' }).click();
  const panel = page.getByRole('complementary', { name: 'Parcels on Saturdays' });
  await panel.getByLabel('Where it stands').selectOption('planned');
  await panel.getByLabel('Why, in words that all read').fill('From spring on');
  await panel.getByRole('button', { name: 'Say so' }).click();
  await page.getByText('Kept.').first().waitFor();
  await panel.getByLabel('Your answer').fill('We talk to our carrier.');
  await panel.getByRole('button', { name: 'Answer' }).click();
  await panel.getByRole('listitem').getByText('We talk to our carrier.').waitFor();
  await expectAccessible(page, 'an idea beside the list');
  await page.screenshot({ path: 'test-results/community-member.png', fullPage: true });
});

test('Bao comes in, in French and in the dark, votes for it and tells what is wrong', async () => {
  const page = await comeIn('Bao', 'bao@hop.example', 'Bao', [
    /M’envoyer le lien/,
    /Le nom que les autres voient/,
    /Entrer/,
  ]);
  await page.getByRole('link', { name: 'Parcels on Saturdays' }).click();
  await page.getByText('From spring on').waitFor();
  await page.getByText('We talk to our carrier.').waitFor();
  await page.getByText('Exemple SA', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Je le souhaite aussi' }).click();
  await page.getByText('1 vote').waitFor();
  await page.getByRole('button', { name: 'Retirer mon vote' }).waitFor();
  await page.screenshot({ path: 'test-results/community-dark-fr.png', fullPage: true });
});

test('the pages are usable by everybody, in the light and in the dark', async () => {
  const idea = story.page('Bao').url().split('?')[0]!;
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await story.open('Reader', { locale: 'en-GB', colorScheme, viewport: { width: 390, height: 844 } });
    for (const path of ['', '/join']) {
      await page.goto(`${story.product.url}/c/users-of-exemple${path}`);
      await expectAccessible(page, `/c${path} ${colorScheme}`);
    }
    await page.goto(idea);
    await page.getByRole('heading', { name: 'Parcels on Saturdays' }).waitFor();
    await expectAccessible(page, `an idea, ${colorScheme}`);
  }
});

test('Louis sees on his phone who they are and what they want', async () => {
  const page = await story.at('Louis', '/voices/community');
  await page.getByRole('link', { name: /Users of Exemple/ }).click();
  await page.getByRole('button', { name: 'Parcels on Saturdays' }).waitFor();
  await page.getByText(/1 vote/).waitFor();
  await page.getByRole('region', { name: 'Personnes' }).getByText('Ann 🦊', { exact: true }).waitFor();
  await expectAccessible(page, 'a community, dark, phone, French');
  await page.screenshot({ path: 'test-results/community-louis.png', fullPage: true });
});
