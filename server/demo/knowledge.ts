import { enterAttributes, type NewValue, readValue, writeValues } from '../attributes/index.ts';
import * as attributes from '../attributes/queries.ts';
import { loadCards, pageOwnCards } from '../cards/queries.ts';
import { countProgress } from '../collection/progress.ts';
import * as plan from '../collection/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { random } from './random.ts';

// A few entries of the dictionary, a small collection plan, and what is known of some contacts.

const seasons = [
  { key: 'spring', fr: 'Printemps', en: 'Spring' },
  { key: 'summer', fr: 'Été', en: 'Summer' },
  { key: 'autumn', fr: 'Automne', en: 'Autumn' },
  { key: 'winter', fr: 'Hiver', en: 'Winter' },
];
const usual = {
  ...{
    unit: null,
    choices: [],
    bounds: {},
    sensitivity: 'ordinary',
    basis: 'legitimate_interests',
    specialBasis: null,
  },
  months: 36,
};
const dictionary: [Pick<attributes.NewAttribute, 'key' | 'type' | 'many'>, attributes.Entry][] = [
  [
    { key: 'season', type: 'choice', many: false },
    {
      ...usual,
      ...{ name: 'Saison des achats', meaning: 'La saison où ce contact achète le plus', choices: seasons },
      purpose: 'Écrire au bon moment',
    },
  ],
  [
    { key: 'staff', type: 'number', many: false },
    {
      ...usual,
      ...{ name: 'Effectif', meaning: 'Le nombre de salariés du site où travaille ce contact', unit: 'salariés' },
      ...{ purpose: 'Proposer l’offre qui convient à la taille', bounds: { min: 0, max: 500_000, whole: true } },
    },
  ],
  [
    { key: 'first_order', type: 'date', many: false },
    {
      ...usual,
      ...{ name: 'Première commande', meaning: 'Le jour de la toute première commande', bounds: { past: true } },
      ...{ purpose: 'Remercier à l’anniversaire', basis: 'contract' },
    },
  ],
];

/** Writes them down once. */
export async function fillKnowledge(app: App, actor: Actor): Promise<void> {
  const { workspaceId } = actor;
  const made = await app.db.asSystem('keeper', async (tx) => {
    if ((await attributes.listAttributes(tx, workspaceId, { ended: true })).length > 0) return false;
    await writePlan(tx, actor);
    return true;
  });
  if (!made) return;
  await app.db.asActor(actor, (tx) => sayOfSome(tx, actor));
  await app.db.asSystem('keeper', (tx) => countProgress(tx, workspaceId));
}

async function writePlan(tx: Tx, actor: Actor): Promise<void> {
  const { workspaceId } = actor;
  const itemIds: string[] = [];
  for (const [entry, said] of dictionary) {
    const attributeId = newId();
    await attributes.addAttribute(tx, actor, { attribute_id: attributeId, ...entry }, said);
    await attributes.setAccess(tx, actor, attributeId, [{ kind: 'workspace', writes: true }]);
    const item = { kind: 'attribute', ref: attributeId, staleMonths: entry.key === 'staff' ? 24 : null };
    itemIds.push(await plan.saveItem(tx, actor, newId(), item));
    await attributes.setUses(tx, workspaceId, 'plan', itemIds.at(-1)!, [attributeId]);
  }
  itemIds.push(await plan.saveItem(tx, actor, newId(), { kind: 'field', ref: 'phone', staleMonths: null }));
  const places: string[] = [];
  for (const name of ['Site', 'Service client', 'Salons']) {
    places.push(newId());
    await plan.saveTouchpoint(tx, actor, places.at(-1)!, name, true);
  }
  const [season, staff, , phone] = itemIds as [string, string, string, string];
  const letters = {
    name: 'Lettres de saison',
    kind: 'programme',
    why: 'Écrire quand c’est utile',
    link: null,
    wanted: 60,
  };
  await plan.saveNeed(tx, actor, newId(), letters, [season], true);
  const offers = { name: 'Offre selon la taille', kind: 'segment', why: '', link: null, wanted: 40 };
  await plan.saveNeed(tx, actor, newId(), offers, [staff, phone], true);
  const ideas = [
    [season, places[0], 'form_question', 'Une question sur le formulaire de contact'],
    [staff, places[1], 'call_script', 'Demander l’effectif en fin d’appel'],
    [phone, places[2], 'game', 'Une loterie sur le stand'],
  ] as const;
  for (const [item_id, touchpoint_id, kind, idea] of ideas)
    await plan.addMechanism(tx, actor, { mechanism_id: newId(), item_id, touchpoint_id: touchpoint_id!, kind, idea });
}

/** Cards of the member of which something is known. */
const known = 150;

async function sayOfSome(tx: Tx, actor: Actor): Promise<void> {
  const { workspaceId, memberId } = actor;
  const r = random(9);
  await enterAttributes(tx);
  const rows = await attributes.listAttributes(tx, workspaceId);
  const of = (key: string) => rows.find((row) => row.key === key)!;
  const cards = await loadCards(
    tx,
    actor,
    await pageOwnCards(tx, actor, '00000000-0000-0000-0000-000000000000', known),
  );
  const values = cards.flatMap((card): NewValue[] => {
    const said = [
      [of('season'), r.pick(seasons).key],
      [of('staff'), 1 + r.below(400)],
    ] as const;
    return said.flatMap(([attribute, given]) => {
      const value = r.below(2) === 0 ? readValue(attribute, given) : 'empty';
      if (typeof value === 'string') return [];
      return [{ subjectId: card.card_id, card, attributeNo: attribute.attribute_no, value }];
    });
  });
  await writeValues(tx, workspaceId, { origin: 'import', saidBy: memberId }, values);
}
