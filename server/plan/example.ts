import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Locale } from '../kernel/messages.ts';
import { loadTopics } from '../voices/index.ts';
import * as campaigns from './campaigns.ts';
import type { Campaign, colours } from './contract.ts';
import type { Stage, Touchpoint } from './journeys-contract.ts';
import * as queries from './queries.ts';

// The example that an empty plan may begin with: a company of services that wins customers and keeps them.

type Both = Record<Locale, string>;
const both = (fr: string, en: string): Both => ({ fr, en });

interface ExampleCampaign {
  name: Both;
  kind: Campaign['kind'];
  purpose: Campaign['purpose'];
  channel: Campaign['channel'];
  /** Days from today; null: by itself. */
  inDays: number | null;
  budget: number | null;
  brief: Both;
}
interface ExampleProgramme {
  key: string;
  name: Both;
  why: Both;
  target: Both;
  serves: readonly ('winning' | 'keeping')[];
  colour: (typeof colours)[number];
  priority: number;
  budget: number;
  campaigns: readonly ExampleCampaign[];
}

const objectives = [
  {
    ...{ kind: 'winning' as const, from: 0, to: 12, startsIn: -60, dueIn: 305 },
    ...{ name: both('Gagner douze nouveaux clients', 'Win twelve new customers'), unit: both('clients', 'customers') },
    why: both(
      'Trois clients font la moitié du chiffre d’affaires : en gagner d’autres nous rend moins dépendants.',
      'Three customers make half of our revenue: winning others makes us depend less on them.',
    ),
  },
  {
    ...{ kind: 'keeping' as const, from: 82, to: 90, startsIn: -60, dueIn: 305 },
    ...{ name: both('Renouveler neuf contrats sur dix', 'Renew nine contracts in ten'), unit: both('%', '%') },
    why: both(
      'Un client gardé recommande ; un client perdu raconte. Nous perdons surtout ceux qui n’ont plus de nouvelles.',
      'Customers who stay recommend us. Those we lose had mostly stopped hearing from us.',
    ),
  },
];

const programmes: readonly ExampleProgramme[] = [
  {
    ...{ key: 'meet', colour: 'teal', priority: 4, budget: 6000, serves: ['winning'] },
    name: both('Faire connaissance', 'Getting to know each other'),
    why: both('On achète à qui l’on a rencontré.', 'People buy from whom they have met.'),
    target: both('Prospects rencontrés cette année', 'Prospects we have met this year'),
    campaigns: [
      {
        ...{ kind: 'campaign', purpose: 'invitation', channel: 'email', inDays: 24, budget: 1800 },
        name: both('Petit-déjeuner de rencontre', 'Breakfast meeting'),
        brief: both(
          'Vingt prospects, deux clients qui racontent, aucune démonstration. Chacun repart avec le nom de la personne à appeler.',
          'Twenty prospects, two customers who tell their story, no demonstration. Everybody leaves with the name of whom to call.',
        ),
      },
      {
        ...{ kind: 'campaign', purpose: 'prospecting', channel: 'phone', inDays: 10, budget: null },
        name: both('Rappeler les contacts du salon', 'Call back those we met at the fair'),
        brief: both(
          'Un appel dans les dix jours, par la personne qui les a rencontrés.',
          'One call within ten days, by whoever met them.',
        ),
      },
    ],
  },
  {
    ...{ key: 'begin', colour: 'blue', priority: 5, budget: 2500, serves: ['keeping', 'winning'] },
    name: both('Bien commencer', 'A good beginning'),
    why: both(
      'Les trois premiers mois décident du renouvellement.',
      'The first three months decide whether they will renew.',
    ),
    target: both('Nouveaux clients, leurs 90 premiers jours', 'New customers, in their first 90 days'),
    campaigns: [
      {
        ...{ kind: 'scenario', purpose: 'service', channel: 'phone', inDays: null, budget: null },
        name: both('Un appel une semaine après la signature', 'A call a week after they sign'),
        brief: both(
          'Tout est-il en place ? Qui appeler en cas de doute ? Noter ce qui a surpris.',
          'Is everything in place? Whom to call when in doubt? Note what surprised them.',
        ),
      },
    ],
  },
  {
    ...{ key: 'keep', colour: 'orange', priority: 3, budget: 3000, serves: ['keeping'] },
    name: both('Garder le contact', 'Keeping in touch'),
    why: both('Donner des nouvelles utiles avant d’en demander.', 'Giving useful news before asking for any.'),
    target: both('Clients sous contrat', 'Customers under contract'),
    campaigns: [
      {
        ...{ kind: 'campaign', purpose: 'newsletter', channel: 'email', inDays: 38, budget: 400 },
        name: both('Lettre de saison', 'Seasonal letter'),
        brief: both(
          'Trois nouvelles qui leur font gagner du temps, et le visage d’un technicien.',
          'Three pieces of news that save them time, and the face of one of our technicians.',
        ),
      },
      {
        ...{ kind: 'campaign', purpose: 'survey', channel: 'email', inDays: 59, budget: null },
        name: both('Deux questions après l’intervention', 'Two questions after our visit'),
        brief: both(
          'Deux questions, une minute ; chaque réponse négative est rappelée le jour même.',
          'Two questions, one minute; whoever is dissatisfied is called the same day.',
        ),
      },
    ],
  },
  {
    ...{ key: 'again', colour: 'violet', priority: 2, budget: 800, serves: ['keeping'] },
    name: both('Renouer', 'Picking up the thread'),
    why: both('Le silence précède le départ.', 'Silence comes before they leave.'),
    target: both('Clients silencieux depuis six mois', 'Customers not heard of for six months'),
    campaigns: [
      {
        ...{ kind: 'campaign', purpose: 'service', channel: 'phone', inDays: 17, budget: null },
        name: both('Un mot aux clients silencieux', 'A word to quiet customers'),
        brief: both(
          'La personne qui les connaît le mieux appelle, sans rien vendre.',
          'Whoever knows them best calls, and sells nothing.',
        ),
      },
    ],
  },
];

