import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MailSink, openMailSink } from '../server/outreach/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire sets outgoing mail up, Louis lends a contact for writing, Emma writes, the contact unsubscribes by one click.

const { at, begin, join, open, page, send } = stageStory();
let sink: MailSink;

beforeAll(async () => {
  sink = await openMailSink();
  await begin('Claire Delmas');
  await join('Louis Martin');
  await join('Emma Petit');
  await send('Louis', 'POST', '/cards', {
    fields: [
      { kind: 'name', value: { given: 'Hedy', family: 'Lamarr' } },
      { kind: 'email', value: { value: 'hedy@hop.example', type: 'work' } },
      { kind: 'organization', value: { name: 'Hop SA' } },
    ],
  });
});
afterAll(() => sink?.close());

/** Emma opens the composer for Hedy and chooses what for. */
async function compose(purpose: string): Promise<Page> {
  const emma = await at('Emma', '/people?q=Lamarr');
  await emma.getByText('Hedy Lamarr').first().click();
  await emma.getByRole('button', { name: /^write$/i }).click();
  await emma.getByLabel('What for').selectOption({ label: purpose });
  return emma;
}

test('Claire sets outgoing mail up, and a test message arrives', async () => {
  const claire = await at('Claire', '/settings/mail');
  await claire.getByLabel('Server', { exact: true }).fill('127.0.0.1');
  await claire.getByLabel('Port').fill(String(sink.port));
  await claire.getByLabel('Encryption').selectOption('none');
  await claire.getByLabel('Sender’s name').fill('Exemple SA');
  await claire.getByLabel('Sender’s address').fill('crm@exemple.example');
  await claire.getByRole('button', { name: /^save$/i }).click();
  await claire.getByRole('button', { name: /send me a test message/i }).click();
  await claire.getByText(/took the message for claire@exemple.example/).waitFor();
  expect(sink.mails[0]!.mail.subject).toBe('Test message of Exemple SA');
  await claire.getByRole('button', { name: /^make a key$/i }).click();
  await claire
    .getByText(/To be published as a TXT record named entregent-[0-9a-f]{8}\._domainkey\.exemple\.example/)
    .waitFor();
  await claire.getByText(/the key has not been seen/i).waitFor();
  await claire.getByRole('heading', { name: 'Mail that comes back' }).waitFor();
  await expectAccessible(claire, 'mail settings');
});

test('Louis lends for writing, Emma writes within what he allows, and he hears of it', async () => {
  const louis = await at('Louis', '/delegations');
  await louis.getByRole('button', { name: /^lend/i }).click();
  await louis.getByLabel('To whom').selectOption({ label: 'Emma Petit' });
  await louis.getByLabel('Whether they may write to them').selectOption('yes');
  await louis.getByLabel('How often they may write').selectOption('each');
  await louis.getByRole('checkbox', { name: 'newsletters' }).check();
  await expectAccessible(louis, 'lending for writing');
  await louis
    .getByRole('dialog')
    .getByRole('button', { name: /^lend$/i })
    .click();
  await louis.getByText(/at most 2 times a month to each person/).waitFor();
  const emma = await compose('prospecting');
  await emma.getByText('This contact is not lent to you for this purpose.').waitFor();
  await expectAccessible(emma, 'a refusal');
  await emma.getByLabel('What for').selectOption({ label: 'newsletters' });
  await emma.getByText('It may be sent.').waitFor();
  await emma.getByLabel('Subject').fill('Our news');
  await emma.getByLabel('Your message').fill('Dear Hedy,\n\nhere they are.');
  await expectAccessible(emma, 'writing');
  await emma.getByRole('button', { name: /^send$/i }).click();
  await emma.getByText('Your message to Hedy Lamarr is on its way.').waitFor();
  await emma.getByText('Sent', { exact: true }).waitFor();
  expect(sink.mails[1]).toMatchObject({ to: ['hedy@hop.example'], mail: { subject: 'Our news' } });
  await at('Louis', '/home');
  await louis.getByText('Emma Petit wrote to Hedy Lamarr.').waitFor();
});

test('Hedy unsubscribes by one click; the next message is refused with the reason, and Louis hears', async () => {
  const link = /To receive no more of these messages:\s+(http\S+)/.exec(sink.mails[1]!.mail.text!)![1]!;
  const hedy = await open('Hedy');
  await hedy.goto(link);
  await expectAccessible(hedy, 'unsubscribing');
  await hedy.getByRole('button', { name: /receive no more/i }).click();
  await hedy.getByRole('heading', { name: /you will receive no more/i }).waitFor();
  const emma = await compose('newsletters');
  await emma.getByText('The person asked to receive no more mail of this kind.').waitFor();
  expect(await emma.getByRole('button', { name: /^send$/i }).isDisabled()).toBe(true);
  const louis = await at('Louis', '/home');
  await louis.getByText(/Hedy Lamarr asked to receive no more/).waitFor();
});

test('on a phone and in the dark the composer is as usable', async () => {
  const storageState = await page('Emma').context().storageState();
  await open('phone', { viewport: { width: 390, height: 844 }, colorScheme: 'dark', storageState });
  const phone = await at('phone', '/settings/messages');
  await phone.getByText('Our news').waitFor();
  await phone.getByText('Hedy Lamarr').click();
  await phone.getByRole('button', { name: /^write$/i }).click();
  await phone.getByRole('dialog').waitFor();
  await expectAccessible(phone, 'the composer on a phone');
  const overflow = await phone.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
});

test('Emma sees before sending who of a segment would get it', async () => {
  await send('Emma', 'POST', '/segments', {
    ...{ name: 'All of Hop', kind: 'filter', filter: 'organization = "Hop SA"', audience: { kind: 'mine' } },
  });
  const emma = await at('Emma', '/plan/pressure');
  await emma.getByLabel('Segment').selectOption({ label: 'All of Hop' });
  await emma.getByLabel('What for').selectOption({ label: 'newsletters' });
  await emma.getByRole('button', { name: /^see$/i }).click();
  await emma.getByText('None of 1 people would get it.').waitFor();
  await emma.getByText('Why not').click();
  await emma.getByText(/The person asked to receive no more mail of this kind/).waitFor();
  await expectAccessible(emma, 'before sending');
});
