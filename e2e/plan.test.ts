import { createHmac, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire plans: an objective with its figure, a programme, a campaign. Bruno writes its content, she approves it; it moves on the calendar by
// keyboard and back; what customers say proposes a moment of truth, which the programme serves.

const story = stageStory(['--private-network', '127.0.0.1']);

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
let campaignUrl = '';
let objectiveUrl = '';

/** So many customers complain of invoices, and are heard. */
async function complain(count: number): Promise<void> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const { hookUrl } = await story.send<{ hookUrl: string }>('Claire', 'POST', '/channels', {
    ...{ kind: 'webhook', name: 'Shop', settings: {}, secret: { signing: secret }, access: [{ kind: 'workspace' }] },
  });
  const text = 'The invoice is wrong again, I am very angry and disappointed.';
  const events = Array.from({ length: count }, (_one, no) => {
    const from = `customer${no}@client.example`;
    const message = { externalId: `m${no}`, thread: from, direction: 'in', at: new Date().toISOString(), text };
    return {
      kind: 'message',
      message: { ...message, correspondent: { point: { channel: 'email', address: from }, name: from } },
    };
  });
  const body = JSON.stringify({ events });
  const seconds = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
    .update(`msg_1.${seconds}.${body}`)
    .digest('base64');
  const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
  expect((await fetch(hookUrl, { method: 'POST', headers, body })).status).toBe(204);
  const heard = async () => {
    const { rows } = await story.send<{ rows: { cells: { all: number }[] }[] }>('Claire', 'GET', '/voices/board');
    return rows.flatMap(({ cells }) => cells).reduce((sum, { all }) => sum + all, 0);
  };
  await expect.poll(heard, { timeout: 30_000 }).toBeGreaterThanOrEqual(count);
}

test('an objective, its figure, a programme and a campaign stand as one document', async () => {
  const page = await story.begin('Claire Delmas');
  await story.join('Bruno Petit');
  await story.at('Claire', '/plan');
  await page.getByText('No plan yet').waitFor();
  await expectAccessible(page, 'an empty plan');
  await page.getByRole('button', { name: 'New objective' }).click();
  const objective = page.getByRole('dialog');
  await objective.getByLabel('Objective').fill('Win twelve customers');
  await objective.getByLabel('What is counted').fill('customers');
  await objective.getByLabel('To', { exact: true }).fill('12');
  await expectAccessible(page, 'a new objective');
  await objective.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Win twelve customers' }).waitFor();
  await page.getByRole('button', { name: 'Say where it stands' }).click();
  await page.getByRole('dialog').getByLabel('Value').fill('4');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByText('on track').waitFor();

  await page.getByRole('button', { name: 'A programme for it' }).click();
  const programme = page.getByRole('dialog');
  await programme.getByLabel('Programme', { exact: true }).fill('Getting to know each other');
  await programme.getByLabel('For whom, in words').fill('Prospects of this year');
  await programme.getByLabel('Budget').fill('5000');
  await programme.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Getting to know each other' }).waitFor();
  await page.getByText('€0 of €5,000 spent').waitFor();

  await page.getByRole('button', { name: 'New campaign in Getting to know each other' }).click();
  const campaign = page.getByRole('dialog');
  await campaign.getByLabel('Name').fill('Breakfast meeting');
  await campaign.getByLabel('Planned day').fill(inDays(1));
  await campaign.getByLabel('For whom, in words').fill('Prospects');
  await campaign.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Breakfast meeting' }).waitFor();
  await expectAccessible(page, 'the plan');
  await page.screenshot({ path: 'test-results/plan-home.png', fullPage: true });
});

test('what is changed is changed back by Undo, what is archived comes back', async () => {
  const page = await story.at('Claire', '/plan');
  await page.getByRole('link', { name: 'Getting to know each other' }).click();
  await page.getByRole('button', { name: 'Change' }).click();
  await page.getByRole('dialog').getByLabel('Programme', { exact: true }).fill('Meeting people');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Meeting people' }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('heading', { name: 'Getting to know each other' }).waitFor();
  await expectAccessible(page, 'a programme');
  await page.screenshot({ path: 'test-results/plan-programme.png', fullPage: true });
});

