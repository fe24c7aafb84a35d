import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import pg from 'pg';
import { expect, test } from 'vitest';
import type { WithPassword } from '../server/bi/contract.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire rolls the product out to sales: they get the network. Paul lends her his clients; she sees them on a board, opens the list behind it, and lets
// a BI program read them, until Paul takes them back. She declares the ERP on the map of data.

const port = await new Promise<number>((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = server.address() as { port: number };
    server.close(() => resolve(free));
  });
});
const story = stageStory(['--bi-port', String(port)]);
let grantId = '';
let made: WithPassword;

const asProgram = async (sql: string) => {
  const { place, access, password } = made;
  const client = new pg.Client({ ...place, host: '127.0.0.1', user: access.login, password });
  await client.connect();
  return client
    .query(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end());
};

test('a new company begins simple, and a lot that has begun opens the network to its team alone', async () => {
  const page = await story.begin('Claire Delmas', {}, 'simple');
  await story.join('Paul Girard');
  const paulId = (await story.send<{ memberId: string }>('Paul', 'GET', '/me')).memberId;
  await story.send('Claire', 'POST', '/teams', { name: 'Sales', memberIds: [paulId] });
  const entry = (name: string) => story.page('Paul').getByRole('navigation').first().getByRole('link', { name });
  await story.at('Paul', '/people');
  await entry('People').waitFor();
  expect(await entry('Network').count()).toBe(0);
  await story.at('Claire', '/settings/adoption');
  await page.getByRole('heading', { name: 'No lot yet' }).waitFor();
  await expectAccessible(page, 'no lot');
  await page.getByRole('button', { name: 'New lot' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('Sales first');
  await form.getByLabel('State').selectOption('running');
  await form.getByRole('combobox', { name: 'Teams' }).press('ArrowDown');
  await page.getByRole('option', { name: 'Sales' }).click();
  await form.getByRole('combobox', { name: 'Parts that it opens' }).press('ArrowDown');
  await page.getByRole('option', { name: 'Network' }).click();
  await form.getByLabel('Name').click();
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Sales first' }).waitFor();
  await expectAccessible(page, 'a lot');
  await story.at('Paul', '/people');
  await entry('Network').waitFor();
  expect(await page.getByRole('navigation').first().getByRole('link', { name: 'Network' }).count()).toBe(0);
  // What is hidden is there all the same.
  await story.at('Claire', '/network');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await story.send('Claire', 'PUT', '/adoption/parts', { allOpen: true, open: [] });
});

test('a board counts what Claire sees, and each part of it opens the list behind it', async () => {
  const { id: bookId } = await story.send<{ id: string }>('Paul', 'POST', '/books', { name: 'Clients' });
  ({ id: grantId } = await story.send<{ id: string }>('Paul', 'POST', `/books/${bookId}/grants`, {
    ...{ grantee: { kind: 'workspace' }, acts: ['export'] },
  }));
  for (const given of ['Ada', 'Grace'])
    await story.send('Paul', 'POST', '/cards', {
      bookId,
      fields: [
        { kind: 'name', value: { given, family: 'Countess' } },
        { kind: 'email', value: { value: `${given.toLowerCase()}@engine.example` } },
      ],
    });
  const page = await story.at('Claire', '/boards/reference');
  const chart = page.getByRole('region', { name: 'People by when they were last seen' });
  await chart.getByRole('link', { name: 'within three months, 2' }).waitFor();
  await expectAccessible(page, 'a board');
  await chart.getByRole('button', { name: 'Table' }).click();
  await chart.getByRole('row', { name: 'within three months 2' }).waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    (async () => {
      await chart.getByRole('button', { name: /^Export/ }).click();
      await page.getByRole('menuitem', { name: 'CSV' }).click();
    })(),
  ]);
  expect(readFileSync(await file.path(), 'utf8')).toContain('within three months,2');
  const [workbook] = await Promise.all([
    page.waitForEvent('download'),
    (async () => {
      await chart.getByRole('button', { name: /^Export/ }).click();
      await page.getByRole('menuitem', { name: 'Excel (XLSX)' }).click();
    })(),
  ]);
  expect(
    readFileSync(await workbook.path())
      .subarray(0, 2)
      .toString(),
  ).toBe('PK');
  await chart.getByRole('button', { name: 'Picture' }).click();
  await chart.getByRole('link', { name: 'within three months, 2' }).click();
  await page.waitForURL(/\/people\?freshness=quarter/);
  await page.getByText('Ada Countess').first().waitFor();
});

test('a BI program logs in with its password and reads what Claire may take along, until Paul takes it back', async () => {
  const page = await story.at('Claire', '/settings/bi');
  await page.getByRole('heading', { name: 'No BI program reads here yet' }).waitFor();
  await page.getByRole('button', { name: 'New access' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Metabase');
  const [answer] = await Promise.all([
    page.waitForResponse(
      (response) => response.url().endsWith('/bi/accesses') && response.request().method() === 'POST',
    ),
    page.getByRole('button', { name: 'Make it' }).click(),
  ]);
  made = await answer.json();
  await page.getByText('Metabase is ready').waitFor();
  await page.getByText(`Port: ${port}`).waitFor();
  await page.getByText(/filled today, \d+ rows?/).waitFor();
  await page.getByRole('button', { name: 'What it sees' }).click();
  await page.getByRole('link', { name: 'Ada Countess' }).waitFor();
  await expectAccessible(page, 'BI access');
  expect(await asProgram('select name from persons order by name')).toEqual([
    { name: 'Ada Countess' },
    { name: 'Grace Countess' },
  ]);
  await expect(asProgram('select * from cards.card')).rejects.toThrow('permission denied');
  await story.send('Paul', 'DELETE', `/grants/${grantId}`, {});
  expect(await asProgram('select name from persons')).toEqual([]);
  await page.getByRole('button', { name: 'End', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End' }).click();
  await page.getByText('Metabase has ended').waitFor();
  await expect(asProgram('select 1')).rejects.toThrow();
});

test('Claire declares the ERP, which nothing brings in, then says that a file does; taken away, it comes back', async () => {
  const page = await story.at('Claire', '/quality/map');
  await page.getByText('Systems', { exact: true }).first().click();
  await page.getByRole('button', { name: 'Declare a system' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('The ERP');
  await form.getByRole('combobox', { name: 'What it holds of people' }).press('ArrowDown');
  await page.getByRole('option', { name: 'addresses', exact: true }).click();
  await form.getByLabel('Name').click();
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'The ERP, ERP' }).waitFor();
  await page.getByText('Nothing brings it into the reference.').waitFor();
  await expectAccessible(page, 'the systems');
  await page.getByRole('button', { name: 'Change The ERP' }).click();
  await form.getByRole('button', { name: 'Add a flow' }).click();
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('goes to Entregent (by file)').waitFor();
  expect(await page.getByText('Nothing brings it into the reference.').count()).toBe(0);
  await page.getByRole('button', { name: 'Take The ERP from the map' }).click();
  await page.getByText('No system has been declared yet', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('link', { name: 'The ERP, ERP' }).waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    (async () => {
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name: 'Picture as PNG' }).click();
    })(),
  ]);
  expect(
    readFileSync(await file.path())
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
});
