import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { openPage } from '../e2e/browser.ts';
import { newDataFolder, startProduct } from '../e2e/product.ts';
import { root } from '../server/kernel/config.ts';
import { defaultRules } from '../server/outreach/pressure.ts';
import { openMailSink } from '../server/outreach/testing.ts';

// The pictures of "From objective to result" in the guides: a company of one, which writes to invented customers.

const folder = join(root, 'docs/pictures');
type Language = 'fr' | 'en';

const words = {
  fr: {
    ...{ objective: 'Garder nos clients du Sud', unit: 'clients', programme: 'Rester en contact', firm: 'Garonne' },
    ...{ segment: 'Clients de Garonne', campaign: 'Lettre de printemps', subject: 'Le printemps arrive' },
    text: 'Bonjour {{ person.givenName | default: "à vous" }}, nos ateliers rouvrent le 4 mai. Passez nous voir.',
    ...{ started: /^Envoyée/, who: 'Qui la recevrait ?', would: /des 7 personnes/ },
  },
  en: {
    ...{ objective: 'Keep our customers in the south', unit: 'customers', programme: 'Staying in touch' },
    ...{ firm: 'Garonne', segment: 'Customers of Garonne', campaign: 'Letter of spring', subject: 'Spring is coming' },
    text: 'Hello {{ person.givenName | default: "there" }}, our workshops reopen on 4 May. Come and see us.',
    ...{ started: /^Sent; ended/, who: 'Who would get it?', would: /of 7 people would get it/ },
  },
} as const;

const customers = [
  'Ada Morel',
  'Bao Nguyen',
  'Chloé Martin',
  'Diego Ruiz',
  'Emma Petit',
  'Farid Haddad',
  'Gaëlle Le Goff',
];

/** What the interface would ask, asked by the page's own session. */
async function ask<T = { id: string }>(page: Page, method: string, path: string, body?: object): Promise<T> {
  return page.evaluate(
    async ([verb, to, said]) => {
      const headers = { 'content-type': 'application/json', 'x-entregent-csrf': '1' };
      const answer = await fetch(`/api/v1${to}`, { method: verb, headers, ...(said ? { body: said } : {}) });
      if (!answer.ok) throw new Error(`${verb} ${to}: ${await answer.text()}`);
      return answer.status === 204 ? null : answer.json();
    },
    [method, path, body ? JSON.stringify(body) : ''] as const,
  ) as Promise<T>;
}

/** A company with a plan, customers, and a campaign that can be sent. @returns its campaign and the programme of that */
async function prepare(
  page: Page,
  language: Language,
  sinkPort: number,
): Promise<{ campaignId: string; programmeId: string }> {
  const said = words[language];
  await ask(page, 'PUT', '/mail', {
    ...{ host: '127.0.0.1', port: sinkPort, security: 'none', username: null, replyTo: null },
    ...{ senderName: 'Exemple SA', senderAddress: 'crm@exemple.example' },
  });
  await ask(page, 'PUT', '/gate/rules', { ...defaultRules, quiet: null });
  for (const name of customers) {
    const [given, ...family] = name.split(' ');
    const address = `${given!.normalize('NFD').replaceAll(/\W/g, '').toLowerCase()}@garonne.example`;
    await ask(page, 'POST', '/cards', {
      fields: [
        { kind: 'name', value: { given, family: family.join(' ') } },
        { kind: 'email', value: { value: address, type: 'work' } },
        { kind: 'organization', value: { name: said.firm } },
      ],
    });
  }
  await ask(page, 'POST', '/mail/suppressed', { email: 'diego@garonne.example', suppressed: true });
  const { items } = await ask<{ items: { id: string }[] }>(page, 'GET', '/members');
  const year = new Date().getFullYear();
  const objective = await ask(page, 'PUT', '/plan/objectives', {
    ...{ name: said.objective, kind: 'keeping', measuredBy: 'hand', unit: said.unit, from: 40, to: 52 },
    ...{ startsOn: `${year}-01-01`, dueOn: `${year + 1}-06-30` },
  });
  await ask(page, 'POST', `/plan/objectives/${objective.id}/figures`, {
    day: new Date().toISOString().slice(0, 10),
    value: 44,
  });
  const programme = await ask(page, 'PUT', '/plan/programmes', {
    ...{ name: said.programme, objectiveIds: [objective.id], ownerId: items[0]!.id },
  });
  const segment = await ask(page, 'POST', '/segments', {
    ...{ name: said.segment, kind: 'filter', filter: `organization contains "${said.firm}"` },
    audience: { kind: 'mine' },
  });
  const campaign = await ask(page, 'PUT', '/plan/campaigns', {
    ...{ programmeId: programme.id, kind: 'campaign', name: said.campaign, purpose: 'newsletter', channel: 'email' },
    ...{ segmentId: segment.id, plannedOn: new Date().toISOString().slice(0, 10) },
  });
  const content = await ask(page, 'POST', '/contents', { name: said.campaign, audience: { kind: 'workspace' } });
  const blocks = [{ id: 'a', kind: 'text', text: said.text }];
  await ask(page, 'PATCH', `/contents/${content.id}`, {
    edition: 1,
    said: { [language]: { subject: said.subject, preheader: '', blocks } },
  });
  await ask(page, 'PUT', `/plan/campaigns/${campaign.id}/sending`, { contentId: content.id });
  return { campaignId: campaign.id, programmeId: programme.id };
}

