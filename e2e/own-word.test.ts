import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultRules } from '../server/outreach/pressure.ts';
import { type MailSink, openMailSink } from '../server/outreach/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Louis asks Hedy whether her details are right; she corrects them on her phone, and he takes them over.

const story = stageStory();
let sink: MailSink;
let louis: Page;
let hedy: Page;

beforeAll(async () => {
  sink = await openMailSink();
  louis = await story.begin('Louis Martin');
  await story.send('Louis', 'PUT', '/gate/rules', { ...defaultRules, quiet: null, askTracking: true });
  hedy = await story.open('Hedy', { viewport: { width: 390, height: 844 } });
  await story.send('Louis', 'PUT', '/mail', {
    ...{ host: '127.0.0.1', port: sink.port, security: 'none', username: null, replyTo: null },
    ...{ senderName: 'Exemple SA', senderAddress: 'crm@exemple.example' },
  });
});
afterAll(() => sink?.close());

/** The next mail that reaches Hedy. */
async function nextMail(count: number): Promise<string> {
  await expect.poll(() => sink.mails.length, { timeout: 20_000 }).toBe(count);
  return sink.mails[count - 1]!.mail.text!;
}

test('a holder asks, and the contact opens the link with a code on a phone', async () => {
  const { id } = await story.send<{ id: string }>('Louis', 'POST', '/cards', {
    fields: [
      { kind: 'name', value: { given: 'Hedy', family: 'Lamarr' } },
      { kind: 'email', value: { value: 'hedy@hop.example', type: 'work' } },
      { kind: 'title', value: { value: 'Actress' } },
      { kind: 'organization', value: { name: 'Hop SA' } },
    ],
  });
  await louis.goto(`${story.product.url}/people/${id}`);
  await louis.getByRole('button', { name: /ask them to check/i }).click();
  await louis.getByText(/it may be sent/i).waitFor();
  await expectAccessible(louis, 'asking');
  await louis.getByRole('button', { name: /send the link/i }).click();
  await louis.getByText(/no answer yet/i).waitFor();
  await hedy.goto(/http\S+#token=\S+/.exec(await nextMail(1))![0]);
  await hedy.getByRole('heading', { name: 'Hello Hedy' }).waitFor();
  expect(await hedy.getByText('Actress').count()).toBe(0);
  await expectAccessible(hedy, 'before the code');
  await hedy.getByRole('button', { name: /send me a code/i }).click();
  const [, code] = /Your code: (\d{6})/.exec(await nextMail(2))!;
  await hedy.getByLabel('Code').fill(code!);
  await hedy.getByRole('button', { name: /show my details/i }).click();
  await hedy.getByText('Actress').waitFor();
  await expectAccessible(hedy, 'details');
  const overflow = await hedy.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});

test('she corrects her title in one place, says what she wishes, and answers', async () => {
  await hedy.getByRole('button', { name: 'Correct: Title, Actress' }).click();
  await hedy.getByLabel('Title').fill('Inventor');
  await hedy.getByRole('button', { name: 'Done' }).click();
  await hedy.getByText(/instead of “Actress”/).waitFor();
  await hedy.getByLabel('Newsletters').check();
  const seen = hedy.getByLabel(/may see whether I open its messages/);
  expect(await seen.isChecked()).toBe(false);
  await seen.check();
  // A change of language loses nothing.
  await hedy.getByText('Français').click();
  await hedy.getByText(/au lieu de/).waitFor();
  await hedy.getByText('English').click();
  await hedy.getByRole('button', { name: /send my answer/i }).click();
  await hedy.getByRole('heading', { name: 'Thank you' }).waitFor();
});

test('her word stands first at once, and the holder takes it over onto his card', async () => {
  await louis.reload();
  await louis.getByText('Said by the person themself, today').first().waitFor();
  await louis.getByText(/Title: “Inventor” instead of “Actress”/).waitFor();
  await expectAccessible(louis, 'answered');
  await louis.getByRole('button', { name: /accept for hedy lamarr: title/i }).click();
  await louis.getByText(/as their own word/).waitFor();
});

test('she asks to be forgotten; he answers, and she can look it up', async () => {
  await hedy.getByRole('button', { name: /change something else/i }).click();
  await expect
    .poll(
      async () => {
        await hedy.getByRole('button', { name: /send me a code|send another code/i }).click();
        await hedy.waitForTimeout(1500);
        return sink.mails.length;
      },
      { timeout: 60_000, interval: 5000 },
    )
    .toBe(3);
  const [, code] = /Your code: (\d{6})/.exec(await nextMail(3))!;
  await hedy.getByLabel('Code').fill(code!);
  await hedy.getByRole('button', { name: /show my details/i }).click();
  await hedy.getByRole('button', { name: 'Forget me' }).click();
  await hedy.getByRole('button', { name: 'Yes, forget me' }).click();
  await hedy.getByText(/nobody there writes to you any more/i).waitFor();
  await louis.reload();
  await louis.getByRole('button', { name: 'Erase my cards' }).click();
  await louis.waitForURL(/\/people$/);
  await hedy.reload();
  await hedy.getByText(/your details were taken out/i).waitFor();
});
