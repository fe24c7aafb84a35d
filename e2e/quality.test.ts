import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

const story = stageStory();
let session: BrowserContextOptions['storageState'];
let page: Page;

/** The same people at the same company in two files: likely one, not sure. The first share an address: that is sure. */
const people = [
  'Hedy Lamarr',
  'Alan Turing',
  'Grace Hopper',
  'Radia Perlman',
  'Annie Easley',
  'Karen Sparck',
  'Ida Rhodes',
];
const rows = (file: string) =>
  people.map((name, at) => {
    const email = at === 0 ? 'hedy@hop.example' : `${file}${at}@mail${at}.example`;
    return [...name.split(' '), email, `Atelier ${name.split(' ')[1]}`].join(',');
  });

beforeAll(async () => {
  page = await story.begin('Claire Delmas');
  session = await page.context().storageState();
  for (const file of ['phone', 'fair']) await importFile(file, 7, rows(file));
});
async function importFile(name: string, count: number, lines: string[]): Promise<void> {
  const csv = ['First Name,Last Name,E-mail,Company', ...lines].join('\n');
  await importBuffer(`${name}.csv`, count, csv);
}

async function importBuffer(name: string, count: number, content: string): Promise<void> {
  await page.goto(`${story.product.url}/imports`);
  const file = { name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) };
  await page.locator('input[type=file]').first().setInputFiles(file);
  await page.getByRole('button', { name: new RegExp(`import ${count} contacts?`, 'i') }).click();
  await page
    .getByText(/the import is done/i)
    .first()
    .waitFor();
}

async function open(path: string, options: BrowserContextOptions = {}): Promise<void> {
  page = await story.open('Claire', { ...options, storageState: session });
  await story.at('Claire', path);
}

const pair = (): Locator => page.getByRole('article');
const shown = async (): Promise<string> => (await pair().getAttribute('aria-label')) ?? '';
/** How many wait, as the navigation says. */
const waiting = () =>
  page
    .getByRole('link', { name: /^Quality/ })
    .innerText()
    .then((text) => Number(/\d+/.exec(text)?.[0] ?? 0));

/** How many wait, as the server says. */
const kept = () => story.send<{ total: number }>('Claire', 'GET', '/proposals/groups').then(({ total }) => total);

test('decides pair after pair by the keyboard, looks ahead, and takes everything back', async () => {
  await open('/people');
  await page.getByRole('link', { name: /^Quality/ }).click();
  await pair().waitFor();
  await expectAccessible(page, 'hunt');
  const first = await shown();
  await expect.poll(waiting, { timeout: 10_000 }).toBe(6);
  await page.keyboard.press('ArrowRight');
  const second = await shown();
  expect(second).not.toBe(first);
  await page.keyboard.press('ArrowLeft');
  expect(await shown()).toBe(first);
  await page.keyboard.press('s');
  await page.getByText(`${first}: the cards are joined.`).waitFor();
  expect(await shown()).toBe(second);
  await page.keyboard.press('n');
  await page.getByText(/the cards stay apart/).waitFor();
  await page.keyboard.press('l');
  await page.getByText(/asked again in a month/).waitFor();
  await page.getByText('2 decided, 3 pairs wait').waitFor();
  await expect.poll(waiting).toBe(3);
  await expectAccessible(page, 'hunt with a decision to take back');
  for (let n = 0; n < 3; n++) await page.keyboard.press('u');
  expect(await shown()).toBe(first);
  await expect.poll(waiting, { timeout: 10_000 }).toBe(6);
  // What is shown goes ahead of what is kept: a page that is left too early asks first.
  await expect.poll(kept, { timeout: 10_000 }).toBe(6);
  await page.reload();
  await expect.poll(waiting, { timeout: 10_000 }).toBe(6);
});

test('says how much each reason counts, and which keys there are', async () => {
  await open('/quality');
  await page.getByRole('button', { name: /^Why Same last name/ }).click();
  await page.getByText(/times more likely that both cards are one/).waitFor();
  await expectAccessible(page, 'a reason');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Undo the last decision').waitFor();
  await expectAccessible(page, 'keys');
});

