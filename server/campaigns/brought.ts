import { AppError } from '../kernel/errors.ts';
import type { Context, OutsideContext } from '../kernel/http.ts';
import { findSight, listOfProgramme, type Sight } from '../plan/index.ts';
import { type AfterRow, countAfter, countReached } from './attributing.ts';
import type { After, BroughtBy, Sums } from './brought-contract.ts';
import { watchedUntil } from './choosing.ts';
import { type Deed, deeds } from './contract.ts';
import { handle } from './describing.ts';
import type { SendingRow } from './queries.ts';
import * as results from './results.ts';
import { fewest } from './rules.ts';
import { upliftOf } from './uplift.ts';

interface Handled {
  programmeId: string;
  planned: Awaited<ReturnType<typeof listOfProgramme>>[number];
  row: SendingRow | undefined;
}

/** Campaigns and scenarios of programmes that the caller handles, with how each is sent: of the others nothing is counted. */
async function listHandled(caller: Context, programmeIds: readonly string[]): Promise<Handled[]> {
  const handled: Handled[] = [];
  for (const programmeId of programmeIds)
    for (const planned of await listOfProgramme(caller.tx, caller.actor, programmeId))
      try {
        handled.push({ programmeId, planned, row: (await handle(caller, planned.id)).row });
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'forbidden')) throw error;
      }
  return handled;
}

/** What people did of whom wrote is left out: it is known from colleagues' mailboxes, and stands with each campaign where there are enough. */
const shown = deeds.filter((deed): deed is Exclude<Deed, 'wrote'> => deed !== 'wrote');

interface Brought {
  items: BroughtBy[];
  /** Of each programme, those that are not too small to be told of. */
  programmes: { id: string; all: Sums }[];
  all: Sums;
}

/** What programmes brought, campaign by campaign, as far as it is measured and the caller may see it. */
export async function listBrought(context: OutsideContext, programmeIds: readonly string[]): Promise<Brought> {
  const { workspaceId } = context.actor;
  const { handled, sight } = await context.asCaller(async (caller) => ({
    handled: await listHandled(caller, programmeIds),
    sight: await findSight(caller.tx, caller.actor),
  }));
  return context.asSystem('keeper', async (tx) => {
    const ids = handled.map(({ planned }) => planned.id);
    const left = new Map((await results.countLeftOf(tx, workspaceId, ids)).map((one) => [one.campaign_id, one]));
    const reached = await countReached(tx, workspaceId, ids);
    const told = handled.filter(({ planned }) => (reached.get(planned.id) ?? 0) >= fewest);
    const of = told.map(({ planned, programmeId }) => ({ campaignId: planned.id, programmeId }));
    const after = await countAfter(tx, workspaceId, of, sight);
    const items: BroughtBy[] = [];
    for (const { planned, row, programmeId } of handled) {
      const since = row?.started_at;
      const arms = since
        ? await results.countDeeds(tx, workspaceId, planned.id, since, watchedUntil(row, since))
        : undefined;
      const { sent = 0, bounced = 0, unsubscribed = 0, replied = 0, weight = 0 } = left.get(planned.id) ?? {};
      items.push({
        ...{ campaign: planned, programmeId, reached: reached.get(planned.id) ?? 0 },
        after: afterOf(
          after.find((one) => one.campaign_id === planned.id),
          sight,
        ),
        ...{ sent, bounced, unsubscribed, weight, replied: sent < fewest ? null : replied },
        ...measuredOf(arms),
      });
    }
    const sumsOf = (programmeId: string | null): Sums =>
      sumUp(
        items.filter((one) => programmeId === null || one.programmeId === programmeId),
        after.find((one) => one.campaign_id === null && one.programme_id === programmeId),
        sight,
      );
    return { items, programmes: programmeIds.map((id) => ({ id, all: sumsOf(id) })), all: sumsOf(null) };
  });
}

/** What is not open to the reader is no nought. */
function afterOf(row: AfterRow | undefined, { kinds, channelNos }: Sight): After | null {
  if (!row || row.reached === 0) return null;
  return {
    met: row.met,
    attended: kinds.attended.length === 0 ? null : row.attended,
    answered: kinds.answered.length === 0 ? null : row.answered,
    bought: row.bought,
    voices: channelNos.length === 0 ? null : row.voices,
  };
}

/** All together. Whatever is not told of one that is small stays out of the sum, from which it could be taken off. */
function sumUp(items: readonly BroughtBy[], row: AfterRow | undefined, sight: Sight): Sums {
  const sum = (key: 'sent' | 'bounced' | 'unsubscribed' | 'weight') => items.reduce((all, one) => all + one[key], 0);
  const replies = items.flatMap(({ replied }) => replied ?? []);
  return {
    ...{ sent: sum('sent'), bounced: sum('bounced'), unsubscribed: sum('unsubscribed'), weight: sum('weight') },
    replied: replies.length === 0 ? null : replies.reduce((all, one) => all + one, 0),
    ...{ reached: row?.reached ?? 0, after: afterOf(row, sight) },
  };
}

/** What people did, and by how much those it was for did more or less than those held back, where the interval leaves no doubt. */
function measuredOf(arms: readonly results.ArmRow[] | undefined): Pick<BroughtBy, 'people' | 'deeds' | 'uplift'> {
  if (!arms) return { people: null, deeds: null, uplift: [] };
  const [meant, held] = [results.sumOf(arms, false), results.sumOf(arms, true)];
  return {
    people: meant.people,
    deeds: { attended: meant.attended, answered: meant.answered, bought: meant.bought },
    uplift: shown.flatMap((deed) => {
      const found = upliftOf({ did: meant[deed], people: meant.people }, { did: held[deed], people: held.people });
      return found && (found.from > 0 || found.to < 0) ? [{ deed, ...found }] : [];
    }),
  };
}