interface ExampleStage {
  name: Both;
  touchpoints: readonly [name: Both, channel: Touchpoint['channel'], emotion: number, problems: Both, topic?: string][];
  moment?: { name: Both; programme: string | null };
}
const nothing = both('', '');
const stages: readonly ExampleStage[] = [
  {
    name: both('Découvrir', 'Discover'),
    touchpoints: [[both('Recommandation d’un confrère', 'A peer recommends us'), 'other', 1, nothing]],
  },
  {
    name: both('Choisir', 'Choose'),
    touchpoints: [
      [both('Premier rendez-vous', 'First meeting'), 'visit', 2, nothing],
      [
        both('Devis', 'Quotation'),
        'email',
        -1,
        both('Long à venir, difficile à comparer', 'Takes long, hard to compare'),
        'Price',
      ],
    ],
    moment: { name: both('Le premier rendez-vous', 'The first meeting'), programme: 'meet' },
  },
  {
    name: both('Commencer', 'Begin'),
    touchpoints: [
      [
        both('Mise en route', 'Start of the service'),
        'visit',
        0,
        both('On ne sait pas qui appeler', 'They do not know whom to call'),
      ],
    ],
    moment: { name: both('La première semaine', 'The first week'), programme: 'begin' },
  },
  {
    name: both('Utiliser', 'Use'),
    touchpoints: [
      [both('Intervention régulière', 'Regular visit'), 'visit', 1, nothing],
      [
        both('Facture', 'Invoice'),
        'letter',
        -1,
        both('Lignes peu claires', 'Lines that are hard to read'),
        'Billing and refunds',
      ],
    ],
  },
  {
    name: both('Demander de l’aide', 'Ask for help'),
    touchpoints: [
      [
        both('Appel en cas de panne', 'A call when something breaks'),
        'phone',
        -2,
        both('On attend, on répète', 'They wait, and tell it again'),
        'Time to answer',
      ],
    ],
    moment: { name: both('La panne', 'When something breaks'), programme: null },
  },
  {
    name: both('Renouveler', 'Renew'),
    touchpoints: [
      [
        both('Échéance du contrat', 'End of the contract'),
        'email',
        0,
        both('La lettre arrive sans un mot', 'The letter comes without a word'),
        'Contract and subscription',
      ],
    ],
    moment: { name: both('L’échéance', 'The end of the contract'), programme: 'keep' },
  },
];