test('decides a whole kind of pairs at once, but one, and takes it back as one', async () => {
  await open('/quality/groups');
  await page.getByText('6 pairs').first().waitFor();
  await expectAccessible(page, 'kinds of pairs');
  await page
    .getByRole('link', { name: /look through/i })
    .first()
    .click();
  await page.getByText('6 of 6 chosen').waitFor();
  await page.getByRole('checkbox', { name: /Ida Rhodes/ }).uncheck();
  await page.locator('summary').first().click();
  await page.getByRole('table').waitFor();
  await expectAccessible(page, 'pairs of a kind');
  await page.getByRole('button', { name: '5 pairs: the same', exact: true }).click();
  await page.getByText('5 pairs are joined.').waitFor();
  await page.getByText('0 of 1 chosen').waitFor();
  await page.getByRole('button', { name: /^undo$/i }).click();
  await page.getByText('5 of 6 chosen').or(page.getByText('6 of 6 chosen')).waitFor();
  await expect.poll(waiting, { timeout: 10_000 }).toBe(6);
});

test('shows who decided what, and takes one decision back', async () => {
  await open('/quality');
  await pair().waitFor();
  const name = (await shown()).split(' and ')[0]!;
  await page.keyboard.press('n');
  await page.getByText(/the cards stay apart/).waitFor();
  await page.getByRole('link', { name: 'Decisions' }).click();
  await page.getByText(`${name} and ${name} are not the same`).waitFor();
  await expectAccessible(page, 'decisions');
  await page.getByRole('button', { name: /^take back/i }).click();
  await page.getByText('No decision yet').waitFor();
  await expect.poll(waiting, { timeout: 10_000 }).toBe(6);
});

test('says why cards stand together, splits one off after a preview, and takes that back', async () => {
  await open('/people?q=lamarr');
  await page.getByText('Hedy Lamarr').first().click();
  await page.getByRole('heading', { name: 'The 2 cards behind' }).waitFor();
  await page.getByRole('button', { name: /stand together/ }).click();
  // How rare a value is has no part in what is told.
  await page
    .getByText(/^(Decisive|Strong) evidence$/)
    .filter({ visible: true })
    .first()
    .waitFor();
  await expectAccessible(page, 'why together');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /split cards off/i }).click();
  const dialog = page.getByRole('dialog', { name: /split cards off hedy lamarr/i });
  await dialog.getByRole('checkbox').first().check();
  await dialog.getByRole('region', { name: 'Stands by itself' }).getByText('hedy@hop.example').waitFor();
  await expectAccessible(page, 'preview of a split');
  await dialog.getByRole('button', { name: 'Split 1 card off' }).click();
  await page.getByRole('heading', { name: /^The card behind/ }).waitFor();
  await page.getByRole('button', { name: /^undo$/i }).click();
  await page.getByRole('heading', { name: 'The 2 cards behind' }).waitFor();
});

test('shows the health of the reference, changes how sure the machine must be, and matches everything anew', async () => {
  await open('/quality/health');
  await page.getByText(/14 cards, from which come/).waitFor();
  await page.getByText('The figures').click();
  await expectAccessible(page, 'health');
  await page.getByLabel('Wrong links in 1,000').selectOption('1');
  await page.getByText('Changed; it holds from the next run.').waitFor();
  await page.getByRole('button', { name: /match everything anew/i }).click();
  await page.getByText(/last full run/i).waitFor();
  expect(await page.getByLabel('Wrong links in 1,000').inputValue()).toBe('1');
});

/** Written years ago, and nothing on them to reach anybody by. */
const forgotten = ['Ada Lovelace', 'Mary Somerville', 'Sophie Germain'].map((name) => {
  const [given, family] = name.split(' ');
  return `BEGIN:VCARD\r\nVERSION:3.0\r\nUID:${family}\r\nFN:${name}\r\nN:${family};${given};;;\r\nREV:2019-03-01T10:00:00Z\r\nEND:VCARD\r\n`;
});
const chosenCard = (name: string) => page.getByRole('checkbox', { name: `Choose ${name}` });

