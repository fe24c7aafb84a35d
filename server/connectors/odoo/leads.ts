import { linesOfHtml } from '../../formats/mail/html.ts';
import { type Deal, type DealItem, type Deals, Trouble } from '../connector.ts';
import type { KeySecret } from '../records/asking.ts';
import { dealReader } from '../records/deals.ts';
import { pullChanges } from '../records/walking.ts';
import {
  listIds,
  type OdooAccess,
  type OdooModel,
  type OdooRecord,
  open,
  plain,
  type Settings,
  stamped,
  textOf,
} from './api.ts';

/** Fields of `crm.lead`, and what they hold. */
const fields = {
  name: 'name',
  company: 'organization',
  stage_id: 'stage',
  expected_revenue: 'amount',
  company_currency: 'currency',
  create_date: 'opened',
  closes: 'closes',
  user_id: 'owner',
  description: 'note',
} as const;

/** Opportunities: leads are none yet. One that was lost is out of use, and stands there all the same. */
const leads: OdooModel = {
  model: 'crm.lead',
  only: ['type', '=', 'opportunity'],
  withArchived: true,
  wanted: [
    ...Object.keys(fields).filter((name) => name !== 'company' && name !== 'closes'),
    'active',
    'probability',
    'won_status',
    'partner_id',
    'partner_name',
    'contact_name',
    'email_from',
    'date_deadline',
    'date_closed',
    'lost_reason_id',
    'lost_reason',
  ],
};

const readDeal = dealReader(fields);

function outcomeOf({ won_status, active, probability }: OdooRecord): Deal['outcome'] {
  if (won_status === 'won' || won_status === 'lost') return won_status;
  if (active === false) return 'lost';
  return probability === 100 ? 'won' : null;
}

/** The company of a lead, and its person: a partner under a company is called "Acme, Anne Aubry". */
function namesOf(from: OdooRecord): { company: string; person: string; isPartner: boolean } {
  const partner = textOf(plain(from.partner_id));
  const [company, ...rest] = partner.split(', ');
  const typed = textOf(from.contact_name);
  if (rest.length > 0) return { company: company!, person: rest.join(', '), isPartner: true };
  const isPartner = partner !== '' && partner === typed;
  return { company: textOf(from.partner_name) || (isPartner ? '' : partner), person: typed, isPartner };
}

export function toDeal(from: OdooRecord): Deal {
  const outcome = outcomeOf(from);
  const { company, person, isPartner } = namesOf(from);
  const record = {
    ...Object.fromEntries(Object.entries(from).map(([name, value]) => [name, plain(value)])),
    company,
    closes: textOf(outcome === null ? from.date_deadline : from.date_closed) || textOf(from.date_deadline),
    description: linesOfHtml(textOf(from.description)).join('\n').trim(),
  };
  const email = textOf(from.email_from);
  const [partnerId] = Array.isArray(from.partner_id) ? from.partner_id : [];
  const key = isPartner ? String(partnerId) : `of ${from.id}`;
  return {
    ...readDeal(record),
    outcome,
    reason: outcome === 'lost' ? textOf(plain(from.lost_reason_id) ?? plain(from.lost_reason)) : '',
    contacts: person === '' && email === '' ? [] : [{ key, name: person, email }],
  };
}

/** An installation without the module CRM has none, and says so in its own way. */
const openLeads = (access: OdooAccess) =>
  open(access, leads).catch((error: unknown): never => {
    const isShut = error instanceof Trouble && (error.code === 'forbidden' || error.code === 'place_gone');
    throw isShut ? new Trouble('deals_forbidden') : error;
  });

/** The opportunities of an Odoo whose module CRM is there. Ids are the database's own. */
export const odooDeals: Deals<Settings, KeySecret> = {
  async try(access) {
    await (await openLeads(access)).ids(0);
  },
  async *pull(access, since) {
    const there = await openLeads(access);
    const keyOf = (id: number | string) => `${access.settings.database}/${id}`;
    const toBatch = (records: readonly OdooRecord[]) => ({
      items: records.map((one) => ({ key: keyOf(one.id), deal: toDeal(one) })),
      gone: [],
    });
    const list = async () => new Set([...(await listIds(there))].map(keyOf));
    yield* pullChanges<OdooRecord, DealItem>({ stamped: stamped(there), now: there.now, toBatch, list }, since);
  },
};