const dayIn = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** What was written, by the names it has here. */
export interface Example {
  objectives: Record<'winning' | 'keeping', string>;
  programmes: Record<string, string>;
  campaignIds: string[];
  journeyId: string;
}

/** Writes the example down as the actor's. @param example false: as if they had thought of it themself */
export async function writeExample(tx: Tx, actor: Actor, locale: Locale, example = true): Promise<Example> {
  const owned = { owner_id: actor.memberId, example };
  const written: Example = {
    ...{ objectives: { winning: newId(), keeping: newId() }, programmes: {} },
    ...{ campaignIds: [], journeyId: newId() },
  };
  for (const { kind, name, unit, why, from, to, startsIn, dueIn } of objectives)
    await queries.add(tx, actor, 'objective', {
      ...{ objective_id: written.objectives[kind], name: name[locale], kind, why: why[locale], measured_by: 'hand' },
      ...{ unit: unit[locale], from_value: from, to_value: to, starts_on: dayIn(startsIn), due_on: dayIn(dueIn) },
      ...owned,
    });
  for (const programme of programmes) {
    const id = newId();
    written.programmes[programme.key] = id;
    await queries.add(tx, actor, 'programme', {
      ...{ programme_id: id, name: programme.name[locale], why: programme.why[locale] },
      objective_ids: programme.serves.map((kind) => written.objectives[kind]),
      ...{ target: programme.target[locale], priority: programme.priority, budget_cents: programme.budget * 100 },
      ...{ colour: programme.colour, starts_on: dayIn(-30), ends_on: dayIn(305), ...owned },
    });
    for (const one of programme.campaigns) {
      const row = { campaign_id: newId(), programme_id: id, created_by: actor.memberId, example };
      written.campaignIds.push(row.campaign_id);
      await addCampaign(tx, actor, { ...row, ...asRow(one, locale, programme) });
    }
  }
  await writeJourney(tx, actor, locale, owned, written);
  return written;
}

const asRow = (one: ExampleCampaign, locale: Locale, { priority, target }: ExampleProgramme) => ({
  ...{ kind: one.kind, name: one.name[locale], purpose: one.purpose, channel: one.channel, priority },
  ...{ target: target[locale], planned_on: one.inDays === null ? null : dayIn(one.inDays) },
  ...{ budget_cents: one.budget === null ? null : one.budget * 100, brief: one.brief[locale] },
});

async function addCampaign(
  tx: Tx,
  actor: Actor,
  row: Parameters<typeof queries.add<'campaign'>>[3] & { campaign_id: string },
): Promise<void> {
  const { workspaceId, memberId } = actor;
  await queries.add(tx, actor, 'campaign', row);
  await campaigns.addSteps(tx, workspaceId, row.campaign_id);
  await campaigns.addMove(tx, workspaceId, memberId, { campaignId: row.campaign_id, act: 'made' });
}

async function writeJourney(
  tx: Tx,
  actor: Actor,
  locale: Locale,
  owned: { owner_id: string; example: boolean },
  { journeyId, programmes: of }: Example,
): Promise<void> {
  const topics = new Map((await loadTopics(tx, actor.workspaceId)).map(({ id, name }) => [name.en, id]));
  const drawn = stages.map(
    ({ name, touchpoints }): Stage => ({
      ...{ id: newId(), name: name[locale], segmentId: null },
      touchpoints: touchpoints.map(([called, channel, emotion, problems, topic]) => ({
        ...{ id: newId(), name: called[locale], channel, happens: '', emotion, problems: problems[locale] },
        topicIds: topic && topics.has(topic) ? [topics.get(topic)!] : [],
      })),
    }),
  );
  await queries.add(tx, actor, 'journey', {
    ...{ journey_id: journeyId, ...owned, stages: JSON.stringify(drawn) },
    name: both('Le parcours d’un client de services', 'The journey of a customer of services')[locale],
    target: both('Entreprises clientes', 'Companies that are our customers')[locale],
  });
  for (const [at, { moment }] of stages.entries()) {
    if (!moment) continue;
    await queries.add(tx, actor, 'moment', {
      ...{ moment_id: newId(), journey_id: journeyId, stage_id: drawn[at]!.id, name: moment.name[locale] },
      ...{ programme_id: moment.programme === null ? null : of[moment.programme]! },
      ...{ marked_by: actor.memberId, example: owned.example },
    });
  }
}
