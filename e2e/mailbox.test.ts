import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Dovecot, findDovecot, openDovecot } from '../tools/dovecot.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire connects her mailbox, learns who is in touch with her, and makes a card of a signature; a mail that arrives shows by itself.

const mine = 'claire@exemple.example';

describe.runIf(findDovecot())('a mailbox', () => {
  const story = stageStory(['--private-network', '127.0.0.1']);
  let dovecot: Dovecot;
  let page: Page;

  const deliver = (folder: string, from: string, to: string, lines: string[], id: string) =>
    dovecot.deliver(
      mine,
      folder,
      [
        `From: ${from}`,
        `To: ${to}`,
        'Subject: Your quotation',
        `Date: ${new Date().toUTCString()}`,
        `Message-ID: <${id}@exemple.example>`,
        'Content-Type: text/plain; charset=utf-8',
        '',
        ...lines,
        '',
      ].join('\n'),
    );

  beforeAll(async () => {
    dovecot = await openDovecot();
    deliver('Sent', mine, 'marc.aubert@fonderie.example', ['Hello Marc.'], 'e1');
    deliver(
      'INBOX',
      'Marc Aubert <marc.aubert@fonderie.example>',
      mine,
      [
        'Hello Claire,',
        '',
        'Agreed.',
        '',
        'Best regards,',
        '',
        '-- ',
        'Marc Aubert',
        'Head of purchasing',
        'Fonderie du Nord SAS',
      ],
      'e2',
    );
    page = await story.begin('Claire Delmas');
  });
  afterAll(() => dovecot?.close());

  test('is connected, after a wrong password was refused in words', async () => {
    await page.getByRole('link', { name: 'Mail and calendar' }).click();
    await page.getByText('No mailbox is connected').waitFor();
    await page.getByRole('link', { name: 'Connect a mailbox' }).click();
    await page.getByText('no subjects, no texts').waitFor();
    await page.getByRole('button', { name: 'Connect a mailbox' }).first().click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Your e-mail address').fill(mine);
    await form.getByLabel('Mail server (IMAP)').fill('127.0.0.1');
    await form.getByLabel('Port').fill(String(dovecot.port));
    await form.getByLabel('Encryption').selectOption('none');
    await form.getByLabel('App password').first().fill('wrong');
    await expectAccessible(page, 'connecting a mailbox');
    await form.getByRole('button', { name: 'Connect', exact: true }).click();
    await form.getByText(/does not take this user and password/).waitFor();
    await form.getByLabel('App password').first().fill('secret');
    await form.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByText(/^2 mails read, 1 correspondent/).waitFor();
    await expectAccessible(page, 'mailboxes');
  });

  test('tells what a signature says, which becomes a card, and can be taken back', async () => {
    await page.getByRole('link', { name: 'To decide' }).click();
    await page.getByText('Head of purchasing').waitFor();
    await page
      .getByRole('button', { name: 'Why: Title' })
      .or(page.getByRole('button', { name: /title/i }))
      .first()
      .click();
    await page.locator('blockquote', { hasText: 'Head of purchasing' }).waitFor();
    await page.keyboard.press('Escape');
    await expectAccessible(page, 'what a signature says');
    await page.getByRole('button', { name: 'Accept for Marc Aubert' }).click();
    await page.getByText('Marc Aubert has a card in your book.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Accept for Marc Aubert' }).click();
    await page.getByText('Nothing to decide').waitFor();
    await page.getByRole('link', { name: 'People', exact: true }).click();
    await page.getByText('Fonderie du Nord SAS').first().waitFor();
  });

  test('shows who writes by itself, and asks until they have a card', async () => {
    await page.getByRole('link', { name: 'Mail and calendar' }).click();
    await page.getByRole('link', { name: 'Correspondents' }).click();
    await page.getByText('Everybody you are in touch with has a card').waitFor();
    for (const id of ['e3', 'e4', 'e5']) deliver('INBOX', 'Lina Roy <lina.roy@atelier.example>', mine, ['Hello.'], id);
    await page.getByText('lina.roy@atelier.example').waitFor();
    await expectAccessible(page, 'correspondents');
    await page.getByRole('button', { name: 'Make a card of Lina Roy' }).click();
    await page.getByText('Lina Roy has a card in your book.').waitFor();
    await page.getByText('Everybody you are in touch with has a card').waitFor();
  });
});
