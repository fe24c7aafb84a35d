import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { root } from '../server/kernel/config.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// The full circle of a program that is lent contacts: the sample of examples/mailing-tool, from its registration to its end.

const story = stageStory();
let claire: Page;
let clientId = '';

const contacts = [
  'First Name,Last Name,Work E-mail,Notes',
  'Hedy,Lamarr,hedy@hop.example,Likes torpedoes',
  'Alan,Turing,alan@bletchley.example,',
].join('\n');

beforeAll(async () => {
  claire = await story.begin('Claire Delmas');
  const file = { name: 'phone.csv', mimeType: 'text/csv', buffer: Buffer.from(contacts) };
  await claire.locator('input[type=file]').first().setInputFiles(file);
  await claire.getByRole('button', { name: /import 2 contacts/i }).click();
  await claire
    .getByText(/the import is done/i)
    .first()
    .waitFor();
});
interface Run {
  process: ChildProcess;
  output(): string;
  ended: Promise<number | null>;
}

/** The sample program, as its reader would start it. */
function run(...args: string[]): Run {
  const env = { ...process.env, ENTREGENT_URL: story.product.url, CLIENT_ID: clientId };
  const tool = join(root, 'examples/mailing-tool/mailing-tool.mjs');
  const child = spawn(process.execPath, [tool, ...args], {
    env: { ...env, MAILING_TOOL_FILE: join(story.folder, 'tool.json') },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => {
      output += part;
    });
  return { process: child, output: () => output, ended: new Promise((done) => child.once('close', done)) };
}

async function says(program: Run, what: RegExp): Promise<string> {
  await expect.poll(() => program.output(), { timeout: 20_000 }).toMatch(what);
  return what.exec(program.output())![0];
}

test('Claire registers the program', async () => {
  await claire.goto(`${story.product.url}/settings/apps`);
  await claire.getByText('No app yet').waitFor();
  await claire.getByRole('button', { name: /register a program/i }).click();
  await claire.getByLabel(/^name/i).fill('Mailing tool');
  await claire.getByLabel(/return addresses/i).fill('http://127.0.0.1/callback');
  await claire.getByLabel(/write to contacts/i).check();
  await claire.getByLabel(/computers or phones/i).check();
  await expectAccessible(claire, 'registering a program');
  await claire.getByRole('button', { name: /^register$/i }).click();
  clientId = (await claire.locator('[role=status] code').first().textContent())!.trim();
  expect(clientId).toMatch(/^\w{20,}$/);
});

test('it asks, and she says which contacts, for what, and without her notes', async () => {
  const program = run('connect');
  const url = await says(program, /http\S+authorize\?\S+/);
  await claire.goto(url);
  await claire.getByRole('heading', { name: /mailing tool asks to use your contacts/i }).waitFor();
  await expectAccessible(claire, 'consent');
  expect(await claire.getByRole('button', { name: /^allow$/i }).isDisabled()).toBe(true);
  await claire.getByRole('checkbox', { name: /2 contacts/ }).check();
  // A second click finds nothing to do.
  await claire.getByRole('button', { name: /^allow$/i }).dblclick();
  await claire.getByText('Connected. You can close this page.').waitFor();
  expect(await program.ended).toBe(0);
});

test('it writes to whom it may, and each person page and Home tell what it did', async () => {
  const program = run('send', 'Autumn news');
  expect(await program.ended, program.output()).toBe(0);
  expect(program.output()).toContain('To Hedy Lamarr <hedy@hop.example>: Autumn news');
  expect(program.output()).toContain('2 sent and reported.');
  await claire.goto(`${story.product.url}/people`);
  await claire.getByText('Hedy Lamarr').first().click();
  const facts = claire.getByRole('region', { name: /what my apps say/i });
  await facts.getByText('Autumn news').waitFor();
  expect(await facts.textContent()).toContain('Mailing tool (Claire Delmas)');
  await claire.goto(`${story.product.url}/home`);
  await claire.getByText(/Mailing tool \(authorised by Claire Delmas\) reported something about/).waitFor();
  await claire.goto(`${story.product.url}/embed/person#hedy@hop.example`);
  await claire.getByText('Autumn news').waitFor();
  await expectAccessible(claire, 'panel');
});

test('she ends it, and its next call is refused', async () => {
  await claire.goto(`${story.product.url}/delegations`);
  await claire.getByText(/Mailing tool \(Claire Delmas\) may find, read and contact by e-mail/).waitFor();
  await claire.goto(`${story.product.url}/settings/apps`);
  await expectAccessible(claire, 'apps');
  await claire
    .getByRole('button', { name: /end “mailing tool”/i })
    .first()
    .click();
  await claire.getByText('No app yet').waitFor();
  const program = run('send', 'Winter news');
  expect(await program.ended).toBe(1);
  expect(program.output()).not.toContain('hedy@hop.example');
});
