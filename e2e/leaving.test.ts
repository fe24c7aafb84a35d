import { test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire publishes a charter, Louis accepts it and later leaves: what he lent stays, what was his goes.

// A member who has left is refused: the browser says so in its console.
const { at, begin, open, page, send } = stageStory([], /\b401\b|\b403\b/);

test('Claire publishes a charter, which she and Louis read and accept before anything else', async () => {
  await begin('Claire Delmas');
  const claire = await at('Claire', '/settings/charter');
  await claire.getByText(/no charter yet/i).waitFor();
  await expectAccessible(claire, 'no charter');
  await claire.getByRole('button', { name: /write the charter/i }).click();
  await claire
    .getByLabel(/of their main book/i)
    .first()
    .click();
  await claire.getByRole('option', { name: /can be read/i }).click();
  await expectAccessible(claire, 'writing the charter');
  await claire.getByRole('button', { name: /^publish$/i }).click();
  await claire.waitForURL(/\/charter/);
  await claire.getByRole('heading', { name: /lent, not handed over/i }).waitFor();
  await expectAccessible(claire, 'the charter to accept');
  await claire.getByRole('button', { name: /i accept/i }).click();
  await claire.waitForURL(/\/people/);
  const { url: link } = await send<{ url: string }>('Claire', 'POST', '/invitations', { role: 'member' });
  const louis = await open('Louis', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
  await louis.goto(link);
  await louis.getByLabel(/your name/i).fill('Louis Martin');
  await louis.getByLabel(/e-mail/i).fill('louis@exemple.example');
  await louis
    .getByLabel(/password/i)
    .first()
    .fill('seven blue bicycles');
  await louis.getByRole('button', { name: /^join$/i }).click();
  await louis.waitForURL(/\/charter/);
  await louis.getByText(/may find and read the contacts of “My contacts”/).waitFor();
  await expectAccessible(louis, 'the charter on a phone in the dark');
  await louis.getByRole('button', { name: /i accept/i }).click();
  await louis.waitForURL((url) => !url.pathname.startsWith('/charter'));
  const file = { name: 'c.csv', mimeType: 'text/csv', buffer: Buffer.from('First Name,Last Name\nHedy,Lamarr\n') };
  await at('Louis', '/imports');
  await louis.locator('input[type=file]').first().setInputFiles(file);
  await louis.getByRole('button', { name: /import 1 contact/i }).click();
  await louis
    .getByText(/the import is done/i)
    .first()
    .waitFor();
});

test('Louis sees beforehand what would stay, and is out once Claire has confirmed', async () => {
  const claire = await at('Claire', '/settings/members');
  const louis = page('Louis');
  await claire.getByRole('button', { name: /actions for louis/i }).click();
  await claire.getByRole('menuitem', { name: /leaves the company/i }).click();
  await claire.getByText('1 contact stays · nothing goes').waitFor();
  await expectAccessible(claire, 'a departure');
  await at('Louis', '/leaving');
  await louis.getByText('1 contact stays · nothing goes').waitFor();
  await expectAccessible(louis, 'my departure');
  await claire
    .getByLabel(/who looks after what stays/i)
    .first()
    .click();
  await claire.getByRole('option', { name: /claire/i }).click();
  await claire.getByLabel(/type .louis martin/i).fill('Louis Martin');
  await claire.getByRole('button', { name: /louis martin leaves/i }).click();
  await claire.getByRole('heading', { name: /louis martin has left/i }).waitFor();
  await at('Louis', '/people');
  await louis.waitForURL(/\/sign-in/);
});

test('what stays is looked after by Claire, the audit tells who did what, and it can be taken back', async () => {
  const claire = await at('Claire', '/people?q=Lamarr');
  await claire.getByText('Hedy Lamarr').first().waitFor();
  await at('Claire', '/settings/audit');
  await claire.getByText(/Louis Martin left the company, confirmed by Claire Delmas/).waitFor();
  await expectAccessible(claire, 'the audit');
  await at('Claire', '/settings/members');
  await claire.getByRole('link', { name: /what stays, what goes/i }).click();
  await claire.getByRole('button', { name: /take the departure back/i }).click();
  await claire.getByText(/came back/i).waitFor();
  await expectAccessible(claire, 'a departure taken back');
});