async function keep(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(600);
  const picture = await page.screenshot({ animations: 'disabled' });
  await sharp(picture)
    .png({ palette: true, quality: 80, effort: 10 })
    .toFile(join(folder, `${name}.png`));
}

/**
 * Takes them in one language: the plan, who would get a campaign, what became of it, a scenario.
 * @param begin sets the installation up by the link
 */
export async function planPictures(
  browser: Browser,
  language: Language,
  begin: (page: Page, link: string, language: Language) => Promise<void>,
): Promise<void> {
  const [data, sink] = [newDataFolder(), await openMailSink()];
  const product = await startProduct(data.path, ['--port', '8392']);
  const said = words[language];
  try {
    const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
    const page = await openPage(browser, { locale, viewport: { width: 1120, height: 860 } }, []);
    await begin(page, product.setupLink!, language);
    const { campaignId, programmeId } = await prepare(page, language, sink.port);
    await page.goto(`${product.url}/plan`);
    await page.getByRole('link', { name: said.campaign }).first().waitFor();
    await keep(page, `plan.${language}`);
    await page.goto(`${product.url}/plan/campaigns/${campaignId}`);
    await page.getByRole('button', { name: said.who }).click();
    const would = page.getByText(said.would).first();
    await would.scrollIntoViewIfNeeded();
    await page.mouse.wheel(0, 320);
    await keep(page, `campaign-estimate.${language}`);
    for (const step of ['brief', 'content', 'check'])
      await ask(page, 'POST', `/plan/campaigns/${campaignId}/steps/${step}/moves`, { done: true });
    const { sending } = await ask<{ sending: { edition: number; contents: object[] } }>(
      page,
      'GET',
      `/plan/campaigns/${campaignId}/sending`,
    );
    await ask(page, 'POST', `/plan/campaigns/${campaignId}/sending/approval`, {
      edition: sending.edition,
      contents: sending.contents,
    });
    await ask(page, 'POST', `/plan/campaigns/${campaignId}/sending/start`, {});
    await page.goto(`${product.url}/plan/campaigns/${campaignId}`);
    const ended = page.getByText(said.started).first();
    await ended.waitFor({ timeout: 60_000 });
    await ended.scrollIntoViewIfNeeded();
    await page.mouse.wheel(0, 420);
    await keep(page, `campaign-results.${language}`);
    const scenario = await ask(page, 'POST', '/ready-scenarios/welcome', { programmeId });
    await page.goto(`${product.url}/plan/scenarios/${scenario.id}`);
    await page
      .getByRole('button', { name: /^(Qui entre|Who comes in)/ })
      .first()
      .waitFor();
    await keep(page, `scenario.${language}`);
    await page.context().close();
  } finally {
    await product.stop();
    await sink.close();
    data.remove();
  }
}