test('an objective is measured by what is won: planned beside measured, and the programmes that serve it', async () => {
  const today = inDays(0);
  for (const name of ['Aubin renewal', 'Bellac first order']) {
    const { id, version } = await story.send<{ id: string; version: number }>('Claire', 'POST', '/opportunities', {
      ...{ name, openedOn: inDays(-9), visibility: { kind: 'workspace' } },
    });
    const closed = { version, outcome: 'won', closedOn: today, word: null };
    await story.send('Claire', 'POST', `/opportunities/${id}/close`, closed);
  }
  const page = await story.at('Claire', '/plan');
  await page.getByRole('button', { name: 'New objective' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Objective').fill('Four deals this year');
  await form.getByLabel('What is measured').selectOption('Opportunities won');
  await form.getByText(/Counted from the first day on/).waitFor();
  await form.getByLabel('To', { exact: true }).fill('4');
  await expectAccessible(page, 'an objective that is counted');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Four deals this year' }).click();
  await page.getByRole('heading', { level: 1, name: 'Four deals this year' }).waitFor();
  const measured = page.getByRole('definition').filter({ hasText: /^2$/ });
  await measured.waitFor();
  await page.getByText('No programme serves it yet.').waitFor();
  await page.getByRole('button', { name: 'A programme for it' }).click();
  const programme = page.getByRole('dialog');
  await programme.getByLabel('Programme', { exact: true }).fill('Closing');
  await programme.getByLabel('Budget').fill('1200');
  await programme.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Closing' }).waitFor();
  await page.getByText('€1,200').waitFor();
  await expectAccessible(page, 'an objective');
  await page.screenshot({ path: 'test-results/plan-objective.png', fullPage: true });
  objectiveUrl = new URL(page.url()).pathname;
  await page.getByRole('link', { name: '2', exact: true }).click();
  await page.waitForURL(/\/opportunities\/outcomes/);
  // Nobody is told a number of what they may not see: there is no channel that anybody tends as yet.
  await story.send('Claire', 'PUT', '/plan/objectives', {
    ...{ name: 'Be heard', kind: 'keeping', measuredBy: 'voices', from: 0, to: 50, startsOn: today, dueOn: inDays(90) },
  });
  await story.at('Claire', '/plan');
  await page.getByText('You may see nothing of what is counted here').waitFor();
});

test('Bruno writes the content by his task, and Claire approves what she has not written', async () => {
  const page = await story.at('Claire', '/plan');
  await page.getByRole('link', { name: 'Breakfast meeting' }).click();
  await page.getByRole('button', { name: 'Write the brief' }).click();
  await page.getByRole('textbox', { name: 'Brief' }).fill('Twenty prospects, two customers, no demonstration.');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Twenty prospects, two customers').waitFor();
  await page.getByRole('button', { name: 'Who does it: Content' }).click();
  const give = page.getByRole('dialog');
  await give.getByLabel('Who answers for it').selectOption('Bruno Petit');
  await give.getByLabel('By').fill(inDays(3));
  await give.getByRole('button', { name: 'Save' }).click();
  const steps = page.getByRole('list', { name: 'How it is made' });
  await steps.getByText('Bruno Petit').waitFor();
  await page.getByRole('button', { name: 'Done: Brief' }).click();
  await expectAccessible(page, 'a campaign');
  campaignUrl = new URL(page.url()).pathname;

  const bruno = await story.at('Bruno', '/tasks');
  await bruno.getByText('Write the content: Breakfast meeting').waitFor();
  await story.at('Bruno', campaignUrl);
  await bruno.getByRole('button', { name: 'Done: Content' }).click();
  await bruno.getByText(/Content: done, says Bruno Petit/).waitFor();
  expect(await bruno.getByRole('button', { name: 'Done: Check' }).count()).toBe(0);
  await story.at('Bruno', '/tasks');
  await bruno.getByRole('heading', { level: 1 }).waitFor();
  expect(await bruno.getByText('Write the content: Breakfast meeting').count()).toBe(0);

  await story.at('Claire', campaignUrl);
  await page.getByRole('button', { name: 'Done: Check' }).click();
  await page.getByRole('button', { name: 'Done: Approval' }).click();
  await page.getByRole('button', { name: 'Done: Scheduled' }).waitFor();
  await page.getByText(/Approval: done, says Claire Delmas/).waitFor();
  await page.screenshot({ path: 'test-results/plan-campaign.png', fullPage: true });
});

test('on the calendar it moves by keyboard, and back; what meets another for the same people is marked', async () => {
  const { programmes } = await story.send<{ programmes: { id: string }[] }>('Claire', 'GET', '/plan');
  await story.send('Claire', 'PUT', '/plan/campaigns', {
    ...{ programmeId: programmes[0]!.id, name: 'Call back', purpose: 'prospecting', channel: 'phone' },
    ...{ target: 'prospects', plannedOn: inDays(1) },
  });
  const page = await story.at('Claire', `/plan/calendar?at=${inDays(1)}`);
  const item = page.getByRole('link', { name: /^Breakfast meeting/ });
  await page.getByRole('link', { name: /Same people, same week as Call back/ }).waitFor();
  await expectAccessible(page, 'the calendar');
  await page.screenshot({ path: 'test-results/plan-calendar.png', fullPage: true });
  await item.focus();
  await page.keyboard.press('Alt+ArrowDown');
  await page.getByText(/Breakfast meeting: now on/).waitFor();
  const plannedOn = async () => (await story.send<{ plannedOn: string }>('Claire', 'GET', campaignUrl)).plannedOn;
  expect(await plannedOn()).toBe(inDays(8));
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(plannedOn).toBe(inDays(1));
  await page.getByText('By segment').click();
  await page.getByRole('rowheader', { name: 'Prospects' }).waitFor();
  await page.getByText('Quarter', { exact: true }).click();
  await item.waitFor();
  await expectAccessible(page, 'the calendar of a quarter by segment');
});

test('a journey shows its curve, what customers say proposes a moment, and a programme serves it', async () => {
  const { items: topics } = await story.send<{ items: { id: string; name: { en: string } }[] }>(
    'Claire',
    'GET',
    '/voices/topics',
  );
  const billing = topics.find(({ name }) => name.en === 'Billing and refunds')!;
  await complain(6);
  const page = await story.at('Claire', '/plan/journeys');
  await page.getByRole('button', { name: 'New journey' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill('Of a customer');
  await form.getByLabel('Name of stage 1').fill('Begin');
  await form.getByRole('button', { name: 'Add a touchpoint: Begin' }).click();
  await form.getByLabel('Touchpoint', { exact: true }).fill('First invoice');
  await form.getByLabel('What they feel').selectOption('annoyed');
  await form.getByRole('combobox', { name: 'Topics of voices' }).click();
  await page.getByRole('option', { name: billing.name.en }).click();
  await page.keyboard.press('Escape');
  await form.getByRole('button', { name: 'Add a stage' }).click();
  await form.getByLabel('Name of stage 2').fill('Renew');
  await expectAccessible(page, 'writing a journey');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Of a customer' }).click();
  await page.getByRole('img', { name: /What customers feel/ }).waitFor();
  await page.getByText(/6 of 6 voices of the last 90 days are dissatisfied/).waitFor();
  await page.getByRole('button', { name: 'Mark as a moment of truth' }).click();
  const moment = page.getByRole('dialog');
  await moment.getByLabel('What decides here?').fill('The first invoice');
  await moment.getByRole('button', { name: 'Save' }).click();
  await page.getByText('No programme serves it.').waitFor();
  await story.at('Claire', '/plan/journeys');
  await page.getByRole('region', { name: 'Gaps' }).getByRole('link', { name: 'The first invoice' }).click();
  await page.getByRole('button', { name: 'Change: The first invoice' }).click();
  await moment.getByLabel('Served by the programme').selectOption('Getting to know each other');
  await moment.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Served by').waitFor();
  await expectAccessible(page, 'a journey');
  await page.screenshot({ path: 'test-results/plan-journey.png', fullPage: true });
});

test('a phone in French in the dark has the plan, the calendar by week, the steps below each other', async () => {
  const { url } = await story.send<{ url: string }>('Claire', 'POST', '/invitations', { role: 'marketing' });
  const page = await story.open('Fleur', {
    ...{ locale: 'fr-FR', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
  });
  await page.goto(url);
  await page.evaluate(
    async ([token]) => {
      const headers = { 'content-type': 'application/json', 'x-entregent-csrf': '1' };
      const body = JSON.stringify({
        token,
        name: 'Fleur Marchand',
        email: 'fleur@exemple.example',
        password: 'seven green bicycles',
        locale: 'fr',
      });
      await fetch('/api/v1/invitation/accept', { method: 'POST', headers, body });
    },
    [url.split('#token=')[1]!],
  );
  for (const [path, words, name] of [
    ['/plan', 'Win twelve customers', 'plan-phone'],
    [objectiveUrl, 'Four deals this year', 'plan-objective-phone'],
    [`/plan/calendar?at=${inDays(1)}`, 'Breakfast meeting', 'plan-calendar-phone'],
    [campaignUrl, 'Twenty prospects', 'plan-campaign-phone'],
    ['/plan/journeys', 'Of a customer', 'plan-journeys-phone'],
  ] as const) {
    await story.at('Fleur', path);
    await page.getByText(words).first().waitFor();
    await expectAccessible(page, `${name} in French, dark`);
    await page.screenshot({ path: `test-results/${name}.png`, fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect([name, wide]).toEqual([name, 0]);
  }
});