test('archives cards that look dead but one, keeps that one, and brings an archived one back', async () => {
  await open('/imports');
  await importBuffer('old.vcf', 3, forgotten.join(''));
  await page.goto(`${story.product.url}/quality/archive`);
  await chosenCard('Ada Lovelace').waitFor();
  await page.getByText('3 of 3 chosen').waitFor();
  await expectAccessible(page, 'cards that look dead');
  await page.getByLabel('Why they look dead').selectOption('ended');
  await page.getByText('No card looks dead').waitFor();
  await page.getByLabel('Why they look dead').selectOption('empty');
  await chosenCard('Sophie Germain').uncheck();
  await page.getByRole('button', { name: 'Archive 2 cards' }).click();
  await page.getByText('2 cards are archived.').waitFor();
  await page.getByRole('button', { name: /^undo$/i }).click();
  await chosenCard('Mary Somerville').waitFor();
  await page.getByRole('button', { name: 'Archive 2 cards' }).click();
  await page.getByText('0 of 1 chosen').waitFor();
  await chosenCard('Sophie Germain').check();
  await page.getByRole('button', { name: 'Keep 1 card' }).click();
  await page.getByText('No card looks dead').waitFor();
  await page.goto(`${story.product.url}/people?q=lovelace`);
  await page.getByText('No result').waitFor();
  await page.goto(`${story.product.url}/quality/archive`);
  await page.getByRole('link', { name: 'Archived (2)' }).click();
  await page.getByRole('button', { name: 'Bring Ada Lovelace back' }).waitFor();
  await expectAccessible(page, 'archived cards');
  await page.getByRole('button', { name: 'Bring Ada Lovelace back' }).click();
  await page.getByText('Ada Lovelace is back.').waitFor();
  await page.goto(`${story.product.url}/people?q=lovelace`);
  await page.getByText('Ada Lovelace').first().waitFor();
});

test('keeps the past when a source changes somebody’s company, on the person’s page and on the organisation’s', async () => {
  await open('/people');
  const companies = ['Vieux Moulin', 'Neuf Pont'].map(
    (name) => `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${name}\r\nORG:${name}\r\nX-ABShowAs:COMPANY\r\nEND:VCARD\r\n`,
  );
  await importBuffer('companies.vcf', 2, companies.join(''));
  const job = (company: string) =>
    `First Name,Last Name,E-mail,Company\nOdile,Parcours,odile@parcours.example,${company}\n`;
  for (const company of ['Vieux Moulin', 'Neuf Pont']) await importBuffer('jobs.csv', 1, job(company));
  await page.goto(`${story.product.url}/people?q=parcours`);
  await page.getByText('Odile Parcours').first().click();
  const career = page.getByRole('region', { name: 'Where they are and were' });
  await career.getByText(/^Neuf Pont, since .+ at least$/).waitFor();
  await career.getByText(/^Was at Vieux Moulin, until about /).waitFor();
  await expectAccessible(page, 'career');
  await career.getByRole('link', { name: 'Vieux Moulin' }).click();
  const before = page.getByRole('list', { name: 'Before (1)' });
  await before.getByText('Odile Parcours').waitFor();
  await expectAccessible(page, 'staff');
});

test('what is likely wrong by now has a page, and a person says how fresh they are', async () => {
  await open('/quality/verify');
  await page.getByRole('heading', { name: 'Details to verify' }).waitFor();
  await expectAccessible(page, 'details to verify');
  await page.goto(`${story.product.url}/people`);
  await page
    .getByRole('link', { name: /Grace Hopper/ })
    .first()
    .click();
  await page.getByText(/Freshness \d+ of 100/).waitFor();
});

test('is the same in French, in the dark, under a thumb', async () => {
  const phone = {
    locale: 'fr-FR',
    colorScheme: 'dark',
    viewport: { width: 390, height: 844 },
    hasTouch: true,
  } as const;
  await open('/people', phone);
  await story.send('Claire', 'PATCH', '/me', { locale: 'fr' });
  await page.reload();
  // Beside it stands how many notices are new, if any.
  await page.getByRole('navigation').getByRole('button', { name: /^Plus/ }).tap();
  await page.getByRole('menuitem', { name: /Qualité/ }).tap();
  await pair().waitFor();
  await expectAccessible(page, 'hunt, dark, phone');
  await page.getByRole('button', { name: 'Même personne' }).tap();
  await page.getByText(/les fiches sont réunies/).waitFor();
  await page.getByRole('button', { name: 'Annuler' }).tap();
  await page.getByText('6 paires en attente').waitFor();
  for (const path of ['', '/groups', '/decisions', '/archive', '/archive?shown=archived', '/health']) {
    await page.goto(`${story.product.url}/quality${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    await expectAccessible(page, `quality${path}, dark, phone`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, 'nothing to scroll sideways').toBeLessThanOrEqual(0);
  }
});
